/** The calls of OpenGL ES 2.0 that the subset needs, bound to a library through koffi. */
import { foreign, library } from '../core/foreign';

/** Mesa's, a vendor's, or the one that dispatches to them. */
export const GLES_LIBRARY = 'libGLESv2.so.2';

type Bytes = Uint8Array | null;

function bind(name: string) {
  const gles = library(name);
  const call = <A extends readonly unknown[], R = void>(prototype: string): ((...args: A) => R) =>
    foreign<A, R>(gles, prototype);
  return {
    activeTexture: call<[number]>('void glActiveTexture(uint unit)'),
    attachShader: call<[number, number]>('void glAttachShader(uint program, uint shader)'),
    bindAttribLocation: call<[number, number, string]>(
      'void glBindAttribLocation(uint program, uint index, const char *name)',
    ),
    bindBuffer: call<[number, number]>('void glBindBuffer(uint target, uint buffer)'),
    bindFramebuffer: call<[number, number]>('void glBindFramebuffer(uint target, uint framebuffer)'),
    bindTexture: call<[number, number]>('void glBindTexture(uint target, uint texture)'),
    blendFunc: call<[number, number]>('void glBlendFunc(uint source, uint destination)'),
    bufferData: call<[number, number, Float32Array | Uint8Array, number]>(
      'void glBufferData(uint target, size_t bytes, const void *data, uint usage)',
    ),
    checkFramebufferStatus: call<[number], number>('uint glCheckFramebufferStatus(uint target)'),
    clear: call<[number]>('void glClear(uint mask)'),
    clearColor: call<[number, number, number, number]>(
      'void glClearColor(float red, float green, float blue, float alpha)',
    ),
    colorMask: call<[boolean, boolean, boolean, boolean]>(
      'void glColorMask(bool red, bool green, bool blue, bool alpha)',
    ),
    compileShader: call<[number]>('void glCompileShader(uint shader)'),
    createProgram: call<[], number>('uint glCreateProgram()'),
    createShader: call<[number], number>('uint glCreateShader(uint type)'),
    deleteBuffers: call<[number, Uint32Array]>('void glDeleteBuffers(int count, const void *names)'),
    deleteFramebuffers: call<[number, Uint32Array]>('void glDeleteFramebuffers(int count, const void *names)'),
    deleteProgram: call<[number]>('void glDeleteProgram(uint program)'),
    deleteShader: call<[number]>('void glDeleteShader(uint shader)'),
    deleteTextures: call<[number, Uint32Array]>('void glDeleteTextures(int count, const void *names)'),
    disable: call<[number]>('void glDisable(uint capability)'),
    drawArrays: call<[number, number, number]>('void glDrawArrays(uint mode, int first, int count)'),
    enable: call<[number]>('void glEnable(uint capability)'),
    enableVertexAttribArray: call<[number]>('void glEnableVertexAttribArray(uint index)'),
    finish: call<[]>('void glFinish()'),
    flush: call<[]>('void glFlush()'),
    framebufferTexture2D: call<[number, number, number, number, number]>(
      'void glFramebufferTexture2D(uint target, uint attachment, uint textureTarget, uint texture, int level)',
    ),
    genBuffers: call<[number, Uint32Array]>('void glGenBuffers(int count, void *names)'),
    genFramebuffers: call<[number, Uint32Array]>('void glGenFramebuffers(int count, void *names)'),
    genTextures: call<[number, Uint32Array]>('void glGenTextures(int count, void *names)'),
    getError: call<[], number>('uint glGetError()'),
    getIntegerv: call<[number, Int32Array]>('void glGetIntegerv(uint name, void *values)'),
    getProgramInfoLog: call<[number, number, null, Uint8Array]>(
      'void glGetProgramInfoLog(uint program, int bytes, void *length, void *log)',
    ),
    getProgramiv: call<[number, number, Int32Array]>('void glGetProgramiv(uint program, uint name, void *value)'),
    getShaderInfoLog: call<[number, number, null, Uint8Array]>(
      'void glGetShaderInfoLog(uint shader, int bytes, void *length, void *log)',
    ),
    getShaderiv: call<[number, number, Int32Array]>('void glGetShaderiv(uint shader, uint name, void *value)'),
    getString: call<[number], string | null>('const char *glGetString(uint name)'),
    getUniformLocation: call<[number, string], number>('int glGetUniformLocation(uint program, const char *name)'),
    linkProgram: call<[number]>('void glLinkProgram(uint program)'),
    pixelStorei: call<[number, number]>('void glPixelStorei(uint name, int value)'),
    readPixels: call<[number, number, number, number, number, number, Uint8Array]>(
      'void glReadPixels(int x, int y, int width, int height, uint format, uint type, void *pixels)',
    ),
    scissor: call<[number, number, number, number]>('void glScissor(int x, int y, int width, int height)'),
    shaderSource: call<[number, number, string[], null]>(
      'void glShaderSource(uint shader, int count, const char **sources, const void *lengths)',
    ),
    texImage2D: call<[number, number, number, number, number, number, number, number, Bytes]>(
      'void glTexImage2D(uint target, int level, int internalFormat, int width, int height, int border, uint format, uint type, const void *pixels)',
    ),
    texParameteri: call<[number, number, number]>('void glTexParameteri(uint target, uint name, int value)'),
    texSubImage2D: call<[number, number, number, number, number, number, number, number, Uint8Array]>(
      'void glTexSubImage2D(uint target, int level, int x, int y, int width, int height, uint format, uint type, const void *pixels)',
    ),
    texSubImage2DFromBuffer: call<[number, number, number, number, number, number, number, number, number]>(
      'void glTexSubImage2D(uint target, int level, int x, int y, int width, int height, uint format, uint type, size_t offsetBytes)',
    ),
    uniform1f: call<[number, number]>('void glUniform1f(int location, float x)'),
    uniform1i: call<[number, number]>('void glUniform1i(int location, int x)'),
    uniform4f: call<[number, number, number, number, number]>(
      'void glUniform4f(int location, float x, float y, float z, float w)',
    ),
    useProgram: call<[number]>('void glUseProgram(uint program)'),
    vertexAttribPointer: call<[number, number, number, number, number, number]>(
      'void glVertexAttribPointer(uint index, int size, uint type, uint8_t normalized, int strideBytes, size_t offsetBytes)',
    ),
    viewport: call<[number, number, number, number]>('void glViewport(int x, int y, int width, int height)'),
  };
}

export type GlesCalls = ReturnType<typeof bind>;

const bound = new Map<string, GlesCalls>();

/** The bound library, one a thread. Throws where it cannot be loaded. */
export function glesLibrary(name: string): GlesCalls {
  let calls = bound.get(name);
  if (calls === undefined) bound.set(name, (calls = bind(name)));
  return calls;
}
