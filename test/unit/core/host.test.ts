import 'reflect-metadata';
import { systemClock } from '../../../runtime/core/clock';
import { createErrorLog } from '../../../runtime/core/error-log';
import type { HardwareFacts } from '../../../runtime/core/facts';
import {
  inNeedOrder,
  openPlugins,
  pluginFault,
  type Candidate,
  type HostParts,
  type PluginMode,
} from '../../../runtime/core/host';
import { openLedger } from '../../../runtime/core/ledger';
import { silentLog } from '../../../runtime/core/log';
import type { OpenPlugin, PluginHost, PluginSpec, SessionPlan } from '../../../runtime/core/plugin';
import { openScope, openScopes, type Scope } from '../../../runtime/core/scope';
import { token, type Token, type TokenMap } from '../../../runtime/core/token';
import { VitrineError } from '../../../runtime/core/errors';

const [A, B, C] = ['a', 'b', 'c'].map((name) => token<string>(name)) as [Token<string>, Token<string>, Token<string>];
const plan: SessionPlan = { sessionId: 's1', seed: 1, get: () => undefined as never };

interface Wish {
  readonly needs?: TokenMap;
  readonly offers?: TokenMap;
  readonly mode?: PluginMode;
  readonly fits?: PluginSpec['fits'];
  readonly open?: (
    host: PluginHost<Record<string, unknown>, TokenMap>,
  ) => Promise<Partial<OpenPlugin<never, TokenMap>>>;
}

