/** Clips as they are decoded, a texture for each plane; a shader makes colours of them. */
import type { ClipEntry } from '../../arena/clip-table';
import { GL, type Gl, type GlName } from '../../gl/gl';
import type { StoredColour } from '../../stage/colour';
import type { ClipTexturing } from './clip-textures';
import { createPlane } from './plane';
import type { Uploads } from './uploads';

export interface ClipPlanes {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly colour: StoredColour;
  readonly luma: GlName;
  readonly cb: GlName;
  readonly cr: GlName;
}

/** Reads frames from `memory`. */
export function clipPlanes(
  gl: Gl,
  uploads: Uploads,
  memory: { readonly buffer: ArrayBufferLike },
): ClipTexturing<ClipPlanes> {
  const all = new Uint8Array(memory.buffer as ArrayBuffer);
  const fill = (texture: GlName, width: number, height: number, atBytes: number): void => {
    gl.bindTexture(GL.TEXTURE_2D, texture);
    uploads.fill(0, width, height, GL.LUMINANCE, atBytes, width);
  };
  return {
    sets: 2,
    mostPx: Number(gl.getParameter(GL.MAX_TEXTURE_SIZE)),
    make({ widthPx, heightPx, colour }: ClipEntry): ClipPlanes {
      const [chromaWidth, chromaHeight] = [(widthPx + 1) >> 1, (heightPx + 1) >> 1];
      const plane = (width: number, height: number): GlName => createPlane(gl, width, height, GL.LUMINANCE);
      return {
        widthPx,
        heightPx,
        colour,
        luma: plane(widthPx, heightPx),
        cb: plane(chromaWidth, chromaHeight),
        cr: plane(chromaWidth, chromaHeight),
      };
    },
    fill({ luma, cb, cr }, { offset, widthPx, heightPx }) {
      const [chromaWidth, chromaHeight] = [(widthPx + 1) >> 1, (heightPx + 1) >> 1];
      const lumaBytes = widthPx * heightPx;
      const chromaBytes = chromaWidth * chromaHeight;
      uploads.take(all.subarray(offset, offset + lumaBytes + 2 * chromaBytes));
      fill(luma, widthPx, heightPx, 0);
      fill(cb, chromaWidth, chromaHeight, lumaBytes);
      fill(cr, chromaWidth, chromaHeight, lumaBytes + chromaBytes);
      uploads.end();
    },
    drop({ luma, cb, cr }) {
      for (const texture of [luma, cb, cr]) gl.deleteTexture(texture);
    },
  };
}
