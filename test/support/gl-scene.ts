/** A picture drawn through every call of the GL subset, and the pixels it has to have. */
import { GL, type Gl, type GlName } from '../../runtime/gl/gl';

export const SCENE_SIZE = { widthPx: 163, heightPx: 129 } as const;

type Colour = readonly [red: number, green: number, blue: number];
const GROUND: Colour = [10, 20, 30];
const FIELD: Colour = [200, 100, 50];
/** Drawn over the ground with half of it shining through. */
const VEIL: Colour = [100, 60, 20];

/** Odd in both directions: rows of three or one bytes a pixel then begin at any address. */
const [TEXTURE_WIDTH, TEXTURE_HEIGHT] = [5, 3];
const TEXTURES = [
  { format: GL.RGBA, channels: 4, left: 3, bottom: 5 },
  { format: GL.RGB, channels: 3, left: 13, bottom: 7 },
  { format: GL.LUMINANCE, channels: 1, left: 23, bottom: 11 },
] as const;
const SCISSOR = { left: 40, bottom: 4, width: 9, height: 6 } as const;
const VEILED = { left: 30, bottom: 20, width: 12, height: 10 } as const;

const VERTEX = `
attribute vec2 place;
attribute vec2 corner;
varying vec2 at;
void main() { at = corner; gl_Position = vec4(place, 0.0, 1.0); }`;
const FRAGMENT = `
precision mediump float;
varying vec2 at;
uniform sampler2D picture;
uniform float textured;
uniform vec4 tint;
void main() { gl_FragColor = mix(tint, texture2D(picture, at), textured); }`;

/** What came of it. Pixels are RGBA, the lowest row first. */
export interface SceneResult {
  readonly pixels: Uint8Array;
  /** Of a frame buffer of one texture: its status and one of its pixels. */
  readonly elsewhere: { readonly status: number; readonly pixel: number[] };
  /** What the compiler says to nonsense, and whether it takes it. */
  readonly nonsense: { readonly log: string; readonly compiled: unknown };
  readonly unknownUniform: GlName | null;
  readonly maxTextureSize: unknown;
  readonly error: number;
}

/** Level of a channel of a texel. */
const texel = (index: number, channel: number): number => (channel === 3 ? 255 : (index * 16 + channel * 70 + 9) % 256);

/** Draws it into the current surface, whose size is `SCENE_SIZE`, from and into memory that threads share. */
export function drawScene(gl: Gl): SceneResult {
  const memory = new WebAssembly.Memory({ initial: 2, maximum: 2, shared: true });
  const { widthPx, heightPx } = SCENE_SIZE;
  const program = buildProgram(gl);
  const at = (name: string): GlName | null => gl.getUniformLocation(program, name);
  const [textured, tint] = [at('textured'), at('tint')];
  gl.useProgram(program);
  gl.uniform1i(at('picture'), 1);
  gl.activeTexture(GL.TEXTURE0 + 1);
  gl.disable(GL.DITHER);
  gl.pixelStorei(GL.UNPACK_ALIGNMENT, 1);
  gl.pixelStorei(GL.PACK_ALIGNMENT, 1);

  gl.viewport(0, 0, widthPx, heightPx);
  gl.clearColor(GROUND[0] / 255, GROUND[1] / 255, GROUND[2] / 255, 1);
  gl.clear(GL.COLOR_BUFFER_BIT);
  gl.enable(GL.SCISSOR_TEST);
  gl.scissor(SCISSOR.left, SCISSOR.bottom, SCISSOR.width, SCISSOR.height);
  gl.clearColor(FIELD[0] / 255, FIELD[1] / 255, FIELD[2] / 255, 1);
  gl.clear(GL.COLOR_BUFFER_BIT);
  gl.disable(GL.SCISSOR_TEST);

  const quad = buildQuad(gl);
  gl.uniform1f(textured, 1);
  const textures = TEXTURES.map(({ format, channels, left, bottom }, index) => {
    const texture = upload(gl, new Uint8Array(memory.buffer, 64 * index + 1, 15 * channels), format, index === 0);
    gl.viewport(left, bottom, TEXTURE_WIDTH, TEXTURE_HEIGHT);
    gl.drawArrays(GL.TRIANGLE_STRIP, 0, 4);
    return texture;
  });
  gl.uniform1f(textured, 0);
  gl.uniform4f(tint, VEIL[0] / 255, VEIL[1] / 255, VEIL[2] / 255, 0.5);
  gl.enable(GL.BLEND);
  gl.blendFunc(GL.ONE, GL.ONE_MINUS_SRC_ALPHA);
  gl.viewport(VEILED.left, VEILED.bottom, VEILED.width, VEILED.height);
  gl.drawArrays(GL.TRIANGLE_STRIP, 0, 4);
  gl.disable(GL.BLEND);
  gl.flush();

  const pixels = new Uint8Array(memory.buffer, 1003, widthPx * heightPx * 4);
  gl.readPixels(0, 0, widthPx, heightPx, GL.RGBA, GL.UNSIGNED_BYTE, pixels);
  const elsewhere = drawElsewhere(gl);
  for (const texture of textures) gl.deleteTexture(texture);
  gl.bindBuffer(GL.ARRAY_BUFFER, null);
  gl.deleteBuffer(quad);
  const unknownUniform = at('nobody');
  gl.deleteProgram(program);
  return {
    pixels: pixels.slice(),
    elsewhere,
    nonsense: compileNonsense(gl),
    unknownUniform,
    maxTextureSize: gl.getParameter(GL.MAX_TEXTURE_SIZE),
    error: gl.getError(),
  };
}

