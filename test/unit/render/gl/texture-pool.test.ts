import * as fc from 'fast-check';
import { Directory } from '../../../../runtime/arena/directory';
import { TexturePool } from '../../../../runtime/render/gl/texture-pool';
import { bufferedUploads, plainUploads } from '../../../../runtime/render/gl/uploads';
import type { PictureRef } from '../../../../runtime/stage/layer';
import { ModelGl } from '../../../support/model-gl';

const WAYS = [
  ['plainly', plainUploads],
  ['through a pixel buffer', bufferedUploads],
] as const;

interface Shape {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly layout: 'rgb' | 'rgba';
}

/** A pool over noise, with a clock that stands or goes on with each look; pictures lie where a test puts them. */
function openPool(way: (typeof WAYS)[number][1], { mostPx = 64, mostBytes = 1 << 20, bytes: size = 1 << 20 } = {}) {
  const gl = new ModelGl(mostPx);
  const memory = { buffer: new SharedArrayBuffer(size) };
  const bytes = new Uint8Array(memory.buffer);
  for (let at = 0, level = 1; at < bytes.length; at++) bytes[at] = level = (level * 61 + 7) & 255;
  const directory = new Directory();
  const clock = { ms: 0, stepMs: 0 };
  const uploads = way(gl.gl);
  const pool = new TexturePool(
    gl.gl,
    uploads,
    memory,
    directory,
    { mostBytes, idleMs: 1000 },
    () => (clock.ms += clock.stepMs),
  );
  const put = (slot: number, offset: number, shape: Shape): PictureRef => ({
    slot,
    generation: directory.enter(slot, offset, { ...shape, turn: 0 }),
    widthPx: shape.widthPx,
    heightPx: shape.heightPx,
  });
  return { gl, bytes, clock, pool, put, uploads };
}

const SMALL: Shape = { widthPx: 16, heightPx: 8, layout: 'rgb' };
const SMALL_BYTES = 16 * 8 * 4;

describe.each(WAYS)('pictures that are uploaded %s', (_name, way) => {
  it('are in their textures to the last pixel, whatever their size and the largest texture', () => {
    const shapes = fc.record({
      widthPx: fc.integer({ min: 1, max: 200 }),
      heightPx: fc.integer({ min: 1, max: 200 }),
      layout: fc.constantFrom('rgb' as const, 'rgba' as const),
    });
    fc.assert(
      fc.property(
        shapes,
        fc.integer({ min: 0, max: 5000 }),
        fc.integer({ min: 64, max: 256 }),
        (shape, offset, mostPx) => {
          const { gl, bytes, pool, put } = openPool(way, { mostPx });
          const texture = pool.take(put(0, offset, shape))!;
          const channels = shape.layout === 'rgb' ? 3 : 4;
          for (const { texture: name, x, y } of texture.tiles) {
            const { width, pixels } = gl.textures.get(name)!;
            for (let row = y.heldFrom; row < y.heldTo; row++) {
              const from = offset + (row * shape.widthPx + x.heldFrom) * channels;
              const at = (row - y.heldFrom) * width * channels;
              expect(
                Buffer.compare(
                  pixels.subarray(at, at + width * channels),
                  bytes.subarray(from, from + width * channels),
                ),
              ).toBe(0);
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('come in slices, with a look at the time after each', () => {
    const { gl, clock, pool, put, uploads } = openPool(way, { mostPx: 4096, mostBytes: 1 << 30, bytes: 4 << 20 });
    const rows = Math.floor(uploads.sliceBytes / (512 * 3));
    const picture = put(0, 0, { widthPx: 512, heightPx: 2 * rows + 1, layout: 'rgb' });
    clock.stepMs = 1;
    let whole = false;
    for (let calls = 0; calls < 4 && !whole; calls++) {
      const before = gl.uploaded.length;
      // One look for when it was used, one before each slice.
      whole = pool.prepare(picture, clock.ms + 3.5);
      expect(gl.uploaded.length - before).toBeLessThanOrEqual(2);
    }
    expect(whole).toBe(true);
    expect(gl.uploaded).toHaveLength(3);
  });

  it('take the textures of those before them that had their size', () => {
    const { gl, bytes, clock, pool, put } = openPool(way, { mostBytes: 3 * SMALL_BYTES });
    for (let slot = 0; slot < 20; slot++) {
      clock.ms += 2000;
      const [tile] = pool.take(put(slot, slot * 1000, SMALL))!.tiles;
      const { pixels } = gl.textures.get(tile!.texture)!;
      expect(Buffer.compare(pixels, bytes.subarray(slot * 1000, slot * 1000 + pixels.length))).toBe(0);
    }
    expect(gl.made).toBe(3);
  });

  it('take the texture of the one before in their own slot', () => {
    const { gl, pool, put } = openPool(way);
    for (let round = 0; round < 5; round++) pool.take(put(0, 0, SMALL));
    expect(gl.made).toBe(1);
  });

  it('leave no more textures than may be kept, whatever sizes follow each other', () => {
    const mostBytes = 200_000;
    const { gl, clock, pool, put } = openPool(way, { mostPx: 256, mostBytes });
    for (let slot = 0; slot < 60; slot++) {
      clock.ms += 2000;
      pool.take(put(slot, 0, { widthPx: 20 + ((slot * 37) % 180), heightPx: 20 + ((slot * 53) % 180), layout: 'rgb' }));
      const held = [...gl.textures.values()].reduce((sum, { width, height }) => sum + width * height * 4, 0);
      expect(held).toBeLessThanOrEqual(mostBytes);
    }
  });

  it('keep what is in use, whatever it takes', () => {
    const { gl, clock, pool, put } = openPool(way, { mostBytes: 2 * SMALL_BYTES });
    const pictures = [0, 1, 2, 3].map((slot) => put(slot, 0, SMALL));
    for (let look = 0; look < 5; look++, clock.ms += 500) for (const picture of pictures) pool.take(picture);
    expect(gl.made).toBe(4);
  });

  it('give everything back when they were not used for a while, and at the end', () => {
    const { gl, clock, pool, put } = openPool(way, { mostBytes: 2 * SMALL_BYTES });
    for (let slot = 0; slot < 3; slot++, clock.ms += 2000) pool.take(put(slot, 0, SMALL));
    pool.dropIdle();
    expect(gl.textures.size).toBe(0);
    pool.take(put(7, 0, SMALL));
    pool.close();
    expect(gl.textures.size).toBe(0);
  });
});
