/** The GL subset over the system's OpenGL ES. */
import { messageOf } from '../core/errors';
import { GL, type Gl, type GlBytes, type GlName } from './gl';
import { GLES_LIBRARY, glesLibrary, type GlesCalls } from './gles-library';
import { pixelSpanBytes } from './pixel-span';

// gl2.h
const INFO_LOG_LENGTH = 0x8b84;
/** Parameters whose value is a text. */
const TEXTS: readonly number[] = [GL.VENDOR, GL.RENDERER, GL.VERSION, GL.EXTENSIONS];
/** What both alignments are in a new context. */
const FIRST_ALIGNMENT = 4;

/** Names are numbers here; 0 is none. */
const numberOf = (name: GlName | null): number => (typeof name === 'number' ? name : 0);

/** GL ignores a uniform at this place, as WebGL does at null. */
const placeOf = (location: GlName | null): number => (typeof location === 'number' ? location : -1);

const nameOrNull = (name: number): number | null => (name === 0 ? null : name);

/**
 * The subset on whatever context is current on this thread; one object a context, as it knows the context's pixel alignments.
 * Where WebGL would refuse memory that is too small for its pixels, this throws a RangeError: GLES itself would write past it.
 * Throws where the library is missing or lacks a call.
 */
export function loadGles(library = GLES_LIBRARY): Gl {
  let calls: GlesCalls;
  try {
    calls = glesLibrary(library);
  } catch (cause) {
    throw new Error(`${library} cannot be used (Debian package libgles2): ${messageOf(cause)}`, { cause });
  }
  return { ...plainCalls(calls), ...shaderCalls(calls), ...objectCalls(calls), ...pixelCalls(calls) };
}

/** Where koffi's function already is the subset's. */
function plainCalls(calls: GlesCalls) {
  const { activeTexture, blendFunc, checkFramebufferStatus, clear, clearColor, colorMask } = calls;
  const { disable, drawArrays, enable } = calls;
  const { enableVertexAttribArray, finish, flush, getError, scissor, texParameteri, viewport } = calls;
  return {
    ...{ activeTexture, blendFunc, checkFramebufferStatus, clear, clearColor, colorMask, disable, drawArrays, enable },
    ...{ enableVertexAttribArray, finish, flush, getError, scissor, texParameteri, viewport },
  };
}

function shaderCalls(calls: GlesCalls) {
  const value = new Int32Array(1);
  const programValue = (program: GlName, name: number): number => {
    calls.getProgramiv(numberOf(program), name, value);
    return value[0]!;
  };
  const shaderValue = (shader: GlName, name: number): number => {
    calls.getShaderiv(numberOf(shader), name, value);
    return value[0]!;
  };
  return {
    attachShader: (program: GlName, shader: GlName) => calls.attachShader(numberOf(program), numberOf(shader)),
    bindAttribLocation: (program: GlName, index: number, name: string) =>
      calls.bindAttribLocation(numberOf(program), index, name),
    compileShader: (shader: GlName) => calls.compileShader(numberOf(shader)),
    createProgram: () => nameOrNull(calls.createProgram()),
    createShader: (type: number) => nameOrNull(calls.createShader(type)),
    deleteProgram: (program: GlName) => calls.deleteProgram(numberOf(program)),
    deleteShader: (shader: GlName) => calls.deleteShader(numberOf(shader)),
    getProgramInfoLog: (program: GlName) =>
      readLog(programValue(program, INFO_LOG_LENGTH), (bytes, log) =>
        calls.getProgramInfoLog(numberOf(program), bytes, null, log),
      ),
    getShaderInfoLog: (shader: GlName) =>
      readLog(shaderValue(shader, INFO_LOG_LENGTH), (bytes, log) =>
        calls.getShaderInfoLog(numberOf(shader), bytes, null, log),
      ),
    getProgramParameter: (program: GlName, name: number) =>
      name === GL.LINK_STATUS ? programValue(program, name) !== 0 : programValue(program, name),
    getShaderParameter: (shader: GlName, name: number) =>
      name === GL.COMPILE_STATUS ? shaderValue(shader, name) !== 0 : shaderValue(shader, name),
    getUniformLocation: (program: GlName, name: string) => {
      const location = calls.getUniformLocation(numberOf(program), name);
      return location < 0 ? null : location;
    },
    linkProgram: (program: GlName) => calls.linkProgram(numberOf(program)),
    shaderSource: (shader: GlName, source: string) => calls.shaderSource(numberOf(shader), 1, [source], null),
    uniform1f: (location: GlName | null, x: number) => calls.uniform1f(placeOf(location), x),
    uniform1i: (location: GlName | null, x: number) => calls.uniform1i(placeOf(location), x),
    uniform4f: (location: GlName | null, x: number, y: number, z: number, w: number) =>
      calls.uniform4f(placeOf(location), x, y, z, w),
    useProgram: (program: GlName) => calls.useProgram(numberOf(program)),
  };
}

