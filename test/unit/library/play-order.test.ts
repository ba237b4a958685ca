/** The order of play: fair, never twice running, known ahead, and kept across scenes and reloads. */
import fc from 'fast-check';
import { PlayOrder, type OrderClaim } from '../../../runtime/library/play-order';
import { turnOf, type PlayKind, type Planner, type ScenePlan } from '../../../runtime/library/planner';
import { compareNaturally, inNaturalOrder } from '../../../runtime/show/natural-order';

/** Files by theme; the kind is said by the extension. */
type Files = Readonly<Record<string, readonly string[]>>;

const isClip = (path: string): boolean => path.endsWith('.mp4');
const pictures = (theme: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `/${theme}/${at}.jpg`);
const clips = (theme: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `/${theme}/${at}.mp4`);
const sum = (list: readonly number[]): number => list.reduce((all, one) => all + one, 0);

function planOf(scene: string, themes: Readonly<Record<string, number>>, change: Partial<ScenePlan> = {}): ScenePlan {
  return {
    scene,
    themes: Object.entries(themes).map(([name, weight]) => ({ name, weight })),
    order: 'shuffle',
    kinds: ['images'],
    ...change,
  };
}

/** A session of scenes, as two plugins play it. */
class Session {
  private static readonly opened = new WeakMap<PlayOrder, number>();
  private readonly claims: readonly OrderClaim[];
  private readonly planners = new Map<string, readonly Planner[]>();
  readonly blocked = new Set<string>();

  constructor(
    order: PlayOrder,
    plans: readonly ScenePlan[],
    files: Files,
    private readonly horizon = 100,
  ) {
    const number = (Session.opened.get(order) ?? 0) + 1;
    Session.opened.set(order, number);
    const id = `s${number}`;
    this.claims = (['images', 'videos'] as const).map((kind: PlayKind) => order.claim(id, kind));
    for (const plan of plans) {
      const planners = plan.kinds.map((kind) => this.claims[kind === 'images' ? 0 : 1]!.planner(plan));
      this.planners.set(plan.scene, planners);
    }
    this.fill(files);
  }

  fill(files: Files): void {
    for (const [theme, list] of Object.entries(files)) {
      for (const [at, claim] of this.claims.entries()) {
        claim.fill(theme, {
          files: inNaturalOrder(list.filter((path) => isClip(path) === (at === 1))),
          horizon: this.horizon,
          usable: (path) => !this.blocked.has(path),
        });
      }
    }
  }

  /** Of the kind that is due. */
  planner(scene: string): Planner {
    const planners = this.planners.get(scene)!;
    return planners.find(({ head }) => head !== undefined) ?? planners[0]!;
  }

  peek(scene: string, count: number): string[] {
    return this.planners
      .get(scene)![0]!
      .peek(count)
      .map(({ path }) => path);
  }

  draw(scene: string): string | undefined {
    return this.planner(scene).draw()?.path;
  }

  draws(scene: string, count: number): string[] {
    return Array.from({ length: count }, () => this.draw(scene)).flatMap((path) => path ?? []);
  }

  close(): void {
    for (const claim of this.claims) claim.close();
  }
}

/** Fails where a file comes again within `distance` draws. */
function expectRest(order: readonly string[], distance: number): void {
  const last = new Map<string, number>();
  for (const [at, path] of order.entries()) {
    const before = last.get(path);
    if (before !== undefined && at - before <= distance)
      throw new Error(`${path} again after ${at - before} draws, not over ${distance}`);
    last.set(path, at);
  }
}

