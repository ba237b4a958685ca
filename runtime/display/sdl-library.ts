/** SDL2 through koffi: the calls that windows need, typed, bound once a thread. */
import { foreign, library, type Pointer } from '../core/foreign';

function bind() {
  const sdl = library('libSDL2-2.0.so.0');
  const libc = library('libc.so.6');
  return {
    version: foreign<[Uint8Array], void>(sdl, 'void SDL_GetVersion(void *version)'),
    setHint: foreign<[string, string], number>(sdl, 'int SDL_SetHint(const char *name, const char *value)'),
    init: foreign<[number], number>(sdl, 'int SDL_InitSubSystem(uint flags)'),
    quit: foreign<[number], void>(sdl, 'void SDL_QuitSubSystem(uint flags)'),
    error: foreign<[], string>(sdl, 'const char *SDL_GetError()'),
    clearError: foreign<[], void>(sdl, 'void SDL_ClearError()'),
    /** Copies the error, so that looking whether there is one allocates nothing. Its result, the buffer again, is left out. */
    copyError: foreign<[Uint8Array, number], void>(sdl, 'void SDL_GetErrorMsg(void *text, int bytes)'),
    driver: foreign<[], string>(sdl, 'const char *SDL_GetCurrentVideoDriver()'),
    displayCount: foreign<[], number>(sdl, 'int SDL_GetNumVideoDisplays()'),
    displayOf: foreign<[Pointer], number>(sdl, 'int SDL_GetWindowDisplayIndex(void *window)'),
    desktopMode: foreign<[number, Uint8Array], number>(sdl, 'int SDL_GetDesktopDisplayMode(int display, void *mode)'),
    modeCount: foreign<[number], number>(sdl, 'int SDL_GetNumDisplayModes(int display)'),
    mode: foreign<[number, number, Uint8Array], number>(
      sdl,
      'int SDL_GetDisplayMode(int display, int index, void *mode)',
    ),
    setMode: foreign<[Pointer, Uint8Array], number>(sdl, 'int SDL_SetWindowDisplayMode(void *window, void *mode)'),
    setFullscreen: foreign<[Pointer, number], number>(sdl, 'int SDL_SetWindowFullscreen(void *window, uint flags)'),
    createWindow: foreign<[string, number, number, number, number, number], Pointer>(
      sdl,
      'void *SDL_CreateWindow(const char *title, int x, int y, int width, int height, uint flags)',
    ),
    destroyWindow: foreign<[Pointer], void>(sdl, 'void SDL_DestroyWindow(void *window)'),
    windowSize: foreign<[Pointer, Int32Array, Int32Array], void>(
      sdl,
      'void SDL_GetWindowSizeInPixels(void *window, void *width, void *height)',
    ),
    windowInfo: foreign<[Pointer, Uint8Array], number>(sdl, 'int SDL_GetWindowWMInfo(void *window, void *info)'),
    windowSurface: foreign<[Pointer], Pointer>(sdl, 'void *SDL_GetWindowSurface(void *window)'),
    updateRects: foreign<[Pointer, Int32Array, number], number>(
      sdl,
      'int SDL_UpdateWindowSurfaceRects(void *window, void *rects, int count)',
    ),
    showCursor: foreign<[number], number>(sdl, 'int SDL_ShowCursor(int show)'),
    pollEvent: foreign<[Uint8Array], number>(sdl, 'int SDL_PollEvent(void *event)'),
    glSetAttribute: foreign<[number, number], number>(sdl, 'int SDL_GL_SetAttribute(int attribute, int value)'),
    glCreateContext: foreign<[Pointer], Pointer>(sdl, 'void *SDL_GL_CreateContext(void *window)'),
    glDeleteContext: foreign<[Pointer], void>(sdl, 'void SDL_GL_DeleteContext(void *context)'),
    glSetSwapInterval: foreign<[number], number>(sdl, 'int SDL_GL_SetSwapInterval(int interval)'),
    glSwapWindow: foreign<[Pointer], void>(sdl, 'void SDL_GL_SwapWindow(void *window)'),
    memcpy: foreign<[Pointer, Uint8Array, number], Pointer>(libc, 'void *memcpy(void *to, void *from, size_t bytes)'),
    setenv: foreign<[string, string, number], number>(
      libc,
      'int setenv(const char *name, const char *value, int overwrite)',
    ),
  };
}

export type Sdl = ReturnType<typeof bind>;

let bound: Sdl | undefined;

/** The library that is installed. Throws where there is none. */
export function sdlLibrary(): Sdl {
  bound ??= bind();
  return bound;
}

/** Its version: major, minor, patch. Throws where there is none. */
export function sdlVersion(): readonly [number, number, number] {
  const version = new Uint8Array(3);
  sdlLibrary().version(version);
  return [version[0]!, version[1]!, version[2]!];
}
