/** The mouse of an X server: moved as a person would, and looked at. */
import { foreign, koffi, library, type Pointer } from '../../runtime/core/foreign';

const x11 = library('libX11.so.6');
const open = foreign<[string], Pointer>(x11, 'void *XOpenDisplay(const char *name)');
const close = foreign<[Pointer], number>(x11, 'int XCloseDisplay(void *display)');

/** Sends requests to a server over a connection of their own. */
function on<T>(display: string, request: (connection: Pointer) => T): T {
  const connection = open(display);
  if (connection === null) throw new Error(`there is no X server ${display}`);
  try {
    return request(connection);
  } finally {
    // Sends everything first.
    close(connection);
  }
}

/** Puts the pointer at a place of the screen, in pixels. */
export function movePointer(display: string, xPx: number, yPx: number): void {
  const root = foreign<[Pointer], number>(x11, 'unsigned long XDefaultRootWindow(void *display)');
  const warp = foreign<[Pointer, number, number, ...number[]], number>(
    x11,
    'int XWarpPointer(void *display, unsigned long from, unsigned long to, int, int, unsigned int, unsigned int, int x, int y)',
  );
  on(display, (connection) => warp(connection, 0, root(connection), 0, 0, 0, 0, xPx, yPx));
}

/** Pixels of the pointer, of any size, that cover something; 0 where it is hidden. */
export function pointerPixels(display: string): number {
  const fixes = library('libXfixes.so.3');
  const query = foreign<[Pointer, number[], number[]], number>(
    fixes,
    'int XFixesQueryExtension(void *display, _Out_ int *event, _Out_ int *error)',
  );
  const image = foreign<[Pointer], Pointer>(fixes, 'void *XFixesGetCursorImage(void *display)');
  const free = foreign<[Pointer], number>(x11, 'int XFree(void *data)');
  return on(display, (connection) => {
    query(connection, [0], [0]);
    const cursor = image(connection);
    if (cursor === null) throw new Error(`the X server ${display} does not show its pointer`);
    // XFixesCursorImage: place, size, hot spot (16 bits each), serial (64), address of the pixels, a long for each, ARGB in its low half.
    const [widthPx, heightPx] = [koffi().decode(cursor, 4, 'uint16'), koffi().decode(cursor, 6, 'uint16')] as number[];
    const pixels = koffi().decode(cursor, 24, 'void *') as Pointer;
    const argb = koffi().decode(pixels, koffi().array('uint64', widthPx! * heightPx!)) as (number | bigint)[];
    free(cursor);
    return argb.filter((pixel) => Number(BigInt(pixel) & 0xffffffffn) >= 0x1000000).length;
  });
}
