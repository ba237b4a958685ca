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
  type PluginHostRuntime,
  type SessionOrder,
} from '../../../runtime/core/host';
import { openLedger } from '../../../runtime/core/ledger';
import { silentLog } from '../../../runtime/core/log';
import type { OpenPlugin, PluginHost, PluginMode, PluginSpec, SessionPart } from '../../../runtime/core/plugin';
import { openScope, openScopes, type Scope } from '../../../runtime/core/scope';
import { token, type Token, type TokenMap } from '../../../runtime/core/token';
import { VitrineError } from '../../../runtime/core/errors';

// The clock stands still here, and the machine does not.
jest.mock('../../../runtime/core/time-limit', () => ({
  limitOwnTime: (ms: number, late: () => void) => {
    const timer = setTimeout(late, ms);
    return () => clearTimeout(timer);
  },
}));

const [A, B, C] = ['a', 'b', 'c'].map((name) => token<string>(name)) as [Token<string>, Token<string>, Token<string>];
const order: SessionOrder = { sessionId: 's1', seed: 1, services: new Map([[A.key, 'a of the session']]) };

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
  let failures: VitrineError[];
  const failed = (error: VitrineError): void => void failures.push(error);
  beforeEach(() => {
    scope = openScope('host test');
    opened = [];
    failures = [];
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
    failed: (error) => failures.push(error),
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

  const warm: SessionPart = { warm: () => Promise.resolve('warm') };
  /** A plugin whose part in a session is this. */
  const playing = (
    id: string,
    openSession: OpenPlugin<never, TokenMap>['openSession'],
    mode: PluginMode = 'optional',
  ) => plugin(id, { mode, open: async () => ({ openSession: openSession! }) });

  it('opens the parts of a session, leaves an optional one that fails out, and closes its scope', async () => {
    const session = scope.child('session');
    const host = await start(
      playing('plays', async () => warm),
      plugin('without'),
      playing('fails', async (_, partScope) => {
        partScope.defer('part', () => void opened.push('-part'));
        throw new Error('no room');
      }),
    );
    const parts = await host.openSession(order, session, failed);
    expect(parts.map((part) => part.plugin)).toEqual(['plays']);
    expect(await parts[0]!.warm(100)).toBe('warm');
    expect(opened.at(-1)).toBe('-part');
    const reason = 'openSession: no room';
    expect(errors.list()).toMatchObject([
      {
        code: 'VITRINE_E_PLUGIN_QUARANTINED',
        plugin: 'fails',
        message: `${reason}; it is set aside until another show begins`,
      },
    ]);
    expect(host.states.at(-1)).toEqual({ id: 'fails', mode: 'optional', state: 'quarantined', reason });
    expect(failures).toEqual([]);
    await session.close(1000);
  });

  it('lets one that was set aside take part in the next show', async () => {
    const answers = [new Error('not yet'), warm];
    const host = await start(
      playing('late', async () => {
        const answer = answers.shift()!;
        if (answer instanceof Error) throw answer;
        return answer;
      }),
    );
    expect(await host.openSession(order, scope.child('s1'), failed)).toEqual([]);
    expect(host.states[0]!.state).toBe('quarantined');
    expect(await host.openSession(order, scope.child('s2'), failed)).toHaveLength(1);
    expect(host.states[0]!.state).toBe('open');
  });

  it('reports the failure of a required part, and opens no other one', async () => {
    const host = await start(
      playing('needed', () => Promise.reject(new Error('no room')), 'required'),
      playing('after', async () => {
        opened.push('after');
        return warm;
      }),
    );
    expect(await host.openSession(order, scope.child('session'), failed)).toEqual([]);
    expect(failures).toMatchObject([
      {
        code: 'VITRINE_E_PLUGIN',
        plugin: 'needed',
        message: 'the required plugin needed failed in openSession: no room',
      },
    ]);
    expect(opened.filter((id) => id === 'after')).toHaveLength(1);
  });

  class VitrineErrorOfAnotherCopy extends Error {
    override readonly name = 'VitrineError';
    readonly code = 'VITRINE_E_SHOW';
  }
  it.each([
    ['of this program', new VitrineError('VITRINE_E_SHOW', 'no such theme')],
    ['of another copy of it', new VitrineErrorOfAnotherCopy('no such theme')],
  ])('refuses a show that a part finds wrong, with an error %s', async (_whose, cause) => {
    const host = await start(playing('part', () => Promise.reject(cause)));
    await expect(host.openSession(order, scope.child('session'), failed)).rejects.toThrow('no such theme');
    expect(host.states[0]!.state).toBe('open');
  });

  it('lets a part use the services of the session, and those of the parts before it', async () => {
    const own = token<string>('own', 'session');
    const seen: unknown[] = [];
    const host = await start(
      // By its needs it comes after the one that offers `b`, wherever it stands.
      plugin('uses', {
        needs: { b: B },
        open: async () => ({
          openSession: async (plan) => {
            seen.push(plan.get(A), plan.get(own));
            return warm;
          },
        }),
      }),
      plugin('serves', {
        offers: { b: B },
        open: async () => ({
          offers: { b: 'b' },
          openSession: async () => ({
            ...warm,
            provides: [
              { token: own, value: { from: 'serves' } },
              { token: A, value: { from: 'serves' } },
            ],
          }),
        }),
      }),
      playing('asks', async (plan) => {
        plan.get(C);
        return warm;
      }),
    );
    await host.openSession(order, scope.child('session'), failed);
    expect(seen).toEqual(['a of the session', { from: 'serves' }]);
    expect(errors.list()).toMatchObject([
      { plugin: 'asks', message: expect.stringContaining('no plugin that was opened before provides c in a session') },
    ]);
  });

  describe('with one that never answers', () => {
    beforeEach(() => jest.useFakeTimers());
    afterEach(() => jest.useRealTimers());
    const never = (): Promise<never> => new Promise(() => {});

    it('opens the others', async () => {
      const starting = states(plugin('hangs', { open: never }), plugin('after'));
      await jest.advanceTimersByTimeAsync(10_000);
      expect(await starting).toEqual({ hangs: 'quarantined: hangs was not open after 10 s', after: 'open' });
    });

    it('opens the parts of the others, and counts a part as cold that never gets warm', async () => {
      const host = await start(
        playing('hangs', never),
        playing('cold', async () => ({ warm: never })),
        playing('plays', async () => warm),
      );
      const opening = host.openSession(order, scope.child('session'), failed);
      await jest.advanceTimersByTimeAsync(10_000);
      const parts = await opening;
      expect(parts.map((part) => part.plugin)).toEqual(['cold', 'plays']);
      const warming = Promise.all(parts.map((part) => part.warm(1000)));
      await jest.advanceTimersByTimeAsync(6000);
      expect(await warming).toEqual(['cold', 'warm']);
      expect(host.states.map(({ reason }) => reason)).toEqual([
        'openSession: it did not answer within 10 s',
        'warm: it did not answer within 6 s',
        undefined,
      ]);
    });
  });

  it.each([
    ['offers nothing of what it declares', { offers: { a: A } }, { offers: {} }, 'it declares a and does not offer it'],
    ['opens nothing', {}, null, 'it opened nothing'],
  ])('sets a plugin aside that %s', async (_what, wish, made, reason) => {
    const candidate = plugin('p', wish);
    const spec = { ...candidate.spec, open: () => Promise.resolve(made as never) };
    const { states } = await start({ ...candidate, spec });
    expect(states).toMatchObject([{ state: 'quarantined', reason: expect.stringContaining(reason) }]);
  });

  it('hands new values to those plugins whose values changed', async () => {
    const heard: unknown[] = [];
    const host = await start(
      plugin('a', { open: async () => ({ retune: (next, changed) => heard.push([next, [...changed]]) }) }),
      plugin('b', { open: async () => ({ retune: () => heard.push('b') }) }),
    );
    const values = (id: string) => (id === 'b' ? { name: 'b' } : { name: id, size: 2 });
    host.retune(values);
    expect(heard).toEqual([[{ name: 'a', size: 2 }, ['size']]]);
    host.retune(values);
    expect(heard).toHaveLength(1);
  });

  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  const answers: readonly (readonly [string, () => unknown, string])[] = [
    ['throws', () => Promise.reject(new Error('broken')), 'broken'],
    ['answers nothing', () => null, 'null'],
    ['answers with a text', () => 'good', 'a string'],
    ['answers with what cannot be written', () => circle, 'circular'],
  ];
  describe.each(answers)('an open plugin of which a member %s', (_what, answer, reason) => {
    const act = (): never => {
      const answered: unknown = answer();
      if (!(answered instanceof Promise)) return answered as never;
      answered.catch(() => {});
      throw new Error('broken');
    };
    const use: Readonly<Record<string, (host: PluginHostRuntime) => unknown>> = {
      retune: (host): unknown => host.retune(() => ({ name: 'other' })),
      gauges: (host): unknown => host.gauges(),
      report: (host): unknown => host.report(),
    };
    // The answer of `retune` is nobody's business.
    const members = reason === 'broken' ? Object.keys(use) : ['gauges', 'report'];
    it.each(members.flatMap((member) => (['optional', 'required'] as const).map((mode) => [member, mode] as const)))(
      '%s, %s',
      async (member, mode) => {
        let calls = 0;
        const broken = {
          [member]: () => {
            calls += 1;
            return act();
          },
        };
        const host = await start(
          plugin('bad', { mode, open: async () => broken }),
          plugin('good', { open: async () => ({ report: () => ({ fine: 1 }) }) }),
        );
        use[member]!(host);
        use[member]!(host);
        expect(calls).toBe(1);
        expect(host.report()).toEqual({ fine: 1 });
        expect(host.states[0]).toMatchObject({ state: 'quarantined', reason: expect.stringContaining(`${member}: `) });
        const told = mode === 'required' ? failures : errors.list();
        expect(told).toHaveLength(1);
        expect(told[0]!.message).toContain(member);
        expect(told[0]!.message).toContain(reason);
      },
    );
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
