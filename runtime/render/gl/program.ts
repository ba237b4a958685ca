/** Shader programs in GLSL ES 1.00: a rectangle of a picture, a rectangle of one colour. */
import { GL, type Gl, type GlName } from '../../gl/gl';

const VERTEX = `
attribute vec2 corner;
uniform vec4 place;
uniform vec4 source;
varying vec2 texel;
void main() {
  texel = source.xy + corner * source.zw;
  gl_Position = vec4(place.xy + corner * place.zw, 0.0, 1.0);
}`;

/** Half precision has 10 bits: too few for the width of a screen. Where a GPU has no more, pictures are off by a fraction of a pixel. */
const PRECISION = `
#ifdef GL_FRAGMENT_PRECISION_HIGH
precision highp float;
#else
precision mediump float;
#endif`;

/** `tint` weighs the picture's red, green, blue and alpha, which are premultiplied. */
const PICTURE = `${PRECISION}
uniform sampler2D picture;
uniform vec4 tint;
varying vec2 texel;
void main() {
  gl_FragColor = texture2D(picture, texel) * tint;
}`;

/** A picture as it is: a GL on the CPU has a quick way for it, above all where samples are not between texels. */
const COPY = `${PRECISION}
uniform sampler2D picture;
varying vec2 texel;
void main() {
  gl_FragColor = texture2D(picture, texel);
}`;

/**
 * Video, as it is stored: `levels` are the scale of luma, its offset, and the shares of Cr in red and of Cb in blue; `greenAndSize` those
 * of Cb and Cr in green, and the frame's size in px; `chroma` makes of a place in the luma plane one in the others.
 */
const VIDEO_COLOURS = `${PRECISION}
uniform sampler2D luma;
uniform sampler2D cb;
uniform sampler2D cr;
uniform vec4 levels;
uniform vec4 greenAndSize;
uniform vec4 chroma;
uniform vec4 tint;
varying vec2 texel;
vec3 colourAt(vec2 place) {
  vec2 between = place * chroma.xy + chroma.zw;
  float y = levels.x * (texture2D(luma, place).r - levels.y);
  float u = texture2D(cb, between).r - 128.0 / 255.0;
  float v = texture2D(cr, between).r - 128.0 / 255.0;
  return clamp(vec3(y + levels.z * v, y + greenAndSize.x * u + greenAndSize.y * v, y + levels.w * u), 0.0, 1.0);
}`;

/** Video pixel over pixel. */
const VIDEO = `${VIDEO_COLOURS}
void main() {
  gl_FragColor = vec4(colourAt(texel), 1.0) * tint;
}`;

/**
 * Video that is scaled: like a picture's, its pixels have their colours before they are mixed. Chroma is not linear between pixels, as
 * its own samples lie between them, and colours end at black and white.
 */
const SCALED_VIDEO = `${VIDEO_COLOURS}
void main() {
  vec2 size = greenAndSize.zw;
  vec2 last = size - 1.0;
  vec2 pixel = clamp(texel * size - 0.5, vec2(0.0), last);
  vec2 first = floor(pixel);
  vec2 part = pixel - first;
  vec2 near = (first + 0.5) / size;
  vec2 far = (min(first + 1.0, last) + 0.5) / size;
  vec3 above = mix(colourAt(near), colourAt(vec2(far.x, near.y)), part.x);
  vec3 below = mix(colourAt(vec2(near.x, far.y)), colourAt(far), part.x);
  gl_FragColor = vec4(mix(above, below, part.y), 1.0) * tint;
}`;

const COLOUR = `${PRECISION}
uniform vec4 tint;
void main() {
  gl_FragColor = tint;
}`;

export interface Program {
  readonly program: GlName;
  /** Left, bottom, width, height in clip coordinates. */
  readonly place: GlName | null;
  /** The same of the texture; null where the program has none. */
  readonly source: GlName | null;
  readonly tint: GlName | null;
}

export interface VideoProgram extends Program {
  readonly levels: GlName | null;
  readonly greenAndSize: GlName | null;
  readonly chroma: GlName | null;
}

export interface Programs {
  readonly picture: Program;
  /** For pictures of full weight. */
  readonly copy: Program;
  /** Both read luma, Cb and Cr from the texture units 0, 1 and 2. */
  readonly video: VideoProgram;
  readonly scaledVideo: VideoProgram;
  readonly colour: Program;
  close(): void;
}

/**
 * Compiles and links; the corners of the unit square are bound to attribute 0. Only `software` is given a program of its own for what
 * another one does as well. Throws with the driver's own words.
 */
export function openPrograms(gl: Gl, { software }: { readonly software: boolean }): Programs {
  const corners = gl.createBuffer();
  if (corners === null) throw new Error('the GL gives no buffer');
  gl.bindBuffer(GL.ARRAY_BUFFER, corners);
  gl.bufferData(GL.ARRAY_BUFFER, new Float32Array([0, 0, 1, 0, 0, 1, 1, 1]), GL.STATIC_DRAW);
  gl.enableVertexAttribArray(0);
  gl.vertexAttribPointer(0, 2, GL.FLOAT, false, 0, 0);
  const picture = link(gl, VERTEX, PICTURE);
  const copy = software ? link(gl, VERTEX, COPY) : picture;
  const colour = link(gl, VERTEX, COLOUR);
  const video = linkVideo(gl, VIDEO);
  const scaledVideo = linkVideo(gl, SCALED_VIDEO);
  return {
    picture,
    copy,
    video,
    scaledVideo,
    colour,
    close() {
      for (const { program } of new Set([picture, copy, video, scaledVideo, colour])) gl.deleteProgram(program);
      gl.deleteBuffer(corners);
    },
  };
}

function linkVideo(gl: Gl, fragment: string): VideoProgram {
  const common = link(gl, VERTEX, fragment);
  const at = (name: string): GlName | null => gl.getUniformLocation(common.program, name);
  gl.useProgram(common.program);
  for (const [unit, plane] of ['luma', 'cb', 'cr'].entries()) gl.uniform1i(at(plane), unit);
  return { ...common, levels: at('levels'), greenAndSize: at('greenAndSize'), chroma: at('chroma') };
}

function link(gl: Gl, vertex: string, fragment: string): Program {
  const program = gl.createProgram();
  if (program === null) throw new Error('the GL gives no program');
  const shaders = [compile(gl, GL.VERTEX_SHADER, vertex), compile(gl, GL.FRAGMENT_SHADER, fragment)];
  for (const shader of shaders) gl.attachShader(program, shader);
  gl.bindAttribLocation(program, 0, 'corner');
  gl.linkProgram(program);
  for (const shader of shaders) gl.deleteShader(shader);
  if (!gl.getProgramParameter(program, GL.LINK_STATUS)) {
    throw new Error(`a shader program does not link: ${gl.getProgramInfoLog(program) ?? 'no reason given'}`);
  }
  const at = (name: string): GlName | null => gl.getUniformLocation(program, name);
  return { program, place: at('place'), source: at('source'), tint: at('tint') };
}

function compile(gl: Gl, type: number, source: string): GlName {
  const shader = gl.createShader(type);
  if (shader === null) throw new Error('the GL gives no shader');
  gl.shaderSource(shader, source);
  gl.compileShader(shader);
  if (!gl.getShaderParameter(shader, GL.COMPILE_STATUS)) {
    throw new Error(`a shader does not compile: ${gl.getShaderInfoLog(shader) ?? 'no reason given'}`);
  }
  return shader;
}
