/** What is seen of pictures while a show plays: how long they move, and that a picture does not change into itself. */
import * as fc from 'fast-check';
import { longestSeenMs } from '../../../runtime/session/ken-burns';
import type { Wish } from '../../../runtime/session/score';
import type { Cue, Scene, Show, Transition } from '../../../runtime/show/types';
import type { Layer, Motion } from '../../../runtime/stage/layer';
import type { StageItem } from '../../../runtime/stage/media';
import { motionProgress } from '../../../runtime/stage/placement';
import { cueWith, sceneWith, showWith } from '../../support/parsed-show';
import { playScore } from '../../support/played-score';

const FOR_MS = 60_000;

const transition = fc.record<Transition>({
  type: fc.constantFrom('crossfade', 'fade-through-black', 'slide', 'wipe'),
  durationMs: fc.integer({ min: 50, max: 2000 }),
});
const scene = fc
  .record({ everyMs: fc.integer({ min: 2100, max: 9000 }), transition })
  .map((own) => sceneWith({ motion: 'ken-burns', ...own }));
const cue = fc
  .record({
    durationMs: fc.integer({ min: 2100, max: 20_000 }),
    select: fc.constantFrom('on-cue-start' as const, 'on-media-cycle' as const),
    transition,
  })
  .map((own): Omit<Cue, 'name'> => ({ ...own, scenes: ['one', 'two'].map((name) => ({ scene: name, weight: 1 })) }));
const shows = fc.tuple(scene, scene, fc.array(cue, { minLength: 1, maxLength: 3 })).map(([one, two, cues]) =>
  showWith(
    { one, two },
    cues.map((each, at) => ({ name: `${at}`, ...each })),
  ),
);
const wishes = fc.array(
  fc.record({
    atMs: fc.integer({ min: 1, max: FOR_MS }),
    wish: fc.constantFrom<Wish>({ to: 'next' }, { to: 'previous' }, { to: 'cue', index: 0 }),
  }),
  { maxLength: 6 },
);

/** Another picture each time. */
function numbered(): () => StageItem {
  let slot = 0;
  return () => itemOf((slot += 1));
}

function itemOf(slot: number, picture = { slot, generation: 1, widthPx: 4, heightPx: 4 }): StageItem {
  return { picture, label: `${slot}`, theme: 'all', release: () => {} };
}

function motionOf({ placement }: Layer): Motion {
  if (placement.kind !== 'card' || placement.motion === undefined) throw new Error('the picture does not move');
  return placement.motion;
}

describe('ken-burns', () => {
  it('is on its even way until the picture is gone, whatever cue, scene or wish takes it away', async () => {
    await fc.assert(
      fc.asyncProperty(shows, wishes, fc.nat(), async (show, asked, seed) => {
        const { layers } = await playScore({ show, seed, wishes: asked, forMs: FOR_MS, next: numbered() });
        expect(layers.length).toBeGreaterThan(3);
        for (const layer of layers.filter(({ untilMs }) => untilMs < Infinity)) {
          expect(layer.untilMs).toBeLessThanOrEqual(motionOf(layer).untilMs);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('goes on while the next picture is late or there is none for a while', async () => {
    await fc.assert(
      fc.asyncProperty(
        shows,
        wishes,
        fc.nat(),
        fc.integer({ min: 500, max: 7000 }),
        async (show, asked, seed, lateMs) => {
          const fresh = numbered();
          const next = (nowMs: number): StageItem | undefined =>
            nowMs > 20_000 && nowMs < 40_000 ? undefined : fresh();
          const played = { show, seed, wishes: asked, forMs: FOR_MS, next, decodeMs: () => lateMs };
          const { layers } = await playScore(played);
          for (const layer of layers) {
            const motion = motionOf(layer);
            const spanMs = motion.untilMs - motion.fromMs;
            const untilMs = Math.min(layer.untilMs, FOR_MS);
            // At its slowest, in the middle of a turn, it still covers this part of the way in a twentieth of its time.
            for (let atMs = motion.fromMs; atMs + spanMs / 20 < untilMs; atMs += spanMs / 50) {
              const samples = [0, 1, 2, 3, 4].map((step) => motionProgress(motion, atMs + (step * spanMs) / 80));
              expect(Math.max(...samples) - Math.min(...samples)).toBeGreaterThan(0.002);
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('counts the wait for a sound that the next cue joins', () => {
    const fade = (durationMs: number): Transition => ({ type: 'crossfade', durationMs });
    const own = { motion: 'ken-burns', everyMs: 5000, transition: fade(800) } as Scene;
    const of = (more: Partial<Cue>): Show =>
      showWith({ own, other: { ...own, transition: fade(1500) } }, [{ ...more, transition: fade(1000) } as Cue]);
    expect(longestSeenMs(own, of({}))).toBe(6500);
    expect(longestSeenMs(own, of({ clipVolume: 1 }))).toBe(8000);
  });
});

describe('a picture that is on already', () => {
  const plain = sceneWith({ transition: { type: 'crossfade', durationMs: 500 } });
  const cues = ['a', 'b'].map((name) =>
    cueWith({
      name,
      durationMs: 4000,
      scenes: [{ scene: name, weight: 1 }],
      transition: { type: 'fade-through-black', durationMs: 500 },
    }),
  );
  const forMs = 20_000;

  it('stays on its layer, and its beats are announced', async () => {
    const only = itemOf(1);
    const show = showWith({ a: plain, b: plain }, cues);
    const { layers, pictures } = await playScore({ show, seed: 1, forMs, next: () => ({ ...only }) });
    expect(layers).toHaveLength(1);
    expect(layers[0]).toMatchObject({ untilMs: Infinity });
    expect(pictures.length).toBeGreaterThanOrEqual(19);
  });

  it('changes as soon as its file was decoded anew', async () => {
    const show = showWith({ a: plain, b: plain }, cues);
    const [before, after] = [itemOf(1), itemOf(2)];
    const next = (nowMs: number): StageItem => (nowMs < 10_000 ? { ...before } : { ...after });
    const { layers } = await playScore({ show, seed: 1, forMs, next });
    expect(layers.map(({ picture }) => picture)).toEqual([before.picture, after.picture]);
  });

  it.each([
    ['fit', 'contain'],
    ['background', 0xffffff],
    ['motion', 'ken-burns'],
  ] as const)('changes where the next scene shows it with another %s', async (field, value) => {
    const only = itemOf(1);
    const show = showWith({ a: plain, b: { ...plain, [field]: value } }, cues);
    const { layers } = await playScore({ show, seed: 1, forMs, next: () => ({ ...only }) });
    // One layer for each cue that comes on: at 0, 4, 8, 12, 16 and 20 s.
    expect(layers).toHaveLength(6);
  });

  it('gives way at once to what a person asks for', async () => {
    const show = showWith({ a: plain, b: plain }, cues);
    const items = { a: itemOf(1), b: itemOf(2) };
    const next = (_: number, name: string): StageItem => ({ ...items[name as 'a' | 'b'] });
    const wish = { atMs: 1500, wish: { to: 'next' } as const };
    const { layers } = await playScore({ show, seed: 1, forMs: 4000, wishes: [wish], next });
    expect(layers.map(({ fromMs }) => fromMs)).toEqual([layers[0]!.fromMs, 1500]);
  });
});