/** A log of a length that includes its final zero. */
function readLog(bytes: number, read: (bytes: number, log: Uint8Array) => void): string {
  if (bytes <= 1) return '';
  const log = Buffer.alloc(bytes);
  read(bytes, log);
  return log.toString('utf8', 0, bytes - 1);
}

function objectCalls(calls: GlesCalls) {
  const one = new Uint32Array(1);
  const generate = (into: (count: number, names: Uint32Array) => void): number | null => {
    into(1, one);
    return nameOrNull(one[0]!);
  };
  const remove = (from: (count: number, names: Uint32Array) => void, name: GlName): void => {
    one[0] = numberOf(name);
    from(1, one);
  };
  return {
    createBuffer: () => generate(calls.genBuffers),
    createFramebuffer: () => generate(calls.genFramebuffers),
    createTexture: () => generate(calls.genTextures),
    deleteBuffer: (buffer: GlName) => remove(calls.deleteBuffers, buffer),
    deleteFramebuffer: (framebuffer: GlName) => remove(calls.deleteFramebuffers, framebuffer),
    deleteTexture: (texture: GlName) => remove(calls.deleteTextures, texture),
    bindBuffer: (target: number, buffer: GlName | null) => calls.bindBuffer(target, numberOf(buffer)),
    bindFramebuffer: (target: number, framebuffer: GlName | null) =>
      calls.bindFramebuffer(target, numberOf(framebuffer)),
    bindTexture: (target: number, texture: GlName | null) => calls.bindTexture(target, numberOf(texture)),
    bufferData: (target: number, data: Float32Array | GlBytes, usage: number) =>
      calls.bufferData(target, data.byteLength, data, usage),
    framebufferTexture2D: (target: number, attachment: number, textureTarget: number, texture: GlName, level: number) =>
      calls.framebufferTexture2D(target, attachment, textureTarget, numberOf(texture), level),
    vertexAttribPointer: (
      index: number,
      size: number,
      type: number,
      normalized: boolean,
      strideBytes: number,
      offsetBytes: number,
    ) => calls.vertexAttribPointer(index, size, type, normalized ? 1 : 0, strideBytes, offsetBytes),
  };
}

function pixelCalls(calls: GlesCalls) {
  const values = new Int32Array(4);
  let unpackAlignment = FIRST_ALIGNMENT;
  let packAlignment = FIRST_ALIGNMENT;
  const check = (pixels: GlBytes, width: number, height: number, format: number, alignment: number): void => {
    const bytes = pixelSpanBytes(width, height, format, alignment);
    if (pixels.length < bytes) throw new RangeError(`${width}x${height} px take ${bytes} bytes, not ${pixels.length}`);
  };
  return {
    getParameter(name: number): unknown {
      if (TEXTS.includes(name)) return calls.getString(name);
      calls.getIntegerv(name, values);
      return values[0]!;
    },
    pixelStorei(name: number, value: number): void {
      if (name === GL.UNPACK_ALIGNMENT) unpackAlignment = value;
      if (name === GL.PACK_ALIGNMENT) packAlignment = value;
      calls.pixelStorei(name, value);
    },
    readPixels(x: number, y: number, width: number, height: number, format: number, type: number, into: GlBytes): void {
      check(into, width, height, format, packAlignment);
      calls.readPixels(x, y, width, height, format, type, into);
    },
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
    ): void {
      if (pixels !== null) check(pixels, width, height, format, unpackAlignment);
      calls.texImage2D(target, level, internalFormat, width, height, border, format, type, pixels);
    },
    texSubImage2D(
      target: number,
      level: number,
      x: number,
      y: number,
      width: number,
      height: number,
      format: number,
      type: number,
      pixels: GlBytes | number,
    ): void {
      if (typeof pixels === 'number') {
        // GL itself looks whether they lie within the buffer.
        calls.texSubImage2DFromBuffer(target, level, x, y, width, height, format, type, pixels);
        return;
      }
      check(pixels, width, height, format, unpackAlignment);
      calls.texSubImage2D(target, level, x, y, width, height, format, type, pixels);
    },
  };
}