function shareOf(order: readonly string[], theme: string): number {
  return order.filter((path) => path.startsWith(`/${theme}/`)).length / order.length;
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const quickly = { numRuns: 30, endOnFailure: true } as const;

describe('shuffled order', () => {
  it('rests every file for half of the theme, or for the horizon, and shows all in each round', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 60 }), seeds, (count, horizon, seed) => {
        const files = { t: pictures('t', count) };
        const order = new Session(new PlayOrder(seed), [planOf('s', { t: 1 })], files, horizon).draws('s', 5 * count);
        const rest = Math.min(horizon, Math.floor(count / 2));
        expectRest(order, count === 1 ? 0 : Math.max(1, rest));
        for (let round = 0; round < 5; round += 1)
          expect(new Set(order.slice(round * count, (round + 1) * count)).size).toBe(count);
      }),
      quickly,
    );
  });

  it('makes each round another one', () => {
    const order = new Session(new PlayOrder(7), [planOf('s', { t: 1 })], { t: pictures('t', 40) }).draws('s', 4000);
    const same = order.filter((path, at) => path === order[at - 40]).length;
    // By chance one of twenty or so stands where it stood.
    expect(same).toBeLessThan(400);
  });

  it('makes the same order from the same seed and another from another', () => {
    const order = (seed: number): string[] =>
      new Session(new PlayOrder(seed), [planOf('s', { a: 1, b: 2 })], {
        a: pictures('a', 40),
        b: pictures('b', 20),
      }).draws('s', 100);
    expect(order(7)).toEqual(order(7));
    expect(order(7)).not.toEqual(order(8));
  });

  it.each([
    ['weights 1 and 9 over 21 and 20 pictures', { a: 1, b: 9 }, { a: 21, b: 20 }],
    ['the large theme is the light one', { a: 1, b: 2, c: 4 }, { a: 120, b: 40, c: 10 }],
    ['weights 1 and 100', { a: 1, b: 100 }, { a: 50, b: 3 }],
    ['half for a single picture', { a: 1, b: 1 }, { a: 1, b: 30 }],
  ])('gives themes their shares: %s', (_, weights: Record<string, number>, counts: Record<string, number>) => {
    const files = Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, pictures(name, count)]));
    const order = new Session(new PlayOrder(1), [planOf('s', weights)], files).draws('s', 1000);
    expectRest(order, 1);
    for (const [name, weight] of Object.entries(weights))
      expect(Math.abs(shareOf(order, name) - weight / sum(Object.values(weights)))).toBeLessThan(0.03);
  });

  it('gives themes of any size and weight their shares of 1,000 draws, pictures and clips together', () => {
    const themes = fc.array(
      fc.record({
        images: fc.integer({ min: 1, max: 40 }),
        videos: fc.integer({ min: 1, max: 9 }),
        weight: fc.integer({ min: 1, max: 100 }),
      }),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(themes, seeds, fc.boolean(), (list, seed, both) => {
        const files = Object.fromEntries(
          list.map(({ images, videos }, at) => [
            `t${at}`,
            [...pictures(`t${at}`, images + 1), ...(both ? clips(`t${at}`, videos) : [])],
          ]),
        );
        const weights = Object.fromEntries(list.map(({ weight }, at) => [`t${at}`, weight]));
        const plan = planOf('s', weights, { kinds: both ? ['images', 'videos'] : ['images'] });
        const order = new Session(new PlayOrder(seed), [plan], files).draws('s', 1000);
        expectRest(order, 1);
        for (const [name, weight] of Object.entries(weights)) {
          expect(Math.abs(shareOf(order, name) - weight / sum(Object.values(weights)))).toBeLessThan(0.03);
          // Every file of a theme has the same chance.
          const counts = files[name]!.map((path) => order.filter((one) => one === path).length);
          const fair = (shareOf(order, name) * 1000) / counts.length;
          for (const count of counts) expect(Math.abs(count - fair)).toBeLessThanOrEqual(Math.max(3, 0.2 * fair));
        }
      }),
      quickly,
    );
  });

  it('lets no clip follow itself while pictures wait', () => {
    const plan = planOf('s', { t: 1 }, { kinds: ['images', 'videos'] });
    const order = new Session(new PlayOrder(3), [plan], { t: [...pictures('t', 3), ...clips('t', 1)] }).draws('s', 400);
    expectRest(order, 1);
    for (const path of [...pictures('t', 3), ...clips('t', 1)])
      expect(Math.abs(order.filter((one) => one === path).length - 100)).toBeLessThanOrEqual(3);
  });

  it('draws what there is where a file is the only one, or the only one that can be shown', () => {
    const session = new Session(new PlayOrder(1), [planOf('s', { t: 1 })], { t: pictures('t', 3) });
    session.blocked.add('/t/0.jpg').add('/t/2.jpg');
    expect(session.draws('s', 3)).toEqual(['/t/1.jpg', '/t/1.jpg', '/t/1.jpg']);
    session.blocked.add('/t/1.jpg');
    expect([session.draw('s'), session.peek('s', 3)]).toEqual([undefined, []]);
    session.blocked.clear();
    expect(new Set(session.draws('s', 3)).size).toBe(3);
    session.fill({ t: [] });
    expect(session.draw('s')).toBeUndefined();
    session.fill({ t: pictures('t', 2) });
    expectRest(session.draws('s', 10), 1);
  });

  it('peeks in no time that grows with the files', () => {
    const session = new Session(new PlayOrder(1), [planOf('s', { t: 1 })], { t: pictures('t', 50_000) });
    expect(new Set(session.draws('s', 20_000)).size).toBe(20_000);
    expect(session.peek('s', 200)).toEqual(session.draws('s', 200));
  });
});

