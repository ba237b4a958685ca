/** The chain of outputs: the order in which they are tried is the fall-back policy; every attempt is recorded. */
import { messageOf } from '../core/errors';
import { nullOutput } from './null';
import { offscreenOutput } from './offscreen';
import type { Output, OutputName, OutputRequest, OutputSpec } from './output';
import { waylandOutput } from './wayland';
import { x11Output } from './x11';

/** Best first. A Wayland desktop also offers X11, second-hand: so Wayland comes before it. */
export const OUTPUTS: readonly OutputSpec[] = [waylandOutput, x11Output, offscreenOutput, nullOutput];

export interface Attempt {
  readonly output: OutputName;
  readonly outcome: 'ok' | 'does-not-fit' | 'failed';
  readonly reason: string;
  readonly ms: number;
}

export interface Opened {
  /** Undefined when none could be opened; only possible where one was named. */
  readonly output: Output | undefined;
  readonly attempts: readonly Attempt[];
}

/** Tries the outputs in order, or the one that was named. */
export function openFirst(wanted: OutputName | 'auto', request: OutputRequest, specs = OUTPUTS): Opened {
  const attempts: Attempt[] = [];
  for (const spec of specs) {
    if (wanted !== 'auto' && spec.name !== wanted) continue;
    const startMs = performance.now();
    const record = (outcome: Attempt['outcome'], reason: string): void => {
      attempts.push({ output: spec.name, outcome, reason, ms: Math.round((performance.now() - startMs) * 10) / 10 });
    };
    const fit = spec.fits(request.env);
    // A named output is tried even where it does not seem to fit: its own error says more than a guess.
    if (!fit.fits && wanted === 'auto') {
      record('does-not-fit', fit.because);
      continue;
    }
    try {
      const output = spec.open(request);
      record('ok', output.driver);
      return { output, attempts };
    } catch (cause) {
      record('failed', messageOf(cause));
    }
  }
  return { output: undefined, attempts };
}

/** The outputs that would be preferred over the one in use, and seem to be there now. */
export function betterThan(
  current: OutputName,
  wanted: OutputName | 'auto',
  env: OutputRequest['env'],
  specs = OUTPUTS,
): OutputSpec[] {
  const order = specs.findIndex((spec) => spec.name === current);
  return specs.filter(
    (spec, index) =>
      (wanted === 'auto' ? index < order : spec.name === wanted && spec.name !== current) && spec.fits(env).fits,
  );
}
