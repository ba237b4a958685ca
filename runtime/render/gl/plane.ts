/** A texture without pixels yet: one plane of a picture or of a frame, sampled between its texels and never beyond its edge. */
import { GL, type Gl, type GlName } from '../../gl/gl';

/** Throws where the GL gives none. It stays bound. */
export function createPlane(gl: Gl, width: number, height: number, format: number): GlName {
  const texture = gl.createTexture();
  if (texture === null) throw new Error('the GL gives no texture');
  gl.bindTexture(GL.TEXTURE_2D, texture);
  gl.texParameteri(GL.TEXTURE_2D, GL.TEXTURE_MIN_FILTER, GL.LINEAR);
  gl.texParameteri(GL.TEXTURE_2D, GL.TEXTURE_MAG_FILTER, GL.LINEAR);
  // Sizes that are no powers of two have no other wrap in GLES 2.0.
  gl.texParameteri(GL.TEXTURE_2D, GL.TEXTURE_WRAP_S, GL.CLAMP_TO_EDGE);
  gl.texParameteri(GL.TEXTURE_2D, GL.TEXTURE_WRAP_T, GL.CLAMP_TO_EDGE);
  gl.texImage2D(GL.TEXTURE_2D, 0, format, width, height, 0, format, GL.UNSIGNED_BYTE, null);
  return texture;
}