/** Themes of some pictures and clips, and scenes over some of them. */
const world = fc.record({
  counts: fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 4 })), {
    minLength: 2,
    maxLength: 3,
  }),
  scenes: fc.array(
    fc.record({
      themes: fc.subarray([0, 1, 2], { minLength: 1 }),
      weights: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
      order: fc.constantFrom<ScenePlan['order']>('shuffle', 'shuffle', 'sequence'),
      kinds: fc.constantFrom<ScenePlan['kinds']>(['images'], ['videos'], ['images', 'videos']),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  seed: seeds,
  horizon: fc.integer({ min: 0, max: 12 }),
});
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

function filesOf({ counts }: World): Record<string, string[]> {
  return Object.fromEntries(
    counts.map(([images, videos], at) => [`t${at}`, [...pictures(`t${at}`, images), ...clips(`t${at}`, videos)]]),
  );
}

function plansOf({ scenes, counts }: World): ScenePlan[] {
  return scenes.map(({ themes, weights, order, kinds }, at) => {
    const known = themes.filter((theme) => theme < counts.length);
    const entries = (known.length > 0 ? known : [0]).map((theme) => [`t${theme}`, weights[theme]!] as const);
    return planOf(`s${at}`, Object.fromEntries(entries), { order, kinds });
  });
}

/** Different files that a scene can show. */
function shown({ themes, kinds }: ScenePlan, files: Files): Set<string> {
  const all = themes.flatMap(({ name }) => files[name] ?? []);
  return new Set(all.filter((path) => kinds.includes(isClip(path) ? 'videos' : 'images')));
}

describe('the order across scenes and reloads', () => {
  const act = fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('draw' as const), scene: fc.nat(3) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('peek' as const), scene: fc.nat(3), count: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('reload' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('unseen' as const), scene: fc.nat(3) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('files' as const),
        keep: fc.array(fc.boolean(), { minLength: 13, maxLength: 13 }),
      }),
    },
  );

  it('shows nothing twice running while there is another, whatever scenes, reloads and changes of files lie between', () => {
    fc.assert(
      fc.property(world, fc.array(act, { minLength: 20, maxLength: 80 }), (one, acts) => {
        const order = new PlayOrder(one.seed);
        const plans = plansOf(one);
        const all = filesOf(one);
        let files: Files = all;
        let session = new Session(order, plans, files, one.horizon);
        let last: string | undefined;
        for (const step of acts) {
          const plan = plans[('scene' in step ? step.scene : 0) % plans.length]!;
          if (step.kind === 'peek') session.peek(plan.scene, step.count);
          else if (step.kind === 'reload') {
            const next = new Session(order, plans, files, one.horizon);
            session.close();
            session = next;
          } else if (step.kind === 'files') {
            files = Object.fromEntries(
              Object.entries(all).map(([name, list]) => [name, list.filter((_, at) => step.keep[at])]),
            );
            session.fill(files);
          } else if (step.kind === 'unseen') {
            const planner = session.planner(plan.scene);
            const file = planner.draw();
            if (file === undefined) continue;
            turnOf(planner, file).takeBack();
            expect(session.planner(plan.scene).head?.path).toBe(file.path);
          } else {
            const path = session.draw(plan.scene);
            const choice = shown(plan, files);
            if (choice.size === 0) expect(path).toBeUndefined();
            else expect(choice).toContain(path);
            if (choice.size > 1) expect(path).not.toBe(last);
            last = path ?? last;
          }
        }
      }),
      { numRuns: 120, endOnFailure: true },
    );
  });

  it('peeks exactly what is drawn next', () => {
    fc.assert(
      fc.property(world, fc.array(fc.tuple(fc.nat(3), fc.nat(25)), { maxLength: 12 }), (one, peeks) => {
        const plans = plansOf(one);
        const session = new Session(new PlayOrder(one.seed), plans, filesOf(one), one.horizon);
        for (const [at, count] of peeks) {
          const { scene, kinds } = plans[at % plans.length]!;
          const seen = session.peek(scene, count);
          const drawn = session.draws(scene, count);
          const ofKind = kinds.length === 1 ? drawn : drawn.filter((path) => !isClip(path));
          expect(seen.slice(0, ofKind.length)).toEqual(ofKind.slice(0, seen.length));
          if (kinds.length === 1) expect(seen).toEqual(drawn);
        }
      }),
      { numRuns: 80, endOnFailure: true },
    );
  });

  it('keeps what was seen ahead in its order, but for what other scenes took of it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 6, max: 40 }),
        seeds,
        fc.array(fc.nat(2), { maxLength: 30 }),
        (count, seed, drawers) => {
          const plans = [0, 1, 2].map((at) => planOf(`s${at}`, { t: 1 }));
          const session = new Session(new PlayOrder(seed), plans, { t: pictures('t', count) });
          const ahead = session.peek('s0', drawers.length + 5);
          const drawn = drawers.map((at) => session.draw(`s${at}`)!);
          expect(drawn).toEqual(ahead.slice(0, drawn.length));
          expect(session.peek('s0', 5)).toEqual(ahead.slice(drawn.length));
          expectRest([...drawn, ...session.draws('s2', count)], Math.floor(count / 2));
        },
      ),
      quickly,
    );
  });

  it('goes on after a reload as if there had been none, also where a show was refused', () => {
    const files = { t: pictures('t', 60) };
    const plain = new Session(new PlayOrder(5), [planOf('s', { t: 1 })], files).draws('s', 200);
    const order = new PlayOrder(5);
    let session = new Session(order, [planOf('s', { t: 1 })], files);
    const drawn: string[] = [];
    for (let reload = 0; reload < 200; reload += 1) {
      drawn.push(session.draw('s')!);
      session.peek('s', reload % 40);
      const next = new Session(order, [planOf('s', { t: 1 })], reload % 3 === 0 ? { t: ['/other.jpg'] } : files);
      if (reload % 3 === 0) next.close();
      else {
        session.close();
        session = next;
      }
    }
    // A refused show with other files costs what was predicted, not the round.
    expect(new Set(drawn).size).toBe(60);
    expectRest(drawn, 30);
    expect(drawn[0]).toBe(plain[0]);
    const calm = new PlayOrder(5);
    session = new Session(calm, [planOf('s', { t: 1 })], files);
    const through = Array.from({ length: 200 }, () => {
      const next = new Session(calm, [planOf('s', { t: 1 })], files);
      session.close();
      session = next;
      session.peek('s', 7);
      return session.draw('s');
    });
    expect(through).toEqual(plain);
  });

  it('makes another order where a theme comes back later, and keeps to the shares through reloads', () => {
    const order = new PlayOrder(5);
    const files = { a: pictures('a', 30), b: pictures('b', 30) };
    const drawn: string[] = [];
    for (let reload = 0; reload < 300; reload += 1) {
      const session = new Session(order, [planOf('s', { a: 1, b: 9 })], files);
      session.peek('s', 5);
      drawn.push(...session.draws('s', 1));
      session.close();
    }
    expect(Math.abs(shareOf(drawn, 'b') - 0.9)).toBeLessThan(0.01);
    expect(new Set(drawn).size).toBeGreaterThan(45);
  });

  it('is not disturbed by a session that opens and closes beside it', () => {
    const order = new PlayOrder(5);
    const files = { a: pictures('a', 9) };
    const session = new Session(order, [planOf('s', { a: 1 })], files);
    const ahead = session.peek('s', 20);
    new Session(order, [planOf('s', { a: 1 }), planOf('r', { a: 3 })], files).close();
    expect(session.draws('s', 20)).toEqual(ahead);
  });
});

