/**
 * Clips for a GL that is a program on the CPU: the kernels make colours of them, strip by strip, and one texture holds the result. A
 * frame of 1080p costs 25 ms of CPU so, decoding and display included, and 49 with a shader's three samples a pixel (docs/adr/007).
 */
import type { ClipEntry } from '../../arena/clip-table';
import { GL, type Gl } from '../../gl/gl';
import type { Kernels } from '../cpu/kernel-module';
import { writeVideo } from '../plan/frame-plan';
import { PLAN_LAYER, VIDEO_SCRATCH_BYTES, WIDEST_VIDEO_PX } from '../plan/plan-layout';
import type { ClipTexturing } from './clip-textures';
import { createPlane } from './plane';
import type { Tile } from './texture-pool';
import type { Strip } from '../messages';

/** Drawn as any picture is. */
export interface ClipPicture {
  readonly tiles: readonly Tile[];
}

/** Bytes before a strip's pixels: the entry of a plan that describes the video, and the kernels' scratch. */
const ENTRY_BYTES = Math.ceil((PLAN_LAYER.words * 4) / 64) * 64;
const BEFORE_BYTES = ENTRY_BYTES + VIDEO_SCRATCH_BYTES;

/** Reads frames from `memory` and works in a strip of it, which must hold a row of the widest frame. */
export function clipPictures(
  gl: Gl,
  kernels: Kernels,
  memory: WebAssembly.Memory,
  strip: Strip,
): ClipTexturing<ClipPicture> {
  const buffer = memory.buffer as unknown as ArrayBuffer;
  const words = new Int32Array(buffer);
  const pixels = new Uint8Array(buffer, strip.address + BEFORE_BYTES, strip.bytes - BEFORE_BYTES);
  const { byteOffset: out } = pixels;
  return {
    // The copy is made within the call, and what draws is the same processor.
    sets: 1,
    mostPx: Math.min(Number(gl.getParameter(GL.MAX_TEXTURE_SIZE)), WIDEST_VIDEO_PX),
    make({ widthPx, heightPx }: ClipEntry): ClipPicture {
      const span = (lengthPx: number): Tile['x'] => ({ from: 0, to: lengthPx, heldFrom: 0, heldTo: lengthPx });
      return {
        tiles: [
          { texture: createPlane(gl, widthPx, heightPx, GL.BGRA), x: span(widthPx), y: span(heightPx), filter: 0 },
        ],
      };
    },
    fill({ tiles }, clip) {
      const { widthPx, heightPx } = clip;
      const entry = strip.address / 4;
      words[entry + PLAN_LAYER.source] = clip.offset;
      words[entry + PLAN_LAYER.sourceStride] = widthPx;
      words[entry + PLAN_LAYER.sourceWidth] = widthPx;
      words[entry + PLAN_LAYER.sourceHeight] = heightPx;
      writeVideo(words, entry, clip, 0);
      const rows = Math.floor(pixels.length / (widthPx * 4));
      gl.bindTexture(GL.TEXTURE_2D, tiles[0]!.texture);
      gl.pixelStorei(GL.UNPACK_ALIGNMENT, 4);
      for (let top = 0; top < heightPx; top += rows) {
        const bottom = Math.min(heightPx, top + rows);
        kernels.videoRows(strip.address, strip.address + ENTRY_BYTES, out, top, bottom);
        gl.texSubImage2D(GL.TEXTURE_2D, 0, 0, top, widthPx, bottom - top, GL.BGRA, GL.UNSIGNED_BYTE, pixels);
      }
    },
    drop({ tiles }) {
      for (const { texture } of tiles) gl.deleteTexture(texture);
    },
  };
}
