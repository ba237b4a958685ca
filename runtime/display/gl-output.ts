/** Outputs for the `gl` renderer: a GL context on each kind of display, and how its frames are shown. */
import { GL } from '../gl/gl';
import { openHeadlessGl } from '../gl/headless-gl';
import { DEFAULT_REFRESH_HZ, DEFAULT_SIZE } from './output';
import type { Fits, Output, OutputEvent, OutputName, OutputRequest, OutputSpec, Pace, Surroundings } from './output';
import { powerBorrowedCard } from './drm-power';
import { chosenCard } from './drm-screen';
import { BorrowedScreen } from './drm-watch';
import { systemKernel } from './kernel';
import { kmsOutput } from './kms';
import { openSdlContext, type SdlGlContext } from './sdl-context';
import { asked, checkCompositor, waylandOutput } from './wayland';
import { holdServer, powerX11, x11Output } from './x11';

class GlOutput implements Output {
  readonly driver: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly refreshHz: number;
  readonly pace: Pace;
  readonly power?: (on: boolean) => string;
  readonly hold?: () => () => void;
  broken: string | undefined;
  /**
   * Without a display nothing takes the frames: unfinished ones would pile up in the driver by the thousand. On the console a GPU's
   * buffers are waited for by the kernel; those of GL on the CPU are not, and would be shown half drawn, or black.
   */
  private readonly mustFinish: boolean;

  constructor(
    readonly name: OutputName,
    readonly context: SdlGlContext,
    power?: (on: boolean) => string,
    private readonly screen?: BorrowedScreen,
    hold?: () => () => void,
  ) {
    if (power !== undefined) this.power = power;
    if (hold !== undefined) this.hold = hold;
    this.mustFinish = name === 'offscreen' || (name === 'kms' && context.driver.software);
    this.pace = name === 'offscreen' ? 'timer' : 'swap';
    this.driver = `${context.driver.renderer}, ${context.sdlDriver}`;
    ({ widthPx: this.widthPx, heightPx: this.heightPx, refreshHz: this.refreshHz } = context);
  }

  attach(): void {}

  present(): boolean {
    const { context } = this;
    const error = context.gl.getError();
    if (error !== GL.NO_ERROR) {
      this.broken = `it reported GL error 0x${error.toString(16)} while the show was on`;
      return false;
    }
    if (this.mustFinish) context.gl.finish();
    return context.swap();
  }

  poll(): OutputEvent {
    const event = this.context.poll();
    return event === 'none' && this.screen !== undefined ? this.screen.poll() : event;
  }

  close(): void {
    this.screen?.close();
    this.context.close();
  }
}

/** SDL's name of the driver for each display. */
const DRIVERS = { wayland: 'wayland', x11: 'x11', kms: 'KMSDRM', offscreen: 'offscreen' } as const;

function glOutput(
  name: keyof typeof DRIVERS,
  fits: (surroundings: Surroundings) => Fits,
  around: (request: OutputRequest, open: () => SdlGlContext) => SdlGlContext = (_request, open) => open(),
): OutputSpec {
  return {
    name,
    renderer: 'gl',
    fits,
    open(request) {
      const { size, env } = request;
      // A desktop's modes are not ours to change.
      const rates = name === 'kms' ? (request.rates ?? []) : [];
      const card = name === 'kms' ? { cardNumber: chosenCard(systemKernel) } : {};
      const beside = name === 'wayland' ? asked(env) : {};
      const vsync = name !== 'offscreen';
      const context = around(request, () =>
        openSdlContext({ driver: DRIVERS[name], ...card, ...beside, size, env, rates, vsync }),
      );
      if (name === 'kms') setMode(context);
      const hold = name === 'x11' ? () => holdServer(displayOf(env)) : undefined;
      return new GlOutput(name, context, screenSwitch(name, context, env), screenWatch(context, size), hold);
    },
  };
}

/**
 * The first swap on the console sets the screen's mode, which may take long and shows nothing on some cards (virtio-gpu): a black
 * frame, so that the first picture is flipped to like every other.
 */
function setMode(context: SdlGlContext): void {
  const { gl } = context;
  gl.clearColor(0, 0, 0, 1);
  gl.clear(GL.COLOR_BUFFER_BIT);
  gl.finish();
  if (context.swap()) return;
  context.close();
  throw new Error('the screen refused its mode');
}

/** Opens an output of an X server. The server does not restart meanwhile. */
function onServer<T>({ env }: OutputRequest, open: () => T): T {
  const release = holdServer(displayOf(env));
  try {
    return open();
  } finally {
    release();
  }
}

const displayOf = (env: OutputRequest['env']): string => env['DISPLAY'] ?? ':0';

/** SDL says nothing of screens of the console that go or change. */
function screenWatch(context: SdlGlContext, size: OutputRequest['size']): BorrowedScreen | undefined {
  const file = context.drmFile();
  return file === undefined ? undefined : new BorrowedScreen(systemKernel, file, size, context);
}

function screenSwitch(
  name: OutputName,
  context: SdlGlContext,
  env: OutputRequest['env'],
): ((on: boolean) => string) | undefined {
  if (name === 'x11') return (on) => powerX11(displayOf(env), on);
  const file = context.drmFile();
  return file === undefined ? undefined : (on) => powerBorrowedCard(systemKernel, file, on);
}

const byNameOnly = (): Fits => ({ fits: false, because: 'only ever chosen by name: nobody sees what it draws' });

export const waylandGl = glOutput('wayland', waylandOutput.fits, ({ env }, open) => {
  checkCompositor(env);
  return open();
});
/**
 * Not by itself: SDL's connections end the process together with their X server (docs/adr/001-x11-through-xlib.md), and the
 * `cpu` renderer's output survives it.
 */
export const x11Gl = glOutput(
  'x11',
  (surroundings) => {
    const fit = x11Output.fits(surroundings);
    return fit.fits
      ? { fits: false, because: 'taken only where x11 is asked for: GL does not survive its X server' }
      : fit;
  },
  onServer,
);
export const kmsGl = glOutput('kms', kmsOutput.fits);

/** SDL's off-screen driver where it draws, else the package `gl`, which needs an X server. */
export const offscreenGl: OutputSpec = {
  name: 'offscreen',
  renderer: 'gl',
  fits: byNameOnly,
  open(request) {
    try {
      return glOutput('offscreen', byNameOnly).open(request);
    } catch (cause) {
      const { widthPx, heightPx } = request.size ?? DEFAULT_SIZE;
      let context: ReturnType<typeof openHeadlessGl>;
      try {
        context = onServer(request, () => openHeadlessGl(widthPx, heightPx));
      } catch {
        throw cause;
      }
      const windowless = {
        ...context,
        sdlDriver: 'none',
        refreshHz: DEFAULT_REFRESH_HZ,
        poll: () => 'none' as const,
        drmFile: () => undefined,
      };
      return new GlOutput('offscreen', windowless);
    }
  },
};
