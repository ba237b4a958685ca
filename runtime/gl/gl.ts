/**
 * The GL subset: what of WebGL 1 (OpenGL ES 2.0) the renderer uses, under WebGL's names. A context of any origin offers it: the
 * system's GLES through a foreign call, or the package `gl`. Shaders are GLSL ES 1.00. Beyond it, pixel buffers of OpenGL ES 3.0,
 * where the driver says that it has them.
 */

/** Constants of OpenGL ES 2.0 (gl2.h), and three of 3.0 (gl3.h) for pixel buffers. */
export const GL = {
  NO_ERROR: 0,
  TRIANGLE_STRIP: 0x0005,
  ZERO: 0,
  ONE: 1,
  ONE_MINUS_SRC_ALPHA: 0x0303,
  BLEND: 0x0be2,
  DITHER: 0x0bd0,
  SCISSOR_TEST: 0x0c11,
  /** OpenGL ES 3.0. */
  UNPACK_ROW_LENGTH: 0x0cf2,
  UNPACK_ALIGNMENT: 0x0cf5,
  PACK_ALIGNMENT: 0x0d05,
  MAX_TEXTURE_SIZE: 0x0d33,
  TEXTURE_2D: 0x0de1,
  UNSIGNED_BYTE: 0x1401,
  FLOAT: 0x1406,
  RGB: 0x1907,
  RGBA: 0x1908,
  LUMINANCE: 0x1909,
  /** Of GL_EXT_texture_format_BGRA8888. */
  BGRA: 0x80e1,
  VENDOR: 0x1f00,
  RENDERER: 0x1f01,
  VERSION: 0x1f02,
  EXTENSIONS: 0x1f03,
  NEAREST: 0x2600,
  LINEAR: 0x2601,
  TEXTURE_MAG_FILTER: 0x2800,
  TEXTURE_MIN_FILTER: 0x2801,
  TEXTURE_WRAP_S: 0x2802,
  TEXTURE_WRAP_T: 0x2803,
  CLAMP_TO_EDGE: 0x812f,
  COLOR_BUFFER_BIT: 0x4000,
  TEXTURE0: 0x84c0,
  ARRAY_BUFFER: 0x8892,
  /** OpenGL ES 3.0. */
  PIXEL_UNPACK_BUFFER: 0x88ec,
  STREAM_DRAW: 0x88e0,
  STATIC_DRAW: 0x88e4,
  FRAGMENT_SHADER: 0x8b30,
  VERTEX_SHADER: 0x8b31,
  COMPILE_STATUS: 0x8b81,
  LINK_STATUS: 0x8b82,
  FRAMEBUFFER: 0x8d40,
  COLOR_ATTACHMENT0: 0x8ce0,
  FRAMEBUFFER_COMPLETE: 0x8cd5,
} as const;

/** What a context calls a shader, a texture, a place of a uniform: a number or an object, nobody else's business. */
export type GlName = number | object;

/** Colour of a whole texel: bytes, in memory that may be shared. Contexts read from it during the call only. */
export type GlBytes = Uint8Array;

