/** The memory of decodes that are over: their pixels are in the cache, and the decoder's own copy is given back. */
import type { StageItem } from '../../../runtime/stage/media';
import { until } from '../../support/until';
import { never, openWorld, type World } from './fixture';

const SIZE = { width: 1600, height: 1000 };
const PICTURE_BYTES = SIZE.width * SIZE.height * 3;
const PICTURES = 24;

let world: World;
afterEach(() => world.close());

/** Outside the heap, as far as objects in it hold it; the store of this test is shared memory, which does not count. */
const foreignBytes = (): number => process.memoryUsage().external;

it('is never that of many pictures', async () => {
  world = openWorld({ cacheEntries: 3, lookahead: 2, workers: 1 });
  for (let at = 0; at < PICTURES; at++) await world.picture(`t/${String(at).padStart(2, '0')}.png`, 0x204060, SIZE);
  const session = await world.session(world.show(), { panel: { widthPx: SIZE.width, heightPx: SIZE.height } });
  const reel = session.media.reel('s');
  const beforeBytes = foreignBytes();
  let mostBytes = 0;
  let shown: StageItem | undefined;
  for (let at = 0; at < PICTURES; at++) {
    const next = await reel.next(never, true);
    shown?.release();
    shown = next;
    // Longer than a decode's result may stay; on a busy machine both wait as long.
    await new Promise((resolve) => setTimeout(resolve, 50));
    mostBytes = Math.max(mostBytes, foreignBytes() - beforeBytes);
  }
  shown?.release();
  // The one that was just decoded, the one that is being decoded, and those that V8 took for lasting ones, as they were in use for long.
  expect(mostBytes).toBeLessThan(5.5 * PICTURE_BYTES);
  // Once nothing is decoded: less than one picture, and one whose end was not counted yet.
  await until(() => foreignBytes() - beforeBytes < 2.5 * PICTURE_BYTES);
});
