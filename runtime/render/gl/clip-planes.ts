/** Clips as they are decoded, a texture for each plane; a shader makes colours of them. */
import type { ClipEntry } from '../../arena/clip-table';
import { GL, type Gl, type GlName } from '../../gl/gl';
import type { StoredColour } from '../../stage/colour';
import type { ClipTexturing } from './clip-textures';
import { createPlane } from './plane';

export interface ClipPlanes {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly colour: StoredColour;
  readonly luma: GlName;
  readonly cb: GlName;
  readonly cr: GlName;
}

/** Reads frames from `memory`. */
export function clipPlanes(gl: Gl, memory: { readonly buffer: ArrayBufferLike }): ClipTexturing<ClipPlanes> {
  const all = new Uint8Array(memory.buffer as ArrayBuffer);
  const fill = (texture: GlName, begin: number, width: number, height: number): void => {
    const bytes = all.subarray(begin, begin + width * height);
    gl.bindTexture(GL.TEXTURE_2D, texture);
    gl.texSubImage2D(GL.TEXTURE_2D, 0, 0, 0, width, height, GL.LUMINANCE, GL.UNSIGNED_BYTE, bytes);
  };
  return {
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
      const cbAt = offset + widthPx * heightPx;
      gl.pixelStorei(GL.UNPACK_ALIGNMENT, 1);
      fill(luma, offset, widthPx, heightPx);
      fill(cb, cbAt, chromaWidth, chromaHeight);
      fill(cr, cbAt + chromaWidth * chromaHeight, chromaWidth, chromaHeight);
    },
    drop({ luma, cb, cr }) {
      for (const texture of [luma, cb, cr]) gl.deleteTexture(texture);
    },
  };
}
