/** A thread that does nothing but mix two textures off-screen: what this machine's GL alone can do. */
import { parentPort, workerData } from 'node:worker_threads';
import { openSdlContext } from '../../runtime/display/sdl-context';
import { GL, type GlName } from '../../runtime/gl/gl';
import { openPrograms } from '../../runtime/render/gl/program';

const { ms, widthPx, heightPx } = workerData as { ms: number; widthPx: number; heightPx: number };
const context = openSdlContext({ driver: 'offscreen', size: { widthPx, heightPx }, env: {}, vsync: false });
const { gl } = context;
const { picture } = openPrograms(gl, context.driver);
gl.pixelStorei(GL.UNPACK_ALIGNMENT, 1);
const textures = [90, 180].map((level): GlName => {
  const texture = gl.createTexture()!;
  gl.bindTexture(GL.TEXTURE_2D, texture);
  gl.texParameteri(GL.TEXTURE_2D, GL.TEXTURE_MIN_FILTER, GL.LINEAR);
  gl.texParameteri(GL.TEXTURE_2D, GL.TEXTURE_WRAP_S, GL.CLAMP_TO_EDGE);
  gl.texParameteri(GL.TEXTURE_2D, GL.TEXTURE_WRAP_T, GL.CLAMP_TO_EDGE);
  const pixels = new Uint8Array(widthPx * heightPx * 3).fill(level);
  gl.texImage2D(GL.TEXTURE_2D, 0, GL.RGB, widthPx, heightPx, 0, GL.RGB, GL.UNSIGNED_BYTE, pixels);
  return texture;
});
gl.useProgram(picture.program);
gl.uniform4f(picture.place, -1, -1, 2, 2);
gl.uniform4f(picture.source, 0, 0, 1, 1);
gl.blendFunc(GL.ONE, GL.ONE_MINUS_SRC_ALPHA);

let frames = 0;
const startMs = performance.now();
while (performance.now() - startMs < ms) {
  const weight = (frames % 255) / 255;
  for (const [at, texture] of textures.entries()) {
    if (at === 0) gl.disable(GL.BLEND);
    else gl.enable(GL.BLEND);
    gl.bindTexture(GL.TEXTURE_2D, texture);
    const share = at === 0 ? 1 : weight;
    gl.uniform4f(picture.tint, share, share, share, share);
    gl.drawArrays(GL.TRIANGLE_STRIP, 0, 4);
  }
  gl.finish();
  context.swap();
  frames += 1;
}
const rate = (frames / (performance.now() - startMs)) * 1000;
context.close();
parentPort!.postMessage(rate);
