/** Xlib through koffi: the calls the x11 output makes, typed, and a connection whose loss does not end the process. */
import { foreign as call, koffi, library, type Pointer } from '../core/foreign';

function bind() {
  const x11 = library('libX11.so.6');
  const libc = library('libc.so.6');
  const exitHandler = koffi().proto('void VitrineXExit(void *display, void *data)');
  const errorHandler = koffi().proto('int VitrineXError(void *display, void *event)');
  const ioErrorHandler = koffi().proto('int VitrineXIOError(void *display)');
  // Xlib's own handlers end the process: for an error of the protocol, and for a connection that broke.
  let losses = 0;
  const countLoss = koffi().register(() => {
    losses += 1;
  }, koffi().pointer(exitHandler));
  const ignoreError = koffi().register(() => 0, koffi().pointer(errorHandler));
  const ignoreIOError = koffi().register(() => 0, koffi().pointer(ioErrorHandler));
  const setErrorHandler = call<[unknown], unknown>(x11, 'void *XSetErrorHandler(VitrineXError *handler)');
  const setIOErrorHandler = call<[unknown], unknown>(x11, 'void *XSetIOErrorHandler(VitrineXIOError *handler)');
  const setExitHandler = call<[Pointer, unknown, null], void>(
    x11,
    'void XSetIOErrorExitHandler(void *display, VitrineXExit *handler, void *data)',
  );
  const openDisplay = call<[string | null], Pointer>(x11, 'void *XOpenDisplay(const char *name)');
  return {
    /** Connections that broke so far. */
    get losses(): number {
      return losses;
    },
    /** Undefined when there is no server. The connection survives its server: calls then do nothing. */
    open(name: string): Pointer | undefined {
      setErrorHandler(ignoreError);
      setIOErrorHandler(ignoreIOError);
      const display = openDisplay(name);
      if (display === null) return undefined;
      setExitHandler(display, countLoss, null);
      return display;
    },
    closeDisplay: call<[Pointer], number>(x11, 'int XCloseDisplay(void *display)'),
    defaultScreen: call<[Pointer], number>(x11, 'int XDefaultScreen(void *display)'),
    rootWindow: call<[Pointer, number], number>(x11, 'ulong XRootWindow(void *display, int screen)'),
    screenWidth: call<[Pointer, number], number>(x11, 'int XDisplayWidth(void *display, int screen)'),
    screenHeight: call<[Pointer, number], number>(x11, 'int XDisplayHeight(void *display, int screen)'),
    defaultDepth: call<[Pointer, number], number>(x11, 'int XDefaultDepth(void *display, int screen)'),
    defaultVisual: call<[Pointer, number], Pointer>(x11, 'void *XDefaultVisual(void *display, int screen)'),
    defaultGraphics: call<[Pointer, number], Pointer>(x11, 'void *XDefaultGC(void *display, int screen)'),
    graphicsId: call<[Pointer], number>(x11, 'ulong XGContextFromGC(void *graphics)'),
    serverVendor: call<[Pointer], string>(x11, 'const char *XServerVendor(void *display)'),
    createWindow: call<[Pointer, number, number, number, number, number, number, number, number], number>(
      x11,
      'ulong XCreateSimpleWindow(void *display, ulong parent, int x, int y, uint width, uint height, uint border, ulong borderPixel, ulong background)',
    ),
    destroyWindow: call<[Pointer, number], number>(x11, 'int XDestroyWindow(void *display, ulong window)'),
    storeName: call<[Pointer, number, string], number>(
      x11,
      'int XStoreName(void *display, ulong window, const char *name)',
    ),
    selectInput: call<[Pointer, number, number], number>(
      x11,
      'int XSelectInput(void *display, ulong window, long mask)',
    ),
    mapRaised: call<[Pointer, number], number>(x11, 'int XMapRaised(void *display, ulong window)'),
    internAtom: call<[Pointer, string, number], number>(
      x11,
      'ulong XInternAtom(void *display, const char *name, int onlyIfExists)',
    ),
    changeProperty: call<[Pointer, number, number, number, number, number, Uint8Array, number], number>(
      x11,
      'int XChangeProperty(void *display, ulong window, ulong property, ulong type, int format, int mode, void *data, int elements)',
    ),
    pending: call<[Pointer], number>(x11, 'int XPending(void *display)'),
    nextEvent: call<[Pointer, Uint8Array], number>(x11, 'int XNextEvent(void *display, void *event)'),
    sync: call<[Pointer, number], number>(x11, 'int XSync(void *display, int discard)'),
    connectionNumber: call<[Pointer], number>(x11, 'int XConnectionNumber(void *display)'),
    createBitmap: call<[Pointer, number, Uint8Array, number, number], number>(
      x11,
      'ulong XCreateBitmapFromData(void *display, ulong drawable, void *data, uint width, uint height)',
    ),
    createCursor: call<[Pointer, number, number, Uint8Array, Uint8Array, number, number], number>(
      x11,
      'ulong XCreatePixmapCursor(void *display, ulong source, ulong mask, void *foreground, void *background, uint x, uint y)',
    ),
    defineCursor: call<[Pointer, number, number], number>(
      x11,
      'int XDefineCursor(void *display, ulong window, ulong cursor)',
    ),
    getScreenSaver: call<[Pointer, Int32Array, Int32Array, Int32Array, Int32Array], number>(
      x11,
      'int XGetScreenSaver(void *display, void *timeout, void *interval, void *preferBlanking, void *allowExposures)',
    ),
    setScreenSaver: call<[Pointer, number, number, number, number], number>(
      x11,
      'int XSetScreenSaver(void *display, int timeout, int interval, int preferBlanking, int allowExposures)',
    ),
    createImage: call<[Pointer, Pointer, number, number, number, Uint8Array, number, number, number, number], Pointer>(
      x11,
      'void *XCreateImage(void *display, void *visual, uint depth, int format, int offset, void *data, uint width, uint height, int pad, int stride)',
    ),
    putImage: call<[Pointer, number, Pointer, Pointer, number, number, number, number, number, number], number>(
      x11,
      'int XPutImage(void *display, ulong drawable, void *gc, void *image, int sourceX, int sourceY, int x, int y, uint width, uint height)',
    ),
    free: call<[Pointer], number>(x11, 'int XFree(void *data)'),
    shmget: call<[number, number, number], number>(libc, 'int shmget(int key, size_t size, int flags)'),
    shmat: call<[number, Uint8Array, number], Pointer>(libc, 'void *shmat(int id, void *address, int flags)'),
    shmctl: call<[number, number, null], number>(libc, 'int shmctl(int id, int command, void *buffer)'),
    mmap: call<[Uint8Array, number, number, number, number, number], Pointer>(
      libc,
      'void *mmap(void *address, size_t bytes, int protection, int flags, int file, int64 offset)',
    ),
  };
}

export type Xlib = ReturnType<typeof bind>;

let bound: Xlib | undefined;

/** Binds the libraries once a thread. Throws where they are not installed. */
export function xlib(): Xlib {
  bound ??= bind();
  return bound;
}
