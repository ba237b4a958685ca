import * as fc from 'fast-check';
import { createScore, type Aim, type Beat, type Score, type ScorePast } from '../../../runtime/session/score';
import { createRandom } from '../../../runtime/show/random';
import type { Cue, CueSound, Scene, Show } from '../../../runtime/show/types';

const sceneOf = (name: string, everyMs: number): Scene => ({
  media: 'images',
  themes: [name],
  everyMs,
  playsOut: false,
  order: 'shuffle',
  fit: 'cover',
  motion: 'none',
  transition: { type: 'crossfade', durationMs: 100 },
  background: 0,
});

const SCENES = { slow: sceneOf('slow', 4000), quick: sceneOf('quick', 500), other: sceneOf('other', 1500) };

function cue(name: string, durationMs: number, scenes: readonly string[] = ['slow'], change: Partial<Cue> = {}): Cue {
  return {
    name,
    durationMs,
    scenes: scenes.map((scene) => ({ scene, weight: 1 })),
    select: 'on-cue-start',
    transition: { type: 'slide', durationMs: 700 },
    ...change,
  };
}

function showOf(loop: Show['cuelist']['loop'], ...cues: readonly Cue[]): Show {
  return {
    version: 1,
    name: 'x',
    file: '/x.yaml',
    folder: '/',
    hash: '',
    themes: {},
    scenes: SCENES,
    cuelist: { loop, cues },
  };
}

/** Plays punctually; every beat comes on when it is due. */
function play(score: Score, beats: number): Beat[] {
  const played = [score.begin(0)];
  while (played.length < beats) {
    const beat = score.next();
    if (beat === undefined) break;
    score.taken(beat, beat.atMs);
    played.push(beat);
  }
  return played;
}

const runs = (beats: readonly Beat[]): string[] =>
  beats.filter(({ opensCue }) => opensCue).map(({ cue: { name } }) => name);