describe('sequence', () => {
  const sequence = (themes: readonly string[], kinds: ScenePlan['kinds'] = ['images', 'videos']): ScenePlan =>
    planOf('s', Object.fromEntries(themes.map((name) => [name, 1])), { order: 'sequence', kinds });

  it('is one natural order over pictures and clips, theme after theme, round and round', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(40), { minLength: 1, maxLength: 12 }),
        fc.array(fc.boolean(), { minLength: 41, maxLength: 41 }),
        (numbers, clip) => {
          const of = (theme: string): string[] => numbers.map((at) => `/${theme}/${at}.${clip[at] ? 'mp4' : 'jpg'}`);
          const session = new Session(new PlayOrder(1), [sequence(['b', 'a'])], { a: of('a'), b: of('b') });
          const round = [...inNaturalOrder(of('b')), ...inNaturalOrder(of('a'))];
          expect(session.draws('s', 2 * round.length)).toEqual([...round, ...round]);
        },
      ),
      quickly,
    );
  });

  it('goes on behind the file it was at, or behind where that was, through reloads with other files', () => {
    const keep = fc.array(fc.boolean(), { minLength: 20, maxLength: 20 });
    const all = pictures('t', 20);
    fc.assert(
      fc.property(fc.array(fc.tuple(keep, fc.nat(4), fc.boolean()), { minLength: 1, maxLength: 8 }), (steps) => {
        const order = new PlayOrder(1);
        let session = new Session(order, [sequence(['t'])], { t: all });
        let last: string | undefined;
        let files = all;
        for (const [keeps, count, reload] of steps) {
          files = all.filter((_, at) => keeps[at]);
          if (reload) {
            const next = new Session(order, [sequence(['t'])], { t: files });
            session.close();
            session = next;
          } else session.fill({ t: files });
          for (let draw = 0; draw < count; draw += 1) {
            const behind = files.find((path) => last === undefined || compareNaturally(path, last) > 0) ?? files[0];
            const path = session.draw('s');
            expect(path).toBe(behind);
            last = path ?? last;
          }
        }
      }),
      quickly,
    );
  });

  it('keeps its place where the themes or kinds of the scene change, and when a picture was never seen', () => {
    const order = new PlayOrder(1);
    const files = { a: pictures('a', 3), b: [...pictures('b', 2), ...clips('b', 2)], c: pictures('c', 2) };
    let session = new Session(order, [sequence(['a', 'b', 'c'])], files);
    const reload = (plan: ScenePlan): void => {
      const next = new Session(order, [plan], files);
      session.close();
      session = next;
    };
    expect(session.draws('s', 4)).toEqual(['/a/0.jpg', '/a/1.jpg', '/a/2.jpg', '/b/0.jpg']);
    reload(sequence(['a', 'b', 'c'], ['images']));
    expect(session.draws('s', 1)).toEqual(['/b/1.jpg']);
    reload(sequence(['a', 'c']));
    expect(session.draws('s', 1)).toEqual(['/c/0.jpg']);
    const planner = session.planner('s');
    const file = planner.draw()!;
    const turn = turnOf(planner, file);
    turn.takeBack();
    turn.takeBack();
    expect(planner.peek(2).map(({ path }) => path)).toEqual(['/c/1.jpg', '/a/0.jpg']);
    expect(turn.retake()).toBe(true);
    turn.takeBack();
    expect(session.draw('s')).toBe('/c/1.jpg');
    expect([turn.retake(), session.draw('s')]).toEqual([false, '/a/0.jpg']);
  });

  it('begins with its first file again where nothing before is known, and passes over what cannot be shown', () => {
    const session = new Session(new PlayOrder(1), [sequence(['t'])], { t: pictures('t', 4) });
    session.blocked.add('/t/0.jpg').add('/t/2.jpg');
    expect(session.draws('s', 4)).toEqual(['/t/1.jpg', '/t/3.jpg', '/t/1.jpg', '/t/3.jpg']);
  });
});
