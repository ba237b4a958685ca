import * as fc from 'fast-check';
import { openArena } from '../../../runtime/arena/arena';
import { allocateSurface, surfaceBytes } from '../../../runtime/session/surface';
import { WIDEST_VIDEO_PX } from '../../../runtime/render/plan/plan-layout';

const textures = { mostBytes: 1, idleMs: 1, sliceMs: 1 };

describe('a surface', () => {
  it('has a frame on whole pages of its own, and scratch for every thread', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 900 }),
        fc.integer({ min: 1, max: 700 }),
        fc.integer({ min: 1, max: 4 }),
        (widthPx, heightPx, threads) => {
          const arena = openArena(surfaceBytes(widthPx, heightPx, threads));
          const surface = allocateSurface(arena, { widthPx, heightPx, renderer: 'cpu' }, { threads, textures })!;
          const { frame, plan, scratches } = surface.message.canvas!;
          expect(frame % 65536).toBe(0);
          expect(scratches).toHaveLength(threads);
          const frameEnd = frame + Math.ceil((widthPx * heightPx * 4) / 65536) * 65536;
          for (const address of [plan, ...scratches]) expect(address < frame || address >= frameEnd).toBe(true);
          expect(arena.usedBytes).toBeLessThanOrEqual(surfaceBytes(widthPx, heightPx, threads));
          surface.release();
          expect(arena.usedBytes).toBe(0);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is refused, and nothing of it kept, where the arena is too small', () => {
    const arena = openArena(1 << 20);
    expect(
      allocateSurface(arena, { widthPx: 1920, heightPx: 1080, renderer: 'cpu' }, { threads: 2, textures }),
    ).toBeUndefined();
    expect(arena.usedBytes).toBe(0);
  });

  it('takes no more than a strip of the arena where GL draws', () => {
    const arena = openArena(1 << 20);
    const surface = allocateSurface(
      arena,
      { widthPx: 1920, heightPx: 1080, renderer: 'gl' },
      { threads: 2, textures },
    )!;
    expect(surface.message.canvas).toBeUndefined();
    expect(surface.message.strip).toMatchObject({ bytes: arena.usedBytes });
    // A row of the widest video that is drawn, and the weights of its colours.
    expect(arena.usedBytes).toBeGreaterThan(WIDEST_VIDEO_PX * 4 + 64);
    surface.release();
    expect(arena.usedBytes).toBe(0);
  });
});