/** All calls are synchronous and of the thread that made the context. Errors are asked for with `getError`. */
export interface Gl {
  activeTexture(unit: number): void;
  attachShader(program: GlName, shader: GlName): void;
  bindAttribLocation(program: GlName, index: number, name: string): void;
  bindBuffer(target: number, buffer: GlName | null): void;
  bindFramebuffer(target: number, framebuffer: GlName | null): void;
  bindTexture(target: number, texture: GlName | null): void;
  blendFunc(source: number, destination: number): void;
  /** Copies the data; what the buffer held before stays for draws and copies that are not done yet. */
  bufferData(target: number, data: Float32Array | GlBytes, usage: number): void;
  checkFramebufferStatus(target: number): number;
  clear(mask: number): void;
  clearColor(red: number, green: number, blue: number, alpha: number): void;
  colorMask(red: boolean, green: boolean, blue: boolean, alpha: boolean): void;
  compileShader(shader: GlName): void;
  createBuffer(): GlName | null;
  createFramebuffer(): GlName | null;
  createProgram(): GlName | null;
  createShader(type: number): GlName | null;
  createTexture(): GlName | null;
  deleteBuffer(buffer: GlName): void;
  deleteFramebuffer(framebuffer: GlName): void;
  deleteProgram(program: GlName): void;
  deleteShader(shader: GlName): void;
  deleteTexture(texture: GlName): void;
  disable(capability: number): void;
  drawArrays(mode: number, first: number, count: number): void;
  enable(capability: number): void;
  enableVertexAttribArray(index: number): void;
  finish(): void;
  flush(): void;
  framebufferTexture2D(target: number, attachment: number, textureTarget: number, texture: GlName, level: number): void;
  getError(): number;
  /** A number for limits, a text for VENDOR, RENDERER, VERSION and EXTENSIONS. */
  getParameter(name: number): unknown;
  getProgramInfoLog(program: GlName): string | null;
  getProgramParameter(program: GlName, name: number): unknown;
  getShaderInfoLog(shader: GlName): string | null;
  getShaderParameter(shader: GlName, name: number): unknown;
  getUniformLocation(program: GlName, name: string): GlName | null;
  linkProgram(program: GlName): void;
  pixelStorei(name: number, value: number): void;
  readPixels(x: number, y: number, width: number, height: number, format: number, type: number, into: GlBytes): void;
  scissor(x: number, y: number, width: number, height: number): void;
  shaderSource(shader: GlName, source: string): void;
  texImage2D(
    target: number,
    level: number,
    internalFormat: number,
    width: number,
    height: number,
    border: number,
    format: number,
    type: number,
    pixels: GlBytes | null,
  ): void;
  texParameteri(target: number, name: number, value: number): void;
  texSubImage2D(
    target: number,
    level: number,
    x: number,
    y: number,
    width: number,
    height: number,
    format: number,
    type: number,
    /** A number: bytes from the beginning of the bound PIXEL_UNPACK_BUFFER. */
    pixels: GlBytes | number,
  ): void;
  uniform1f(location: GlName | null, x: number): void;
  uniform1i(location: GlName | null, x: number): void;
  uniform4f(location: GlName | null, x: number, y: number, z: number, w: number): void;
  useProgram(program: GlName): void;
  vertexAttribPointer(
    index: number,
    size: number,
    type: number,
    normalized: boolean,
    strideBytes: number,
    offsetBytes: number,
  ): void;
  viewport(x: number, y: number, width: number, height: number): void;
}

/** Who draws. */
export interface GlDriver {
  readonly vendor: string;
  readonly renderer: string;
  readonly version: string;
  /** Whether it is a program on the CPU: then the `cpu` renderer is many times faster. */
  readonly software: boolean;
  /** Whether it takes textures as BGRA, which is how such a program and our kernels keep pixels. */
  readonly takesBgra: boolean;
  /** Whether pixels may come from a buffer of the driver: OpenGL ES 3.0. */
  readonly hasPixelBuffers: boolean;
}

/** A context with its surface, current on the thread that made it. */
export interface GlContext {
  readonly gl: Gl;
  readonly driver: GlDriver;
  /** Of the surface, in px. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** Shows what was drawn; blocks until the display takes it where the display throttles. False when the context or the display is gone. */
  swap(): boolean;
  /** Gives everything back. Once. */
  close(): void;
}

/** Mesa's and others' rasterisers, by what they call themselves. */
const SOFTWARE = /llvmpipe|softpipe|swrast|software rasterizer|swiftshader/i;

/** Asks a context who draws. */
export function driverOf(gl: Pick<Gl, 'getParameter'>): GlDriver {
  const text = (name: number): string => {
    const value = gl.getParameter(name);
    return typeof value === 'string' ? value : '';
  };
  const renderer = text(GL.RENDERER);
  const version = text(GL.VERSION);
  return {
    vendor: text(GL.VENDOR),
    renderer,
    version,
    software: SOFTWARE.test(renderer),
    takesBgra: text(GL.EXTENSIONS).split(' ').includes('GL_EXT_texture_format_BGRA8888'),
    hasPixelBuffers: Number(/^OpenGL ES (\d+)\./.exec(version)?.[1] ?? 0) >= 3,
  };
}