describe('the score', () => {
  it('begins with the same beat however often it is asked, at once and without ending anything', () => {
    const score = createScore(showOf('forever', cue('a', 10_000), cue('b', 10_000)), createRandom(1));
    expect(score.first()).toBe(score.first());
    expect(score.begin(50)).toEqual({ ...score.first(), atMs: 50 });
    expect(score.first()).toMatchObject({ atMs: 0, cueNumber: 1, opensCue: true, forced: true });
    expect(score.first().endedCue).toBeUndefined();
  });

  it('changes pictures every media cycle, counted from when the last one really came on', () => {
    const score = createScore(showOf('forever', cue('a', 60_000, ['other'])), createRandom(1));
    score.begin(100);
    const beat = score.next()!;
    expect(beat).toMatchObject({ atMs: 1600, opensCue: false, forced: false, transition: { type: 'crossfade' } });
    score.taken(beat, 1900);
    expect(score.lastMs).toBe(1900);
    expect(score.next()!.atMs).toBe(3400);
  });

  it('ends a cue at the first boundary once it is due', () => {
    const score = createScore(showOf('forever', cue('a', 5000, ['slow']), cue('b', 5000, ['quick'])), createRandom(1));
    const beats = play(score, 20);
    const second = beats.find(({ cueNumber, opensCue }) => cueNumber === 2 && opensCue)!;
    // Due at 5000; the boundary of a 4 s cycle is at 8000, within the longest wait.
    expect(second).toMatchObject({
      atMs: 8000,
      transition: { type: 'slide' },
      endedCue: { cue: 'a', number: 1, actualMs: 8000 },
    });
    const third = beats.find(({ cueNumber, opensCue, atMs }) => cueNumber === 1 && opensCue && atMs > 0)!;
    expect(third).toMatchObject({ atMs: 13_000, endedCue: { cue: 'b', number: 2, actualMs: 5000 } });
  });

  it('keeps no cue longer than its boundary may take, and ends none before its time', () => {
    const duration = fc.integer({ min: 1000, max: 60_000 });
    const scenes = fc.uniqueArray(fc.constantFrom('slow', 'quick', 'other'), { minLength: 1 });
    const select = fc.constantFrom<Cue['select']>('on-cue-start', 'on-media-cycle', 'on-interval');
    const cues = fc.array(fc.record({ duration, scenes, select }), { minLength: 1, maxLength: 4 });
    const loop = fc.constantFrom<Show['cuelist']['loop']>('once', 'forever', 'ping-pong');
    fc.assert(
      fc.property(
        cues,
        loop,
        fc.nat(),
        fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 60, maxLength: 60 }),
        (all, how, seed, delays) => {
          const show = showOf(
            how,
            ...all.map((each, at) =>
              cue(`c${at}`, each.duration, each.scenes, { select: each.select, selectEveryMs: 2500 }),
            ),
          );
          const score = createScore(show, createRandom(seed));
          let lastMs = 0;
          let startMs = 0;
          let running = score.begin(0);
          for (const delay of delays) {
            const beat = score.next();
            if (beat === undefined) break;
            expect(beat.atMs).toBeGreaterThanOrEqual(lastMs);
            if (beat.opensCue) {
              expect(beat.atMs - startMs).toBeGreaterThanOrEqual(Math.min(running.cue.durationMs, Infinity));
              expect(beat.atMs).toBeLessThanOrEqual(Math.max(startMs + running.cue.durationMs, lastMs) + 10_000);
              expect(beat.endedCue!.cue).toBe(running.cue.name);
              running = beat;
            } else {
              expect(beat.cue.name).toBe(running.cue.name);
            }
            expect(beat.cue.scenes.some(({ scene }) => scene === beat.scene)).toBe(true);
            lastMs = beat.atMs + delay;
            if (beat.opensCue) startMs = lastMs;
            score.taken(beat, lastMs);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  describe('with sounds that join', () => {
    const piece: CueSound = { file: '/a.wav', role: 'voice', volume: 1, loop: false, fadeInMs: 0, fadeOutMs: 0 };
    const sounds = fc.record({
      role: fc.constantFrom<CueSound['role']>('voice', 'effect'),
      loop: fc.boolean(),
      fadeInMs: fc.constantFrom(0, 0, 500),
      fadeOutMs: fc.constantFrom(0, 0, 500),
    });
    const joins = (before: Partial<CueSound>, after: Partial<CueSound>): boolean =>
      before.role === after.role && before.loop === false && before.fadeOutMs === 0 && after.fadeInMs === 0;

    it('changes cues when the sounds meet, however slow the pictures are', () => {
      const scene = { ...sceneOf('minute', 60_000), transition: { type: 'crossfade', durationMs: 800 } } as const;
      const show = showOf('forever', cue('a', 4000, ['minute'], { sounds: [piece] }));
      const score = createScore({ ...show, scenes: { minute: scene } }, createRandom(1));
      expect(play(score, 4).map(({ atMs }) => atMs)).toEqual([0, 4000, 8000, 12_000]);
    });

    it('holds every cue to its time, and changes no picture across the join', () => {
      const scenes = fc.uniqueArray(fc.constantFrom('slow', 'quick', 'other'), { minLength: 1 });
      const cues = fc.array(fc.record({ duration: fc.integer({ min: 1000, max: 30_000 }), scenes, sound: sounds }), {
        minLength: 1,
        maxLength: 4,
      });
      const delays = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 60, maxLength: 60 });
      fc.assert(
        fc.property(cues, fc.nat(), delays, (all, seed, late) => {
          const list = all.map((each, at) =>
            cue(`c${at}`, each.duration, each.scenes, { sounds: [{ ...piece, ...each.sound }] }),
          );
          const score = createScore(showOf('forever', ...list), createRandom(seed));
          let [startMs, lastMs, at] = [0, 0, 0];
          score.begin(0);
          for (const lateMs of late) {
            const beat = score.next()!;
            const [now, next] = [list[at]!, list[(at + 1) % list.length]!];
            const dueMs = startMs + now.durationMs;
            const meet = joins(now.sounds![0]!, next.sounds![0]!);
            if (!beat.opensCue && meet) expect(beat.atMs + beat.transition.durationMs).toBeLessThanOrEqual(dueMs);
            if (beat.opensCue) {
              expect(beat.joinsMs).toBe(meet ? Math.max(dueMs, lastMs) : undefined);
              if (meet) expect(beat).toMatchObject({ atMs: beat.joinsMs, follows: false });
              at = (at + 1) % list.length;
            }
            // Also where its picture is late, the cue counts from the join.
            startMs = beat.opensCue ? (beat.joinsMs ?? beat.atMs + lateMs) : startMs;
            lastMs = beat.atMs + lateMs;
            score.taken(beat, lastMs);
            expect(score.endMs).toBe(startMs + list[at]!.durationMs);
          }
        }),
        { numRuns: 200 },
      );
    });
  });

  it('ends a cue that is only heard when it is due, and learns no rhythm from it', () => {
    const heard = { select: 'on-cue-start' } as const;
    const show = showOf('forever', cue('a', 1000, [], heard), cue('b', 2500, [], heard), cue('c', 5000, ['slow']));
    const beats = play(createScore(show, createRandom(1)), 8);
    expect(beats.map(({ cue: { name }, atMs }) => `${name} ${atMs}`)).toEqual([
      ...['a 0', 'b 1000', 'c 3500', 'c 7500'],
      ...['a 11500', 'b 12500', 'c 15000', 'c 19000'],
    ]);
    expect(beats.map(({ scene, transition: { type } }) => `${scene} ${type}`).slice(0, 6)).toEqual([
      ...[' cut', ' cut', 'slow slide', 'slow crossfade', ' slide', ' cut'],
    ]);
  });

  it('plays the cues once, for ever, or there and back', () => {
    const cues = ['a', 'b', 'c'].map((name) => cue(name, 1000, ['quick']));
    expect(runs(play(createScore(showOf('once', ...cues), createRandom(1)), 200))).toEqual(['a', 'b', 'c']);
    expect(
      runs(play(createScore(showOf('forever', ...cues), createRandom(1)), 30))
        .slice(0, 7)
        .join(''),
    ).toBe('abcabca');
    expect(
      runs(play(createScore(showOf('ping-pong', ...cues), createRandom(1)), 30))
        .slice(0, 9)
        .join(''),
    ).toBe('abcbabcba');
  });

  it('is over when the last cue of a list that plays once has had its time, also with a picture that stays longer', () => {
    const score = createScore(showOf('once', cue('a', 3000, ['slow'])), createRandom(1));
    score.begin(500);
    expect(score.next()).toBeUndefined();
    expect(score.endMs).toBe(3500);
  });

  it('plays the same order for the same seed and another for another', () => {
    const show = showOf(
      'forever',
      cue('a', 20_000, ['slow', 'quick', 'other'], { select: 'on-media-cycle' }),
      cue('b', 9000, ['quick', 'other']),
    );
    const order = (seed: number): string =>
      play(createScore(show, createRandom(seed)), 120)
        .map(({ scene, atMs }) => `${scene}@${atMs}`)
        .join();
    expect(order(7)).toBe(order(7));
    expect(new Set([1, 2, 3, 4].map(order)).size).toBeGreaterThan(1);
  });

  it('chooses a scene anew at media cycles, after its stay, or never within a cue', () => {
    const pool = ['quick', 'other'];
    const scenesOf = (change: Partial<Cue>): string[] =>
      play(createScore(showOf('forever', cue('a', 1e6, pool, change)), createRandom(3)), 13).map(({ scene }) => scene);
    expect(new Set(scenesOf({ select: 'on-cue-start' })).size).toBe(1);
    // Two scenes: none follows itself.
    const cycles = scenesOf({ select: 'on-media-cycle' });
    expect(cycles.every((scene, at) => at === 0 || scene !== cycles[at - 1])).toBe(true);
    const entries = pool.map((scene) => ({ scene, weight: 1, minMs: 5000, maxMs: 5000 }));
    const beats = play(
      createScore(showOf('forever', cue('a', 1e6, pool, { select: 'on-interval', scenes: entries })), createRandom(3)),
      60,
    );
    const switches = beats.filter(({ scene }, at) => at > 0 && scene !== beats[at - 1]!.scene).map(({ atMs }) => atMs);
    expect(switches.slice(0, 3)).toEqual([5000, 10_000, 15_000]);
  });

  it.each<Cue['select']>(['on-media-cycle', 'on-interval'])(
    'gives scenes that stay for 3 s each, chosen %s, their shares of the time',
    (select) => {
      const scenes = [9, 1].map((weight, at) => ({ scene: ['quick', 'other'][at]!, weight, minMs: 3000, maxMs: 3000 }));
      const beats = play(createScore(showOf('forever', cue('a', 1e7, [], { select, scenes })), createRandom(5)), 5000);
      const shownMs = { quick: 0, other: 0 };
      for (const [at, { scene, atMs }] of beats.entries()) {
        shownMs[scene as 'quick' | 'other'] += (beats[at + 1]?.atMs ?? atMs) - atMs;
      }
      expect(Math.abs(shownMs.other / (shownMs.quick + shownMs.other) - 0.1)).toBeLessThan(0.01);
    },
  );

  it.each<Cue['select']>(['on-media-cycle', 'on-cue-start'])(
    'counts only choices that came on (%s), and goes on with the shares after a reload',
    (select) => {
      const scenes = [9, 1].map((weight, at) => ({ scene: ['quick', 'other'][at]!, weight }));
      const pool: Partial<Cue> = { select, scenes };
      const past: ScorePast = new Map();
      const counts = { quick: 0, other: 0 };
      for (let session = 0; session < 50; session += 1) {
        const score = createScore(showOf('forever', cue('a', 400, [], pool)), createRandom(session), past);
        let beat: Beat = score.begin(0);
        for (let beats = 0; beats < 10; beats += 1) {
          counts[beat.scene as 'quick' | 'other'] += 1;
          const planned = score.next()!;
          // A beat that is looked at and not taken leaves no trace.
          beat = beats % 3 === 0 ? score.jump({ to: 'next' }, score.lastMs + 50) : planned;
          if (beats < 9) score.taken(beat, beat.atMs);
        }
      }
      expect(counts.quick + counts.other).toBe(500);
      expect(Math.abs(counts.other - 50)).toBeLessThanOrEqual(2);
    },
  );

  it('begins with the cue it is given, and with the first where there is none of that name', () => {
    const show = showOf('ping-pong', cue('a', 1000), cue('b', 1000), cue('1', 1000));
    const begun = (name?: string): string => createScore(show, createRandom(1), new Map(), name).first().cue.name;
    expect([begun('b'), begun('1'), begun('2'), begun(), begun('gone')]).toEqual(['b', '1', 'a', 'a', 'a']);
  });

  it.each([
    ['forever', ['next', 'next', 'next', 'next'], 'b c a b'],
    ['once', ['next', 'next', 'next', 'previous', 'previous'], 'b c a a a'],
    ['ping-pong', ['next', 'next', 'next', 'next', 'previous', 'next'], 'b c b a b a'],
    ['forever', ['previous', 'previous', 'next', 'next'], 'c b c a'],
  ] as const)('counts every order of several quick ones: %s, %j', (loop, orders, names) => {
    const shown = showOf(loop, cue('a', 5000), cue('b', 5000), cue('c', 5000));
    const wanted = names.split(' ');
    // One on the other before any is carried out; the last one then is.
    const score = createScore(shown, createRandom('jump'));
    score.begin(0);
    let aim: Aim | undefined;
    expect(orders.map((to) => (aim = score.aim({ to }, aim)).cue)).toEqual(wanted);
    expect(score.jump(aim!, 100).cue.name).toBe(wanted.at(-1));
    // Each while the picture of the one before is on its way.
    const slow = createScore(shown, createRandom('jump'));
    slow.begin(0);
    expect(orders.map((to, at) => slow.jump(slow.aim({ to }), 100 + at).cue.name)).toEqual(wanted);
    // Each when the one before is on.
    const calm = createScore(shown, createRandom('jump'));
    calm.begin(0);
    const cues = orders.map((to, at) => {
      const beat = calm.jump(calm.aim({ to }), 100 * (at + 1));
      calm.taken(beat, 100 * (at + 1) + 40);
      return beat.cue.name;
    });
    expect(cues).toEqual(wanted);
  });

  it('jumps at once, and counts the cue from there', () => {
    const score = createScore(
      showOf('once', cue('a', 9000), cue('b', 9000, ['quick']), cue('c', 9000)),
      createRandom(1),
    );
    score.begin(0);
    const jump = (wish: Parameters<Score['jump']>[0], nowMs: number): Beat => {
      const beat = score.jump(wish, nowMs);
      score.taken(beat, nowMs);
      return beat;
    };
    expect(jump({ to: 'next' }, 1000)).toMatchObject({
      atMs: 1000,
      cue: { name: 'b' },
      opensCue: true,
      forced: true,
      endedCue: { cue: 'a', actualMs: 1000 },
    });
    expect(score.endMs).toBe(10_000);
    expect(jump({ to: 'cue', index: 2 }, 1500).cue.name).toBe('c');
    expect(jump({ to: 'next' }, 2000).cue.name).toBe('a');
    expect(jump({ to: 'previous' }, 2500).cue.name).toBe('a');
    expect(jump({ to: 'cue', index: 1 }, 3000).cue.name).toBe('b');
    expect(jump({ to: 'previous' }, 3500).cue.name).toBe('a');
  });

  it('puts a beat off that has nothing to show, without calling it late', () => {
    const score = createScore(showOf('forever', cue('a', 60_000)), createRandom(1));
    score.begin(0);
    const beat = score.next()!;
    expect(score.postpone(beat, 4500)).toEqual({ ...beat, atMs: 4500, forced: true });
    score.taken(score.postpone(beat, 4500), 4500);
    expect(score.next()!.atMs).toBe(8500);
  });

  it('forgets a change that was planned and not taken', () => {
    const score = createScore(showOf('forever', cue('a', 5000, ['quick']), cue('b', 5000)), createRandom(1));
    score.begin(0);
    for (let at = 500; at < 5000; at += 500) score.taken(score.next()!, at);
    expect(score.next()).toMatchObject({ cue: { name: 'b' }, atMs: 5000 });
    const beat = score.jump({ to: 'cue', index: 0 }, 4800);
    score.taken(beat, 4800);
    expect(score.next()).toMatchObject({ cue: { name: 'a' }, atMs: 5300 });
  });
});
