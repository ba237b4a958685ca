import { monotonicMs } from '../../runtime/core/clock';
import { arrival, departure } from '../../runtime/stage/transitions';
import { noise } from '../support/images';
import { card, openRig } from '../support/render-rig';

const BLOCKED_MS = 500;
/** A machine that others keep busy may lose a frame by itself; a render thread that waits for the main thread loses 30 each time. */
const TRIES = 6;

/** One crossfade of 800 ms, sent ahead; the main thread does nothing else in the middle of it, or hangs there. */
async function crossfade(
  blocked: boolean,
): Promise<{ presented: number; dropped: number; repeated: number; black: number }> {
  const rig = await openRig({ widthPx: 320, heightPx: 180 });
  try {
    const before = card(1, rig.put(noise(320, 180, 1)).ref);
    const after = rig.put(noise(320, 180, 2)).ref;
    await rig.settle(
      rig.stage.add(before, () => {}),
      { op: 'expect-content', expected: true },
    );
    const count = () =>
      [
        rig.stats.get('presented'),
        rig.stats.get('dropped'),
        rig.stats.get('repeated'),
        rig.stats.get('black'),
      ] as const;
    const start = count();
    const fromMs = monotonicMs() + 100;
    const span = { kind: 'crossfade', fromMs, untilMs: fromMs + 800 } as const;
    const gone = rig.heard('retired');
    rig.stage.send(
      rig.stage.add(card(2, after, { fromMs, ...arrival(span) }), () => {}),
      rig.stage.amend(1, departure(span)),
    );
    const hang = (): void => {
      for (const untilMs = monotonicMs() + BLOCKED_MS; monotonicMs() < untilMs;);
    };
    await new Promise((resolve) => setTimeout(resolve, 200));
    if (blocked) hang();
    expect((await gone).ids).toEqual([1]);
    const end = count();
    const [presented, dropped, repeated, black] = end.map((value, at) => value - start[at]!) as [
      number,
      number,
      number,
      number,
    ];
    return { presented, dropped, repeated, black };
  } finally {
    await rig.close();
  }
}

describe('a main thread that hangs for half a second during a crossfade', () => {
  it('costs not a single frame', async () => {
    const lost: number[] = [];
    for (let tries = 0; tries < TRIES && lost.at(-1) !== 0; tries += 1) {
      const { presented, dropped, repeated, black } = await crossfade(true);
      // 800 ms at 60 Hz, each frame presented or dropped; the first shows no more than the picture before.
      expect(presented + dropped).toBeGreaterThanOrEqual(46);
      expect(black).toBe(0);
      lost.push(dropped + repeated);
    }
    if (Math.min(...lost) === 0) return;
    // Never without loss: then it must be the machine, which loses as much while nothing hangs.
    const unblocked = await crossfade(false);
    expect(Math.min(...lost)).toBeLessThanOrEqual(unblocked.dropped + unblocked.repeated);
  });
});
