/** Sources that are off the clock are collected before they hold much memory, whatever V8 thinks of it. */
import { collectRecent } from '../../../runtime/core/heap';
import type { BaseContext, BufferSource } from '../../../plugins/audio/output/web-audio';
import { BufferPool } from '../../../plugins/audio/play/buffer-pool';
import { Pieces } from '../../../plugins/audio/play/pieces';
import { SpentSources } from '../../../plugins/audio/play/spent-sources';

const MIB = 2 ** 20;
/** More may wait before anything is collected. */
const MOST_BYTES = 8 * MIB;

let spent: SpentSources;
beforeEach(() => (spent = new SpentSources()));
afterEach(() => spent.close());

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

/** Resolves once few bytes are held, while the show goes on; the test ends by its limit where that never comes. */
async function fewAreHeld(): Promise<void> {
  while (spent.bytes > MOST_BYTES) {
    spend(1);
    await pause();
  }
}

const spend = (count: number): void => {
  for (let at = 0; at < count; at++) spent.add({ at }, MIB);
};

it('are let alone while they are few', async () => {
  spend(8);
  await pause();
  expect(spent.bytes).toBe(MOST_BYTES);
});

it('are collected once they are too many, again and again', async () => {
  for (let round = 0; round < 3; round++) {
    spend(30);
    expect(spent.bytes).toBeGreaterThanOrEqual(30 * MIB);
    await fewAreHeld();
  }
});

it('are collected when they have become old', async () => {
  let old: object[] = Array.from({ length: 30 }, (_, at) => ({ at }));
  // Two collections of the new objects move what is in use to the old ones.
  for (let times = 0; times < 3; times++) collectRecent();
  for (const source of old) spent.add(source, MIB);
  old = [];
  await fewAreHeld();
});

it('count the samples of pieces that are over', () => {
  const disconnected: object[] = [];
  const frames = 48_000;
  const context = {
    sampleRate: frames,
    createBuffer: () => ({ length: frames, copyToChannel: () => {} }),
  } as unknown as BaseContext;
  const pool = new BufferPool(context, frames, spent);
  const pieces = new Pieces(pool);
  const source = (): BufferSource => {
    const made = { disconnect: () => void disconnected.push(made) };
    return made as unknown as BufferSource;
  };
  const planes = [new Float32Array(frames), new Float32Array(frames)];
  pieces.add(0, [source(), source()], [pool.take(planes, frames), pool.take(planes, frames)]);
  pieces.tidy(frames - 1, Infinity);
  expect([spent.bytes, disconnected.length]).toEqual([0, 0]);
  pieces.tidy(frames, Infinity);
  expect([spent.bytes, disconnected.length]).toEqual([2 * 2 * frames * 4, 2]);
});