function upload(gl: Gl, view: Uint8Array, format: number, whole: boolean): GlName {
  const channels = view.length / (TEXTURE_WIDTH * TEXTURE_HEIGHT);
  for (let at = 0; at < view.length; at += 1) view[at] = texel(Math.floor(at / channels), at % channels);
  const texture = gl.createTexture()!;
  gl.bindTexture(GL.TEXTURE_2D, texture);
  for (const name of [GL.TEXTURE_MIN_FILTER, GL.TEXTURE_MAG_FILTER]) gl.texParameteri(GL.TEXTURE_2D, name, GL.NEAREST);
  for (const name of [GL.TEXTURE_WRAP_S, GL.TEXTURE_WRAP_T]) gl.texParameteri(GL.TEXTURE_2D, name, GL.CLAMP_TO_EDGE);
  const [width, height] = [TEXTURE_WIDTH, TEXTURE_HEIGHT];
  gl.texImage2D(GL.TEXTURE_2D, 0, format, width, height, 0, format, GL.UNSIGNED_BYTE, whole ? view : null);
  if (!whole) {
    // In two parts, so that where each goes is seen.
    const rowBytes = width * channels;
    gl.texSubImage2D(GL.TEXTURE_2D, 0, 0, 0, width, 1, format, GL.UNSIGNED_BYTE, view.subarray(0, rowBytes));
    gl.texSubImage2D(GL.TEXTURE_2D, 0, 0, 1, width, height - 1, format, GL.UNSIGNED_BYTE, view.subarray(rowBytes));
  }
  return texture;
}

/** Place and corner of the texture of each of the four points, one behind the other. */
function buildQuad(gl: Gl): GlName {
  const buffer = gl.createBuffer()!;
  gl.bindBuffer(GL.ARRAY_BUFFER, buffer);
  const points = [-1, -1, 0, 0, 1, -1, 1, 0, -1, 1, 0, 1, 1, 1, 1, 1];
  gl.bufferData(GL.ARRAY_BUFFER, new Float32Array(points), GL.STATIC_DRAW);
  for (const index of [0, 1]) {
    gl.enableVertexAttribArray(index);
    gl.vertexAttribPointer(index, 2, GL.FLOAT, false, 16, index * 8);
  }
  return buffer;
}

