/** The first draw of a context: proof that what is drawn can be read back. */
import { GL, type Gl } from './gl';

/** A colour that no freshly given memory has: red, green, blue. */
const MARK = [51, 102, 204] as const;
/** Levels of 255 by which a colour may be off: drivers round differently. */
const TOLERANCE = 1;

/** Clears the surface of the current context and reads a pixel of it. Throws with what is wrong; leaves the surface in the colour. */
export function proveFirstDraw(gl: Gl): void {
  gl.clearColor(MARK[0] / 255, MARK[1] / 255, MARK[2] / 255, 1);
  gl.clear(GL.COLOR_BUFFER_BIT);
  const seen = new Uint8Array(4);
  gl.readPixels(0, 0, 1, 1, GL.RGBA, GL.UNSIGNED_BYTE, seen);
  const error = gl.getError();
  if (error !== GL.NO_ERROR) throw new Error(`the first draw fails with GL error 0x${error.toString(16)}`);
  if (MARK.some((level, at) => Math.abs(level - seen[at]!) > TOLERANCE))
    throw new Error(`the first draw shows the colour ${seen.subarray(0, 3).join(' ')} instead of ${MARK.join(' ')}`);
}
