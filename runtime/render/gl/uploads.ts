/**
 * Uploads: how pixels come from memory into the bound texture. Plainly, the driver takes them within the call, and waits where the GPU still
 * draws from that texture. Through a pixel buffer (OpenGL ES 3.0) the call only copies them to the driver; the GPU takes them in its turn.
 */
import { GL, type Gl, type GlName } from '../../gl/gl';

/** Render thread only; the context is current. */
export interface Uploads {
  /** Bytes worth one `take`: small enough to look at the time after each, large enough that the call itself is nothing. */
  readonly sliceBytes: number;
  /** Makes `bytes` what the next fills read. They must not change before the last of them. */
  take(bytes: Uint8Array): void;
  /**
   * Fills a rectangle of the bound texture, in px, with what lies from `atBytes` on in the bytes taken; `stridePx` from row to row. A
   * format of one, three or four bytes a px.
   */
  fill(y: number, width: number, height: number, format: number, atBytes: number, stridePx: number): void;
  /** Ends the fills from the bytes taken. */
  end(): void;
  close(): void;
}

/** Whole rows go in one call; parts of rows one by one, as OpenGL ES 2.0 has no stride. */
export function plainUploads(gl: Gl): Uploads {
  const none: Uint8Array = new Uint8Array(0);
  let from = none;
  const put = (y: number, width: number, height: number, format: number, begin: number): void => {
    const pixels = from.subarray(begin, begin + width * height * bytesOf(format));
    gl.texSubImage2D(GL.TEXTURE_2D, 0, 0, y, width, height, format, GL.UNSIGNED_BYTE, pixels);
  };
  return {
    sliceBytes: 256 * 1024,
    take(bytes) {
      from = bytes;
      gl.pixelStorei(GL.UNPACK_ALIGNMENT, 1);
    },
    fill(y, width, height, format, atBytes, stridePx) {
      if (width === stridePx) return put(y, width, height, format, atBytes);
      const strideBytes = stridePx * bytesOf(format);
      for (let row = 0; row < height; row++) put(y + row, width, 1, format, atBytes + row * strideBytes);
    },
    end() {
      from = none;
    },
    close() {},
  };
}

/** Throws where the GL gives no buffer. */
export function bufferedUploads(gl: Gl): Uploads {
  const buffer: GlName | null = gl.createBuffer();
  if (buffer === null) throw new Error('the GL gives no buffer');
  return {
    sliceBytes: 1024 * 1024,
    take(bytes) {
      gl.bindBuffer(GL.PIXEL_UNPACK_BUFFER, buffer);
      // The whole buffer is named anew: while the GPU still reads the old contents, the driver gives it other memory.
      gl.bufferData(GL.PIXEL_UNPACK_BUFFER, bytes, GL.STREAM_DRAW);
      gl.pixelStorei(GL.UNPACK_ALIGNMENT, 1);
    },
    fill(y, width, height, format, atBytes, stridePx) {
      gl.pixelStorei(GL.UNPACK_ROW_LENGTH, stridePx);
      gl.texSubImage2D(GL.TEXTURE_2D, 0, 0, y, width, height, format, GL.UNSIGNED_BYTE, atBytes);
    },
    end() {
      gl.pixelStorei(GL.UNPACK_ROW_LENGTH, 0);
      gl.bindBuffer(GL.PIXEL_UNPACK_BUFFER, null);
    },
    close: () => gl.deleteBuffer(buffer),
  };
}

const bytesOf = (format: number): number => (format === GL.LUMINANCE ? 1 : format === GL.RGB ? 3 : 4);