function buildProgram(gl: Gl): GlName {
  const program = gl.createProgram()!;
  for (const [type, source] of [
    [GL.VERTEX_SHADER, VERTEX],
    [GL.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(type)!;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    if (gl.getShaderParameter(shader, GL.COMPILE_STATUS) !== true) throw new Error(gl.getShaderInfoLog(shader) ?? '');
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.bindAttribLocation(program, 0, 'place');
  gl.bindAttribLocation(program, 1, 'corner');
  gl.linkProgram(program);
  if (gl.getProgramParameter(program, GL.LINK_STATUS) !== true) throw new Error(gl.getProgramInfoLog(program) ?? '');
  return program;
}

function compileNonsense(gl: Gl): SceneResult['nonsense'] {
  const shader = gl.createShader(GL.FRAGMENT_SHADER)!;
  gl.shaderSource(shader, 'void main() { nonsense(); }');
  gl.compileShader(shader);
  const result = {
    log: gl.getShaderInfoLog(shader) ?? '',
    compiled: gl.getShaderParameter(shader, GL.COMPILE_STATUS),
  };
  gl.deleteShader(shader);
  return result;
}

function drawElsewhere(gl: Gl): SceneResult['elsewhere'] {
  const texture = gl.createTexture()!;
  const framebuffer = gl.createFramebuffer()!;
  gl.bindTexture(GL.TEXTURE_2D, texture);
  gl.texImage2D(GL.TEXTURE_2D, 0, GL.RGBA, 7, 5, 0, GL.RGBA, GL.UNSIGNED_BYTE, null);
  gl.bindFramebuffer(GL.FRAMEBUFFER, framebuffer);
  gl.framebufferTexture2D(GL.FRAMEBUFFER, GL.COLOR_ATTACHMENT0, GL.TEXTURE_2D, texture, 0);
  const status = gl.checkFramebufferStatus(GL.FRAMEBUFFER);
  gl.clearColor(0, 1, 0, 0);
  gl.clear(GL.COLOR_BUFFER_BIT);
  const pixel = new Uint8Array(4);
  gl.readPixels(6, 4, 1, 1, GL.RGBA, GL.UNSIGNED_BYTE, pixel);
  gl.bindFramebuffer(GL.FRAMEBUFFER, null);
  gl.bindTexture(GL.TEXTURE_2D, null);
  gl.deleteFramebuffer(framebuffer);
  gl.deleteTexture(texture);
  return { status, pixel: [...pixel] };
}

/** The colour a pixel of the scene has to have; y counts from the lowest row. */
export function sceneColour(x: number, y: number): Colour {
  const inside = (left: number, bottom: number, width: number, height: number): boolean =>
    x >= left && x < left + width && y >= bottom && y < bottom + height;
  for (const { channels, left, bottom } of TEXTURES) {
    if (!inside(left, bottom, TEXTURE_WIDTH, TEXTURE_HEIGHT)) continue;
    const index = (y - bottom) * TEXTURE_WIDTH + x - left;
    const level = (channel: number): number => texel(index, channels === 1 ? 0 : channel);
    return [level(0), level(1), level(2)];
  }
  if (inside(SCISSOR.left, SCISSOR.bottom, SCISSOR.width, SCISSOR.height)) return FIELD;
  if (inside(VEILED.left, VEILED.bottom, VEILED.width, VEILED.height))
    return [0, 1, 2].map((channel) => VEIL[channel]! + GROUND[channel]! / 2) as unknown as Colour;
  return GROUND;
}

/** How many pixels of a picture are not the scene's, by more than a rounding. `colourAt` counts y from the lowest row. */
export function wrongPixels(colourAt: (x: number, y: number) => Colour): number {
  let wrong = 0;
  for (let y = 0; y < SCENE_SIZE.heightPx; y += 1)
    for (let x = 0; x < SCENE_SIZE.widthPx; x += 1) {
      const [wanted, seen] = [sceneColour(x, y), colourAt(x, y)];
      if (wanted.some((level, channel) => Math.abs(level - seen[channel]!) > 1)) wrong += 1;
    }
  return wrong;
}
