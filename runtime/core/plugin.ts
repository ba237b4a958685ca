/** The plugin contract, version 1: what a plugin declares, what it is handed, what it hands back. */
import type { DependencyContainer } from 'tsyringe';
import type { Clock } from './clock';
import type { ErrorLog } from './error-log';
import type { HardwareFacts } from './facts';
import type { MemoryLedger } from './ledger';
import type { Log } from './log';
import type { Scope } from './scope';
import type { Resolved, Token, TokenMap } from './token';

/**
 * One knob, as the builders of `options/row` make it. A plugin that does not come with the program may write `Number`, `String`, `Boolean` or a
 * list of words as its format. The keys beside it feed tuning, `explain` and OPTIONS.md.
 */
export interface Option<T> {
  readonly doc: string;
  readonly default: T;
  readonly format: unknown;
  readonly unit: 'bytes' | 'ms' | 'frames' | 'px' | 'hz' | 'ratio' | 'count' | 'LUFS' | 'dBTP' | 'none';
  /** Environment variable and argument; empty: made of the section and the name. */
  readonly env: string;
  readonly arg: string;
  /** When a changed value takes effect. */
  readonly applies: 'live' | 'session' | 'restart';
  /** Where the default comes from: measurement, data sheet, seed document or ADR. */
  readonly why: string;
  /** Words for the permitted values in OPTIONS.md, where the format does not say. */
  readonly range?: string;
  /** The name of this knob in the seed documents. */
  readonly seed?: string;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a table holds options of any value type
export type OptionTable = Readonly<Record<string, Option<any>>>;

/** The values of a table, under its names. */
export type Values<O extends OptionTable> = { readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never };

/** "Does not fit here" is a value, not a throw. */
export type Fit = { readonly fits: true } | { readonly fits: false; readonly because: string };

export interface PluginSpec<
  O extends OptionTable = OptionTable,
  N extends TokenMap = TokenMap,
  P extends TokenMap = TokenMap,
> {
  /** kebab-case: folder, config section and log name. */
  readonly id: string;
  /** Section of its options in the configuration, where that is not its id. */
  readonly section?: string;
  /** Contract version. */
  readonly api: 1;
  readonly options: O;
  readonly needs: N;
  readonly offers: P;
  /** Pure; asked before anything is opened. */
  fits?(facts: HardwareFacts): Fit;
  open(host: PluginHost<Values<O>, N>): Promise<OpenPlugin<Values<O>, P>>;
}

export type PluginMode = 'required' | 'optional' | 'off';

/** What became of a plugin. `quarantined`: it failed, and takes no part in the show. */
export interface PluginState {
  readonly id: string;
  readonly mode: PluginMode;
  readonly state: 'open' | 'does-not-fit' | 'quarantined' | 'off';
  readonly reason?: string;
}

/** What a plugin gets. Everything acquired goes to `scope` in the same statement. */
export interface PluginHost<V, N extends TokenMap> {
  /** The plugin's own child container, to build its classes in. It never releases anything. */
  readonly container: DependencyContainer;
  readonly options: V;
  /** Frozen; only what `needs` names. */
  readonly services: Resolved<N>;
  readonly scope: Scope;
  readonly log: Log;
  readonly clock: Clock;
  readonly memory: MemoryLedger;
  readonly errors: ErrorLog;
}

export interface OpenPlugin<V, P extends TokenMap> {
  readonly offers: Resolved<P>;
  openSession?(plan: SessionPlan, scope: Scope): Promise<SessionPart>;
  /** Values changed while it is open: options marked live, or what the memory account gives to the show of a reload. */
  retune?(next: V, changed: ReadonlySet<keyof V>): void;
  /** Unit-suffixed names; pulled off the frame path by telemetry. */
  gauges?(): Readonly<Record<string, number>>;
  /** This plugin's sections of the run report, by name. */
  report?(): Readonly<Record<string, unknown>>;
}

/** What a plugin is told about the show it takes part in. */
export interface SessionPlan {
  readonly sessionId: string;
  /** Seed of every choice of this session: the same seed makes the same order. */
  readonly seed: number;
  /**
   * A service of this session, by its session-lifetime token: the show, the panel, the stage's time, or what a plugin provides that was opened
   * before, because this one needs something that it offers, or is named after it. Throws where nobody provides it.
   */
  get<T>(token: Token<T>): T;
}

/** A plugin's part in one session; it ends with the session's scope. */
export interface SessionPart {
  /** Readies the first items; cold is legal: the part streams. Never rejects for bad media. */
  warm(deadlineMs: number): Promise<'warm' | 'cold'>;
  /** Whether the first cue of a start waits for it, for a short deadline: what comes late here has lost its beginning. */
  readonly holdsStart?: boolean;
  /** Session-lifetime services this part provides, made with `provide`; for the parts after it, too. The first one under a token counts. */
  readonly provides?: readonly Provided[];
}

export interface Provided {
  readonly token: Token<unknown>;
  readonly value: unknown;
}

/** A session-lifetime service under its token. */
export function provide<T>(token: Token<T>, value: T): Provided {
  return { token, value };
}

/** Declares a plugin; only infers its types. */
export function definePlugin<O extends OptionTable, N extends TokenMap, P extends TokenMap>(
  spec: PluginSpec<O, N, P>,
): PluginSpec<O, N, P> {
  return spec;
}
