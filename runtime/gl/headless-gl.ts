/** The package `gl` as a context: WebGL without a window, drawn through an X server. It is optional and built by hand. */
import { createRequire } from 'node:module';
import { messageOf } from '../core/errors';
import { proveFirstDraw } from './first-draw';
import { driverOf, GL, type Gl, type GlContext } from './gl';

interface HeadlessGl extends Gl {
  getExtension(name: 'STACKGL_destroy_context'): { destroy(): void };
  /** The driver's own answer; `getParameter` names the package in place of the driver. Not part of what the package documents. */
  _getParameterDirect?(name: number): unknown;
}

/** What the package exports. */
export type CreateHeadlessGl = (
  widthPx: number,
  heightPx: number,
  attributes: Readonly<Record<'alpha' | 'depth' | 'stencil' | 'antialias', boolean>>,
) => HeadlessGl | null;

const loadPackage = (): CreateHeadlessGl => createRequire(__filename)('gl') as CreateHeadlessGl;

/** What to do about a package that does not load. */
function whyNotLoaded(cause: unknown): string {
  const reason = messageOf(cause).split('\n')[0]!;
  return reason.includes('did not self-register')
    ? 'the package gl serves only the first thread of a process that loads it'
    : `the package gl is missing or not built; run npm run setup:gl (${reason})`;
}

/**
 * Opens a context of this size, current on this thread, that has proven that it draws. The X server is the one that DISPLAY names
 * in the environment the process was started with. Throws with the reason in words; nothing is held then.
 */
export function openHeadlessGl(widthPx: number, heightPx: number, load = loadPackage): GlContext {
  let create: CreateHeadlessGl;
  try {
    create = load();
  } catch (cause) {
    throw new Error(whyNotLoaded(cause), { cause });
  }
  const gl = create(widthPx, heightPx, { alpha: false, depth: false, stencil: false, antialias: false });
  if (gl === null)
    throw new Error('the package gl gives no context; it needs an X server (DISPLAY), for which Xvfb will do');
  const close = (): void => gl.getExtension('STACKGL_destroy_context').destroy();
  try {
    proveFirstDraw(gl);
    const getParameter = (name: number): unknown =>
      // WebGL names its extensions elsewhere, and has not that of the driver we would use.
      name === GL.EXTENSIONS ? '' : (gl._getParameterDirect ?? gl.getParameter).call(gl, name);
    const swap = (): boolean => {
      gl.finish();
      return true;
    };
    // The package offers no more than WebGL 1, whatever the driver could do.
    const driver = { ...driverOf({ getParameter }), hasPixelBuffers: false };
    return { gl, driver, widthPx, heightPx, swap, close };
  } catch (cause) {
    close();
    throw cause;
  }
}
