/** The chain of backends: the order in which they are tried is the fall-back policy; every attempt is recorded. */
import { messageOf } from '../core/errors';
import { fbdevOutput } from './fbdev';
import { kmsGl, offscreenGl, waylandGl, x11Gl } from './gl-output';
import { kmsOutput } from './kms';
import { nullOutput } from './null';
import { offscreenOutput } from './offscreen';
import type { Output, OutputName, OutputRequest, OutputSpec, RendererName, Surroundings } from './output';
import { waylandOutput } from './wayland';
import { x11Output } from './x11';

/**
 * Best first. A Wayland desktop also offers X11, second-hand: so Wayland comes before it. Where there is a desktop, it owns the
 * cards: so the console comes after both. The framebuffer device cannot flip pages: so it comes last of what shows anything.
 */
export const BACKENDS: readonly OutputSpec[] = [
  waylandGl,
  waylandOutput,
  x11Gl,
  x11Output,
  kmsGl,
  kmsOutput,
  fbdevOutput,
  offscreenOutput,
  offscreenGl,
  nullOutput,
];

/** Which backends may be taken. */
export interface Wanted {
  readonly output: OutputName | 'auto';
  readonly renderer: RendererName | 'auto';
}

/** A backend that was found unusable before: it is passed over with its reason. */
export interface Excluded {
  readonly output: OutputName;
  readonly renderer: RendererName;
  readonly reason: string;
}

export interface Attempt {
  readonly output: OutputName;
  readonly renderer: RendererName;
  readonly outcome: 'ok' | 'does-not-fit' | 'failed';
  readonly reason: string;
  readonly ms: number;
}

export interface Opened {
  /** Undefined when none could be opened; only possible where one was named. */
  readonly output: Output | undefined;
  readonly attempts: readonly Attempt[];
}

export const rendererOf = (output: Output): RendererName => (output.context === undefined ? 'cpu' : 'gl');

/** Tries the wanted backends in order. What was named, output or renderer, is tried even where it does not seem to fit. */
export function openFirst(
  wanted: Wanted,
  request: OutputRequest,
  excluded: readonly Excluded[] = [],
  backends = BACKENDS,
): Opened {
  const attempts: Attempt[] = [];
  for (const spec of backends.filter((backend) => isWanted(backend, wanted))) {
    const startMs = performance.now();
    const record = (outcome: Attempt['outcome'], reason: string): void => {
      const ms = Math.round((performance.now() - startMs) * 10) / 10;
      attempts.push({ output: spec.name, renderer: spec.renderer, outcome, reason, ms });
    };
    const because = whyNot(spec, wanted, request, excluded);
    if (because !== undefined) {
      record('does-not-fit', because);
      continue;
    }
    try {
      const output = spec.open(request);
      const slow = wanted.renderer === 'auto' ? softwareOf(output) : undefined;
      if (slow === undefined) {
        record('ok', output.driver);
        return { output, attempts };
      }
      output.close();
      record('does-not-fit', slow);
    } catch (cause) {
      record('failed', messageOf(cause));
    }
  }
  return { output: undefined, attempts };
}

/** The backends that would be tried, in order. */
export function mightTake(wanted: Wanted, surroundings: Surroundings, backends = BACKENDS): OutputSpec[] {
  return backends.filter((spec) => isWanted(spec, wanted) && whyNot(spec, wanted, surroundings, []) === undefined);
}

/** Whether the settings allow the backend. */
export function isWanted({ name, renderer }: OutputSpec, wanted: Wanted): boolean {
  return (
    (wanted.output === 'auto' || wanted.output === name) && (wanted.renderer === 'auto' || wanted.renderer === renderer)
  );
}

/** Why a wanted backend would not even be opened; undefined where it would. */
export function whyNot(
  spec: OutputSpec,
  wanted: Wanted,
  surroundings: Surroundings,
  excluded: readonly Excluded[],
): string | undefined {
  const known = excluded.find(({ output, renderer }) => output === spec.name && renderer === spec.renderer);
  if (known !== undefined) return known.reason;
  // A named one is tried even where it does not seem to fit: its own error says more than a guess.
  if (wanted.output !== 'auto' && (wanted.renderer !== 'auto' || spec.renderer === 'cpu')) return undefined;
  if (spec.renderer === 'gl' && wanted.renderer === 'auto' && !surroundings.drivers.some(drawsByItself))
    return 'no graphics driver that draws by itself';
  if (wanted.output !== 'auto') return undefined;
  const fit = spec.fits(surroundings);
  return fit.fits ? undefined : fit.because;
}

/** Kernel drivers of cards that only show what the CPU has drawn. */
const SHOW_ONLY = new Set(
  ['bochs-drm', 'bochs', 'simpledrm', 'simple-framebuffer', 'cirrus', 'ast', 'mgag200', 'hyperv_drm'].concat([
    'efifb',
    'vesafb',
    'udl',
    'gud',
    'vkms',
    'vgem',
  ]),
);

function drawsByItself(driver: string): boolean {
  return !SHOW_ONLY.has(driver);
}

/** Why an open output is not worth taking: GL on the CPU is ten times slower than the `cpu` renderer. */
function softwareOf({ context }: Output): string | undefined {
  return context?.driver.software === true
    ? `${context.driver.renderer} draws on the CPU, where the cpu renderer is faster`
    : undefined;
}

/** The backends that would be preferred over the one in use, and seem to be there now. */
export function betterThan(
  current: { readonly output: OutputName; readonly renderer: RendererName },
  wanted: Wanted,
  surroundings: Surroundings,
  excluded: readonly Excluded[] = [],
  backends = BACKENDS,
): OutputSpec[] {
  const order = backends.findIndex(({ name, renderer }) => name === current.output && renderer === current.renderer);
  return backends.filter(
    (spec, index) =>
      isWanted(spec, wanted) &&
      // The same display with another renderer is no reason to leave a picture that is on.
      spec.name !== current.output &&
      (wanted.output === 'auto' ? index < order || order < 0 : true) &&
      whyNot(spec, { ...wanted, output: 'auto' }, surroundings, excluded) === undefined,
  );
}