describe('the plugin host', () => {
  let scope: Scope;
  let opened: string[];
  let errors: ReturnType<typeof createErrorLog>;
  beforeEach(() => {
    scope = openScope('host test');
    opened = [];
    errors = createErrorLog(() => {});
  });
  afterEach(async () => {
    await scope.close(1000);
    expect(openScopes()).toEqual([]);
  });

  const plugin = (id: string, { needs = {}, offers = {}, mode = 'optional', fits, open }: Wish = {}): Candidate => ({
    mode,
    spec: {
      id,
      api: 1,
      options: {},
      needs,
      offers,
      ...(fits === undefined ? {} : { fits }),
      async open(host) {
        opened.push(id);
        host.scope.defer(id, () => void opened.push(`-${id}`));
        const made = (await open?.(host as never)) ?? {};
        const offered = Object.fromEntries(Object.keys(offers).map((name) => [name, `${name} of ${id}`]));
        return { offers: offered, ...(made as object) };
      },
    },
  });
  const parts = (): HostParts => ({
    facts: { cpu: { cores: 4 } } as HardwareFacts,
    clock: systemClock,
    log: silentLog,
    errors,
    memory: openLedger(1000),
    optionsOf: (id) => ({ name: id }),
    services: new Map(),
  });
  const start = (...candidates: readonly Candidate[]) => openPlugins(candidates, parts(), scope);
  const states = async (...candidates: readonly Candidate[]) =>
    Object.fromEntries(
      (await start(...candidates)).states.map(({ id, state, reason }) => [
        id,
        reason === undefined ? state : `${state}: ${reason}`,
      ]),
    );

  it('opens who offers before who needs, whatever order they were named in, and ends them the other way round', async () => {
    await start(
      plugin('last', { needs: { b: B, a: A } }),
      plugin('middle', { needs: { a: A }, offers: { b: B } }),
      plugin('first', { offers: { a: A } }),
    );
    expect(opened).toEqual(['first', 'middle', 'last']);
    await scope.close(1000);
    expect(opened.slice(3)).toEqual(['-last', '-middle', '-first']);
  });

  it('hands each only what it asked for, and that frozen', async () => {
    let seen: PluginHost<Record<string, unknown>, TokenMap> | undefined;
    const asks = plugin('asks', {
      needs: { b: B },
      open: async (host) => {
        seen = host;
        return {};
      },
    });
    await start(plugin('offers', { offers: { a: A, b: B } }), asks);
    expect(seen!.services).toEqual({ b: 'b of offers' });
    expect(seen!.options).toEqual({ name: 'asks' });
    expect(Object.isFrozen(seen!.services) && Object.isFrozen(seen!.options)).toBe(true);
    expect(seen!.container.isRegistered(B.key)).toBe(true);
    expect(seen!.container.isRegistered(A.key)).toBe(false);
  });

  it('leaves out what is off or does not fit, without an error', async () => {
    const fits = ({ cpu }: HardwareFacts) => ({ fits: false as const, because: `${cpu.cores} cores are not enough` });
    expect(
      await states(plugin('a', { mode: 'off' }), plugin('b', { fits }), plugin('c', { fits: () => ({ fits: true }) })),
    ).toEqual({
      a: 'off',
      b: 'does-not-fit: 4 cores are not enough',
      c: 'open',
    });
    expect(opened).toEqual(['c']);
    expect(errors.list()).toEqual([]);
  });

  it('sets an optional plugin that fails aside, with everything it had taken, and goes on', async () => {
    const breaks = plugin('breaks', { offers: { a: A }, open: () => Promise.reject(new Error('no socket')) });
    const throws: Candidate = {
      mode: 'optional',
      spec: {
        ...plugin('throws').spec,
        open: () => {
          throw new Error('at once');
        },
      },
    };
    const puzzles = plugin('puzzles', {
      fits: () => {
        throw new Error('cannot tell');
      },
    });
    expect(await states(breaks, throws, puzzles, plugin('wants', { needs: { a: A } }), plugin('works'))).toEqual({
      breaks: 'quarantined: no socket',
      throws: 'quarantined: at once',
      puzzles: 'quarantined: cannot tell',
      wants: 'quarantined: it needs a, which nothing here offers',
      works: 'open',
    });
    expect(opened).toEqual(['breaks', '-breaks', 'works']);
    expect(errors.list().map(({ code, plugin: id }) => [code, id])).toEqual(
      ['breaks', 'throws', 'puzzles', 'wants'].map((id) => ['VITRINE_E_PLUGIN_QUARANTINED', id]),
    );
  });

  it('ends the start when a required plugin fails, does not fit or misses something', async () => {
    const cause = new Error('no device');
    await expect(start(plugin('must', { mode: 'required', open: () => Promise.reject(cause) }))).rejects.toMatchObject({
      code: 'VITRINE_E_PLUGIN',
      plugin: 'must',
      cause,
      message: 'the required plugin must failed: no device',
    });
    await expect(
      start(plugin('must', { mode: 'required', fits: () => ({ fits: false, because: 'too small' }) })),
    ).rejects.toThrow('does not fit here: too small');
    await expect(start(plugin('must', { mode: 'required', needs: { c: C } }))).rejects.toThrow(
      'it needs c, which nothing here offers',
    );
  });

  it('gives plugins that need each other up, by what they miss', async () => {
    const circle = [
      plugin('x', { needs: { b: B }, offers: { a: A } }),
      plugin('y', { needs: { a: A }, offers: { b: B } }),
    ];
    expect(inNeedOrder(circle, new Map()).map(({ spec }) => spec.id)).toEqual(['x', 'y']);
    expect(await states(...circle, plugin('z'))).toMatchObject({
      x: 'quarantined: it needs b, which nothing here offers',
      z: 'open',
    });
  });

  it('counts a plugin that does not come to an end with opening as failed', async () => {
    jest.useFakeTimers();
    try {
      const wedged = states(plugin('wedged', { open: () => new Promise(() => {}) }));
      await jest.advanceTimersByTimeAsync(10_001);
      expect(await wedged).toEqual({ wedged: 'quarantined: wedged was not open after 10 s' });
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });

  it('stops between two plugins when its scope closes', async () => {
    const stops = plugin('stops', {
      open: async () => {
        void scope.close(1000);
        return {};
      },
    });
    await expect(start(stops, plugin('after'))).rejects.toThrow('is closing');
    expect(opened).toEqual(['stops', '-stops']);
  });

  it('opens the parts of a session, leaves an optional one that fails out, and closes its scope', async () => {
    const part = { warm: () => Promise.resolve('warm' as const) };
    const session = scope.child('session');
    const host = await start(
      plugin('plays', { open: async () => ({ openSession: async () => part }) }),
      plugin('without'),
      plugin('fails', {
        open: async () => ({
          openSession: async (_, partScope) => {
            partScope.defer('part', () => void opened.push('-part'));
            throw new Error('no room');
          },
        }),
      }),
    );
    expect(await host.openSession(plan, session)).toEqual([part]);
    expect(opened.at(-1)).toBe('-part');
    expect(errors.list()).toMatchObject([
      { code: 'VITRINE_E_PLUGIN_QUARANTINED', plugin: 'fails', message: 'no room' },
    ]);
    await session.close(1000);
  });

  it('refuses a session whose required part fails, or whose show a part finds wrong', async () => {
    const failing = (mode: PluginMode, cause: Error) =>
      plugin('part', { mode, open: async () => ({ openSession: () => Promise.reject(cause) }) });
    const hostOf = async (candidate: Candidate) => (await start(candidate)).openSession(plan, scope.child('session'));
    await expect(hostOf(failing('required', new Error('no room')))).rejects.toThrow('no room');
    await expect(hostOf(failing('optional', new VitrineError('VITRINE_E_SHOW', 'no such theme')))).rejects.toThrow(
      'no such theme',
    );
  });

  it('hands new values to those plugins whose values changed; one that fails at it plays on', async () => {
    const heard: unknown[] = [];
    const host = await start(
      plugin('a', { open: async () => ({ retune: (next, changed) => heard.push([next, [...changed]]) }) }),
      plugin('b', { open: async () => ({ retune: () => heard.push('b') }) }),
      plugin('bad', {
        open: async () => ({
          retune: () => {
            throw new Error('too small');
          },
        }),
      }),
    );
    const values = (id: string) => (id === 'b' ? { name: 'b' } : { name: id, size: 2 });
    host.retune(values);
    expect(heard).toEqual([[{ name: 'a', size: 2 }, ['size']]]);
    expect(errors.list()).toMatchObject([{ code: 'VITRINE_E_PLUGIN', plugin: 'bad' }]);
    host.retune(values);
    expect(heard).toHaveLength(1);
    expect(host.states.map(({ state }) => state)).toEqual(['open', 'open', 'open']);
  });

  it('gathers gauges and sections of the report', async () => {
    const host = await start(
      plugin('a', { open: async () => ({ gauges: () => ({ xBytes: 1 }), report: () => ({ images: { shown: 2 } }) }) }),
      plugin('b', { open: async () => ({ report: () => ({ video: {} }) }) }),
    );
    expect(host.gauges()).toEqual({ a: { xBytes: 1 }, b: {} });
    expect(host.report()).toEqual({ images: { shown: 2 }, video: {} });
  });
});

describe('what a module exports', () => {
  const good = { id: 'my-clock', api: 1, options: {}, needs: {}, offers: {}, open: async () => ({ offers: {} }) };

  it('is a plugin or told why not', () => {
    expect(pluginFault(good)).toBeUndefined();
    expect(pluginFault(undefined)).toContain('exports no plugin');
    expect(pluginFault({ ...good, open: 1 })).toContain('exports no plugin');
    expect(pluginFault({ ...good, api: 2 })).toContain('contract 2');
    expect(pluginFault({ ...good, needs: null })).toContain('`needs` is missing');
    expect(pluginFault({ ...good, id: 'MyClock' })).toContain('kebab-case');
  });
});
