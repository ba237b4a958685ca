/**
 * Clips for a GL that is a program on the CPU: the kernels make colours of them, strip by strip, and one texture holds the result. A
 * frame of 1080p costs 25 ms of CPU so, decoding and display included, and 49 with a shader's three samples a pixel (docs/adr/007).
 */
import type { ClipEntry } from '../../arena/clip-table';
import { GL, type Gl } from '../../gl/gl';
import type { Kernels } from '../cpu/kernel-module';
import { writeWeights } from '../plan/frame-plan';
import type { ClipTexturing } from './clip-textures';
import { createPlane } from './plane';
import type { Tile } from './texture-pool';
import type { Strip } from '../messages';

/** Drawn as any picture is. */
export interface ClipPicture {
  readonly tiles: readonly Tile[];
}

/** Bytes before a strip's pixels, for the weights of its colours. */
const WEIGHTS_BYTES = 64;

/** Reads frames from `memory` and works in a strip of it, which must hold a row of the widest frame. */
export function clipPictures(
  gl: Gl,
  kernels: Kernels,
  memory: WebAssembly.Memory,
  strip: Strip,
): ClipTexturing<ClipPicture> {
  const buffer = memory.buffer as unknown as ArrayBuffer;
  const words = new Int32Array(buffer);
  const pixels = new Uint8Array(buffer, strip.address + WEIGHTS_BYTES, strip.bytes - WEIGHTS_BYTES);
  const { byteOffset: out } = pixels;
  return {
    mostPx: Math.min(Number(gl.getParameter(GL.MAX_TEXTURE_SIZE)), Math.floor(pixels.length / 4)),
    make({ widthPx, heightPx }: ClipEntry): ClipPicture {
      const span = (lengthPx: number): Tile['x'] => ({ from: 0, to: lengthPx, heldFrom: 0, heldTo: lengthPx });
      return {
        tiles: [{ texture: createPlane(gl, widthPx, heightPx, GL.BGRA), x: span(widthPx), y: span(heightPx) }],
      };
    },
    fill({ tiles }, { offset, widthPx, heightPx, colour }) {
      const chromaWidth = (widthPx + 1) >> 1;
      const cb = offset + widthPx * heightPx;
      const cr = cb + chromaWidth * ((heightPx + 1) >> 1);
      const rowBytes = widthPx * 4;
      const rows = Math.floor(pixels.length / rowBytes);
      writeWeights(words, strip.address / 4, colour);
      gl.bindTexture(GL.TEXTURE_2D, tiles[0]!.texture);
      gl.pixelStorei(GL.UNPACK_ALIGNMENT, 4);
      for (let top = 0; top < heightPx; top += rows) {
        const count = Math.min(rows, heightPx - top);
        for (let row = 0; row < count; row++) {
          const chroma = ((top + row) >> 1) * chromaWidth;
          const luma = offset + (top + row) * widthPx;
          kernels.yuvRow(luma, cb + chroma, cr + chroma, out + row * rowBytes, widthPx, strip.address);
        }
        gl.texSubImage2D(GL.TEXTURE_2D, 0, 0, top, widthPx, count, GL.BGRA, GL.UNSIGNED_BYTE, pixels);
      }
    },
    drop({ tiles }) {
      for (const { texture } of tiles) gl.deleteTexture(texture);
    },
  };
}
