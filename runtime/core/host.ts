/** The plugin host: finds plugins, opens them in need order, hands each only what it asked for, sets failing ones aside. */
import { container as rootContainer, type DependencyContainer } from 'tsyringe';
import type { Clock } from './clock';
import type { ErrorLog } from './error-log';
import { messageOf, VitrineError } from './errors';
import type { HardwareFacts } from './facts';
import type { MemoryLedger } from './ledger';
import type { Log } from './log';
import type { Fit, OpenPlugin, PluginSpec, SessionPart, SessionPlan } from './plugin';
import type { Scope } from './scope';
import type { Token } from './token';

export type PluginMode = 'required' | 'optional' | 'off';

/** A plugin that was asked for, found and not opened yet. */
export interface Candidate {
  readonly spec: PluginSpec;
  readonly mode: PluginMode;
}

export interface HostParts {
  readonly facts: HardwareFacts;
  readonly clock: Clock;
  readonly log: Log;
  readonly errors: ErrorLog;
  readonly memory: MemoryLedger;
  /** Final option values of a plugin. */
  optionsOf(pluginId: string): Readonly<Record<string, unknown>>;
  /** The runtime's own process-lifetime services. */
  readonly services: ReadonlyMap<symbol, unknown>;
}

/** What became of a plugin. */
export interface PluginState {
  readonly id: string;
  readonly mode: PluginMode;
  readonly state: 'open' | 'does-not-fit' | 'quarantined' | 'off';
  readonly reason?: string;
}

interface Live {
  readonly id: string;
  readonly mode: PluginMode;
  readonly plugin: OpenPlugin<never, Record<string, Token<unknown>>>;
  options: Readonly<Record<string, unknown>>;
}

export interface PluginHostRuntime {
  readonly states: readonly PluginState[];
  /** Opens every plugin's part in a session; parts end with `scope`. An optional part that fails is left out and reported. */
  openSession(plan: SessionPlan, scope: Scope): Promise<readonly SessionPart[]>;
  /** Hands every plugin whose values changed its new ones. One that fails at it keeps playing and is reported. */
  retune(optionsOf: (pluginId: string) => Readonly<Record<string, unknown>>): void;
  /** Gauges of all plugins, by plugin id. */
  gauges(): Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Sections of the run report from all plugins. */
  report(): Readonly<Record<string, unknown>>;
  /** What a plugin offers under the token; undefined where none does. */
  offered<T>(token: Token<T>): T | undefined;
}

/** Time a plugin gets to open before it counts as failed; a wedged one must not hold the picture back. */
const OPEN_DEADLINE_MS = 10_000;

