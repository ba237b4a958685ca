import type { ClipEntry } from '../../../../runtime/arena/clip-table';
import { clipPlanes } from '../../../../runtime/render/gl/clip-planes';
import { ClipTextures } from '../../../../runtime/render/gl/clip-textures';
import { bufferedUploads, plainUploads } from '../../../../runtime/render/gl/uploads';
import { CHROMA_PLACES, yuvWeights } from '../../../../runtime/stage/colour';
import { ModelGl } from '../../../support/model-gl';

const REF = { clip: 2, generation: 1, widthPx: 7, heightPx: 5 };
const FRAME_BYTES = 7 * 5 + 2 * 4 * 3;

describe.each([
  ['plainly', plainUploads],
  ['through a pixel buffer', bufferedUploads],
] as const)('frames that are uploaded %s', (_name, way) => {
  const gl = new ModelGl(64);
  const memory = { buffer: new SharedArrayBuffer(4096) };
  const bytes = new Uint8Array(memory.buffer).map((_, at) => (at * 61 + 7) & 255);
  new Uint8Array(memory.buffer).set(bytes);
  const entry: ClipEntry = {
    ...{ offset: 0, frame: 0, widthPx: 7, heightPx: 5, turn: 0 },
    colour: { ...yuvWeights({ matrix: 'bt709', range: 'limited' }), chroma: CHROMA_PLACES.left },
  };
  let isOpen = true;
  const textures = new ClipTextures(
    { entryOf: () => (isOpen ? entry : undefined) },
    clipPlanes(gl.gl, way(gl.gl), memory),
  );

  it('are whole, and never fill what the frame before is drawn from', () => {
    let before: unknown[] = [];
    for (let frame = 0; frame < 6; frame++) {
      entry.frame = frame;
      entry.offset = 100 + frame * 200;
      gl.uploaded.length = 0;
      const { luma, cb, cr } = textures.take(REF)!;
      const seen = [luma, cb, cr].flatMap((name) => [...gl.textures.get(name)!.pixels]);
      expect(seen).toEqual([...bytes.subarray(entry.offset, entry.offset + FRAME_BYTES)]);
      expect(gl.uploaded.filter((name) => before.includes(name))).toEqual([]);
      before = [luma, cb, cr];
    }
    expect(gl.made).toBe(6);
  });

  it('are not uploaded again while they stay', () => {
    gl.uploaded.length = 0;
    const drawn = textures.take(REF);
    expect(textures.take(REF)).toBe(drawn);
    expect(gl.uploaded).toEqual([]);
  });

  it('give all their textures back with the clip', () => {
    isOpen = false;
    textures.dropGone();
    expect(gl.textures.size).toBe(0);
  });
});
