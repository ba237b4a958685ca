/** Foreign calls: koffi, required where it is first used, with its types (its own are declared for ES modules only). */
import { createRequire } from 'node:module';
import type * as Koffi from 'koffi' with { 'resolution-mode': 'import' };

let loaded: typeof Koffi | undefined;

/** The library itself; loading it takes about 10 ms, once a thread. */
export function koffi(): typeof Koffi {
  loaded ??= createRequire(__filename)('koffi') as typeof Koffi;
  return loaded;
}

/** Whether a foreign call costs this thread nothing to load. */
export const isKoffiLoaded = (): boolean => loaded !== undefined;

export type Library = Koffi.LibraryHandle;

const libraries = new Map<string | null, Library>();

/**
 * A library by the name of its file; null is the program itself. Kept as long as the thread lives: libraries hand addresses of their
 * own to others (libXrandr has itself called when a display is closed), and koffi unloads one that nobody holds any more.
 * Throws where it is not installed.
 */
export function library(name: string | null): Library {
  const known = libraries.get(name) ?? koffi().load(name);
  libraries.set(name, known);
  return known;
}

/** An address in this process; null for none. */
export type Pointer = bigint | null;

/** A foreign function with its arguments and result typed by hand from its prototype. */
export function foreign<A extends readonly unknown[], R>(library: Library, prototype: string): (...args: A) => R {
  return library.func(prototype);
}
