/** The plugin host: finds plugins, opens them in need order, hands each only what it asked for, sets failing ones aside. */
import { container as rootContainer, type DependencyContainer } from 'tsyringe';
import type { Clock } from './clock';
import type { ErrorLog } from './error-log';
import { messageOf, VitrineError } from './errors';
import type { HardwareFacts } from './facts';
import type { MemoryLedger } from './ledger';
import type { Log } from './log';
import type { Guard } from './guard';
import { OpenedPlugin, openFault, type GuardedPart } from './opened-plugin';
import type { Fit, PluginMode, PluginSpec, PluginState, SessionPlan } from './plugin';
import type { Scope } from './scope';
import type { Token } from './token';

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
  /** A required plugin failed after it was open. */
  failed(error: VitrineError): void;
}

/** What a session hands to the plugins that take part in it. */
export interface SessionOrder {
  readonly sessionId: string;
  readonly seed: number;
  /** The session's own services. */
  readonly services: ReadonlyMap<symbol, unknown>;
}

export interface PluginHostRuntime {
  readonly states: readonly PluginState[];
  /**
   * Opens every plugin's part in a session, those first whose offers others need; parts end with `scope`. An optional one that fails is left
   * out and reported. `failed` is called where a required one fails, now or later.
   */
  openSession(
    order: SessionOrder,
    scope: Scope,
    failed: (error: VitrineError) => void,
  ): Promise<readonly GuardedPart[]>;
  /** Hands every plugin whose values changed its new ones. */
  retune(optionsOf: (pluginId: string) => Readonly<Record<string, unknown>>): void;
  /** A plugin failed outside of a call into it. Whether it is one that is open. */
  fail(pluginId: string, member: string, because: string, cause?: unknown): boolean;
  /** Gauges of all plugins, by plugin id. */
  gauges(): Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Sections of the run report from all plugins. */
  report(): Readonly<Record<string, unknown>>;
  /** What a plugin offers under the token, with the guard to call it through; undefined where none does. */
  offered<T>(token: Token<T>): Offered<T> | undefined;
}

export interface Offered<T> {
  readonly service: T;
  /** The guard of the plugin, which is another one with each show. */
  guard(): Guard;
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
  const offers = new Map<symbol, OpenedPlugin>();
  const states: (PluginState | OpenedPlugin)[] = [];
  const live: OpenedPlugin[] = [];
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
      if (typeof fit.fits !== 'boolean') throw new Error('its answer to `fits` is not right');
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
      const fault = openFault(plugin, Object.keys(spec.offers));
      if (fault !== undefined) throw new Error(fault);
      const opened = new OpenedPlugin({ ...parts, id: spec.id, mode, plugin: plugin as never, options });
      for (const [name, offer] of Object.entries(spec.offers)) {
        services.set(offer.key, (plugin.offers as Record<string, unknown>)[name]);
        offers.set(offer.key, opened);
      }
      live.push(opened);
      states.push(opened);
    } catch (cause) {
      await pluginScope.close(1000);
      scope.check();
      setAside(spec.id, mode, messageOf(cause), cause);
    }
  }

  return {
    get states() {
      return states.map((one) => (one instanceof OpenedPlugin ? one.state : one));
    },
    openSession: (order, sessionScope, failed) => openParts(live, order, sessionScope, failed),
    retune(optionsOf) {
      for (const one of live) one.retune(Object.freeze({ ...optionsOf(one.id) }));
    },
    fail(pluginId, member, because, cause) {
      const plugin = live.find(({ id }) => id === pluginId);
      plugin?.guard.fail(member, because, cause);
      return plugin !== undefined;
    },
    gauges: () => Object.fromEntries(live.map((one) => [one.id, one.gauges()])),
    report: () => Object.assign({}, ...live.map((one) => one.report())) as Record<string, unknown>,
    offered<T>(token: Token<T>) {
      const plugin = offers.get(token.key);
      return plugin === undefined ? undefined : { service: services.get(token.key) as T, guard: () => plugin.guard };
    },
  };
}

/** Opens the parts of a session one after the other: each may ask for what those before it provide. */
async function openParts(
  live: readonly OpenedPlugin[],
  { sessionId, seed, services }: SessionOrder,
  scope: Scope,
  failed: (error: VitrineError) => void,
): Promise<GuardedPart[]> {
  const opened: GuardedPart[] = [];
  const provided = new Map(services);
  const plan: SessionPlan = {
    sessionId,
    seed,
    get<T>(token: Token<T>): T {
      if (provided.has(token.key)) return provided.get(token.key) as T;
      throw new VitrineError(
        'VITRINE_E_PLUGIN',
        `no plugin that was opened before provides ${token.name} in a session`,
      );
    },
  };
  for (const one of live) {
    const part = await one.openSession(plan, scope, failed);
    scope.check();
    if (part === undefined) {
      if (one.isRequired && one.guard.isAside) break;
      continue;
    }
    opened.push(part);
    for (const { token, value } of part.provides) if (!provided.has(token.key)) provided.set(token.key, value);
  }
  return opened;
}

function openOne(
  spec: PluginSpec,
  options: Readonly<Record<string, unknown>>,
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
