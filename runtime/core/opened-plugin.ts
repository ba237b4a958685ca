/** An open plugin behind its guard: what the program asks of it, and what becomes of it when it fails. */
import { hasCode, VitrineError } from './errors';
import type { ErrorLog } from './error-log';
import { Guard, hasMethods, type PluginFault } from './guard';
import type { OpenPlugin, PluginMode, PluginState, Provided, SessionPart, SessionPlan } from './plugin';
import type { Scope } from './scope';
import type { Token } from './token';

/** Time a plugin gets to open its part in a session; a wedged one must not hold the picture back. */
const OPEN_SESSION_MS = 10_000;
/** What a part may take to get warm beyond the deadline it was given: decodes that were begun are finished. */
const WARM_GRACE_MS = 5000;

/** The part of a plugin in one session, behind its guard. */
export interface GuardedPart {
  readonly plugin: string;
  readonly guard: Guard;
  readonly holdsStart: boolean;
  readonly provides: readonly Provided[];
  /** Never rejects. */
  warm(deadlineMs: number): Promise<'warm' | 'cold'>;
}

type AnyPlugin = OpenPlugin<never, Record<string, Token<unknown>>>;
type Options = Readonly<Record<string, unknown>>;

export interface OpenedParts {
  readonly id: string;
  readonly mode: PluginMode;
  readonly plugin: AnyPlugin;
  readonly options: Options;
  readonly errors: ErrorLog;
  /** A required plugin failed while the show is on. */
  failed(error: VitrineError): void;
}

export class OpenedPlugin {
  private options: Options;
  private guardNow: Guard;
  private fault: PluginFault | undefined;

  constructor(private readonly parts: OpenedParts) {
    this.options = parts.options;
    this.guardNow = this.newGuard(parts.failed);
  }

  get id(): string {
    return this.parts.id;
  }

  get isRequired(): boolean {
    return this.parts.mode === 'required';
  }

  /** Of the newest session. */
  get guard(): Guard {
    return this.guardNow;
  }

  get state(): PluginState {
    const { id, mode } = this.parts;
    const { fault } = this;
    if (fault === undefined) return { id, mode, state: 'open' };
    return { id, mode, state: 'quarantined', reason: textOf(fault) };
  }

  /**
   * Its part in a session; undefined where it has none, or failed at it. One that was set aside in another session takes part again. Rejects
   * only with what a part finds wrong with the show, or because the scope is closing. `failed` is called where a required one fails.
   */
  async openSession(
    plan: SessionPlan,
    scope: Scope,
    failed: (error: VitrineError) => void,
  ): Promise<GuardedPart | undefined> {
    const { id, plugin } = this.parts;
    this.fault = undefined;
    const guard = this.newGuard(failed);
    this.guardNow = guard;
    if (plugin.openSession === undefined) return undefined;
    const partScope = scope.child(id);
    let wrongShow: Error | undefined;
    const open = async (): Promise<SessionPart | undefined> => {
      try {
        return await plugin.openSession!(plan, partScope);
      } catch (cause) {
        // Then nothing is wrong with the plugin.
        if (!hasCode(cause, 'VITRINE_E_SHOW', 'VITRINE_E_BUDGET')) throw cause;
        wrongShow = cause;
        return undefined;
      }
    };
    const part = await guard
      .wait('openSession', open, {
        otherwise: undefined,
        isRight: (answer) => wrongShow !== undefined || isPart(answer),
        signal: scope.signal,
        limitMs: OPEN_SESSION_MS,
      })
      .finally(() => (guard.isAside || wrongShow !== undefined ? partScope.close(1000) : undefined));
    if (wrongShow !== undefined) throw wrongShow;
    return part === undefined ? undefined : guardedPart(id, part, guard);
  }

  /** Hands over those values that changed. */
  retune(next: Options): void {
    const changed = new Set(Object.keys(next).filter((name) => next[name] !== this.options[name]));
    if (changed.size === 0) return;
    this.options = next;
    const { plugin } = this.parts;
    this.guard.call('retune', () => plugin.retune?.(next as never, changed as never), { otherwise: undefined });
  }

  gauges(): Readonly<Record<string, number>> {
    const { plugin } = this.parts;
    return this.guard.call('gauges', () => (plugin.gauges === undefined ? {} : plugin.gauges()), {
      otherwise: {},
      isRight: isGauges,
    });
  }

  report(): Readonly<Record<string, unknown>> {
    const { plugin } = this.parts;
    return this.guard.call('report', () => (plugin.report === undefined ? {} : plugin.report()), {
      otherwise: {},
      isRight: isDocument,
    });
  }

  private newGuard(failed: (error: VitrineError) => void): Guard {
    const { id, errors } = this.parts;
    const guard: Guard = new Guard((fault) => {
      if (guard === this.guardNow) this.fault = fault;
      const { cause } = fault;
      if (this.isRequired) {
        const message = `the required plugin ${id} failed in ${textOf(fault)}`;
        failed(new VitrineError('VITRINE_E_PLUGIN', message, { plugin: id, cause }));
      } else {
        const message = `${textOf(fault)}; it is set aside until another show begins`;
        errors.report('VITRINE_E_PLUGIN_QUARANTINED', id, message, cause);
      }
    });
    return guard;
  }
}

const textOf = ({ member, because }: PluginFault): string => `${member}: ${because}`;

function guardedPart(plugin: string, part: SessionPart, guard: Guard): GuardedPart {
  return {
    plugin,
    guard,
    holdsStart: part.holdsStart === true,
    provides: part.provides ?? [],
    warm: (deadlineMs) =>
      guard.wait<'warm' | 'cold'>('warm', () => part.warm(deadlineMs), {
        otherwise: 'cold',
        isRight: (answer) => answer === 'warm' || answer === 'cold',
        limitMs: deadlineMs + WARM_GRACE_MS,
      }),
  };
}

/** Why what a plugin opened is none; undefined where it is one. `offers`: the names that it declared. */
export function openFault(plugin: unknown, offers: readonly string[]): string | undefined {
  if (typeof plugin !== 'object' || plugin === null) return 'it opened nothing: `open` must answer with an object';
  const { offers: offered } = plugin as Partial<AnyPlugin>;
  const missing = offers.filter((name) => (offered as Record<string, unknown> | undefined)?.[name] === undefined);
  return missing.length === 0 ? undefined : `it declares ${missing.join(', ')} and does not offer it`;
}

function isPart(answer: unknown): boolean {
  if (!hasMethods(answer, 'warm')) return false;
  const { provides = [] } = answer as SessionPart;
  return Array.isArray(provides) && provides.every(isProvided);
}

const isProvided = (one: Provided | null | undefined): boolean =>
  typeof one?.token?.key === 'symbol' && typeof one.value === 'object' && one.value !== null;

const isGauges = (answer: unknown): boolean =>
  isDocument(answer) && Object.values(answer as object).every((value) => typeof value === 'number');

/** Whether it can be written as JSON, with names. */
function isDocument(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return false;
  JSON.stringify(answer); // Throws for circles and large integers.
  return true;
}