/** Opens plugins into `scope`, in need order. Rejects with VITRINE_E_PLUGIN when a required one fails. */
export async function openPlugins(
  candidates: readonly Candidate[],
  parts: HostParts,
  scope: Scope,
): Promise<PluginHostRuntime> {
  const services = new Map(parts.services);
  const states: PluginState[] = [];
  const live: Live[] = [];
  const setAside = (id: string, mode: PluginMode, reason: string, cause?: unknown): void => {
    if (mode === 'required') {
      throw new VitrineError('VITRINE_E_PLUGIN', `the required plugin ${id} failed: ${reason}`, { plugin: id, cause });
    }
    states.push({ id, mode, state: 'quarantined', reason });
    parts.errors.report('VITRINE_E_PLUGIN_QUARANTINED', id, reason, cause);
  };

  for (const { spec, mode } of inNeedOrder(candidates, services)) {
    if (mode === 'off') {
      states.push({ id: spec.id, mode, state: 'off' });
      continue;
    }
    let fit: Fit;
    try {
      fit = spec.fits?.(parts.facts) ?? { fits: true };
    } catch (cause) {
      setAside(spec.id, mode, messageOf(cause), cause);
      continue;
    }
    if (!fit.fits) {
      if (mode === 'required')
        throw new VitrineError('VITRINE_E_PLUGIN', `the required plugin ${spec.id} does not fit here: ${fit.because}`, {
          plugin: spec.id,
        });
      states.push({ id: spec.id, mode, state: 'does-not-fit', reason: fit.because });
      parts.log.info('plugin skipped', { plugin: spec.id, because: fit.because });
      continue;
    }
    const missing = Object.values(spec.needs).find((need) => !services.has(need.key));
    if (missing !== undefined) {
      setAside(spec.id, mode, `it needs ${missing.name}, which nothing here offers`);
      continue;
    }
    const pluginScope = scope.child(spec.id);
    try {
      const options = Object.freeze({ ...parts.optionsOf(spec.id) });
      const plugin = await withDeadline(openOne(spec, options, parts, services, pluginScope), spec.id);
      scope.check();
      for (const [name, offer] of Object.entries(spec.offers))
        services.set(offer.key, (plugin.offers as Record<string, unknown>)[name]);
      live.push({ id: spec.id, mode, plugin: plugin as Live['plugin'], options });
      states.push({ id: spec.id, mode, state: 'open' });
    } catch (cause) {
      await pluginScope.close(1000);
      scope.check();
      setAside(spec.id, mode, messageOf(cause), cause);
    }
  }

  return {
    states,
    async openSession(plan, sessionScope) {
      const opened: SessionPart[] = [];
      for (const { id, mode, plugin } of live) {
        if (plugin.openSession === undefined) continue;
        const partScope = sessionScope.child(id);
        try {
          opened.push(await plugin.openSession(plan, partScope));
        } catch (cause) {
          await partScope.close(1000);
          sessionScope.check();
          if (mode === 'required' || cause instanceof VitrineError) throw cause;
          parts.errors.report('VITRINE_E_PLUGIN_QUARANTINED', id, messageOf(cause), cause);
        }
        sessionScope.check();
      }
      return opened;
    },
    retune(optionsOf) {
      for (const one of live) {
        const next = Object.freeze({ ...optionsOf(one.id) });
        const changed = new Set(Object.keys(next).filter((name) => next[name] !== one.options[name]));
        if (changed.size === 0) continue;
        one.options = next;
        try {
          one.plugin.retune?.(next as never, changed);
        } catch (cause) {
          parts.errors.report('VITRINE_E_PLUGIN', one.id, `it did not take new values: ${messageOf(cause)}`, cause);
        }
      }
    },
    gauges: () => Object.fromEntries(live.map(({ id, plugin }) => [id, plugin.gauges?.() ?? {}])),
    report: () => Object.assign({}, ...live.map(({ plugin }) => plugin.report?.() ?? {})) as Record<string, unknown>,
    offered: <T>(token: Token<T>) => services.get(token.key) as T | undefined,
  };
}

function openOne(
  spec: PluginSpec,
  options: Live['options'],
  parts: HostParts,
  services: ReadonlyMap<symbol, unknown>,
  scope: Scope,
) {
  const container: DependencyContainer = rootContainer.createChildContainer();
  const needed = Object.entries(spec.needs).map(([name, need]) => {
    const service = services.get(need.key);
    container.registerInstance(need.key, service);
    return [name, service] as const;
  });
  return spec.open({
    container,
    options: options as never,
    services: Object.freeze(Object.fromEntries(needed)),
    scope,
    log: parts.log.child(spec.id),
    clock: parts.clock,
    memory: parts.memory,
    errors: parts.errors,
  });
}

async function withDeadline<T>(opening: Promise<T>, id: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${id} was not open after ${OPEN_DEADLINE_MS / 1000} s`)),
      OPEN_DEADLINE_MS,
    );
  });
  try {
    return await Promise.race([opening, overdue]);
  } finally {
    clearTimeout(timer);
  }
}

/** Offers before needs; plugins in a circle keep their written order and fail by what they miss. Pure. */
export function inNeedOrder(candidates: readonly Candidate[], offered: ReadonlyMap<symbol, unknown>): Candidate[] {
  const here = new Set(offered.keys());
  const left = [...candidates];
  const ordered: Candidate[] = [];
  while (left.length > 0) {
    const ready = left.findIndex(({ spec }) => Object.values(spec.needs).every((need) => here.has(need.key)));
    const [next] = left.splice(Math.max(0, ready), 1) as [Candidate];
    if (next.mode !== 'off') for (const offer of Object.values(next.spec.offers)) here.add(offer.key);
    ordered.push(next);
  }
  return ordered;
}

/** Whether a loaded module's export is a plugin of a version this host knows; else why not. */
export function pluginFault(value: unknown): string | undefined {
  const spec = value as Partial<PluginSpec> | null | undefined;
  if (typeof spec !== 'object' || spec === null || typeof spec.id !== 'string' || typeof spec.open !== 'function') {
    return 'it exports no plugin (an object `plugin` with id, api, options, needs, offers and open)';
  }
  if (spec.api !== 1) return `it is written for plugin contract ${String(spec.api)}; this program has 1`;
  for (const part of ['options', 'needs', 'offers'] as const) {
    if (typeof spec[part] !== 'object' || spec[part] === null) return `its \`${part}\` is missing`;
  }
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(spec.id)) return `its id "${spec.id}" is not in kebab-case`;
  return undefined;
}
