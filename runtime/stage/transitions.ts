/** Transitions: how the coming and the going card move past each other, as envelopes. Pure; every renderer draws the same. */
import { constant, ramp } from './envelope';
import type { ENVELOPES, Layer } from './layer';
import type { LayerChange } from './commands';

export type TransitionKind = 'cut' | 'crossfade' | 'fade-through-black' | 'slide' | 'wipe';

export interface TransitionSpan {
  readonly kind: TransitionKind;
  readonly fromMs: number;
  readonly untilMs: number;
}

type Moves = Pick<Layer, (typeof ENVELOPES)[number] | 'revealEdge'>;

/** Nothing of a card moves. */
export const AT_REST: Moves = {
  opacity: constant(1),
  offsetX: constant(0),
  offsetY: constant(0),
  reveal: constant(1),
  revealEdge: 'left',
};

/** How a card comes in. */
export function arrival({ kind, fromMs, untilMs }: TransitionSpan): Moves {
  const middleMs = (fromMs + untilMs) / 2;
  switch (kind) {
    case 'cut':
      return AT_REST;
    case 'crossfade':
      return { ...AT_REST, opacity: ramp(fromMs, 0, untilMs, 1) };
    case 'fade-through-black':
      return { ...AT_REST, opacity: ramp(middleMs, 0, untilMs, 1) };
    case 'slide':
      return { ...AT_REST, offsetX: ramp(fromMs, 1, untilMs, 0, true) };
    case 'wipe':
      return { ...AT_REST, reveal: ramp(fromMs, 0, untilMs, 1, true) };
  }
}

/** What becomes of the card that was there. It leaves the stage when the transition is over. */
export function departure({ kind, fromMs, untilMs }: TransitionSpan): LayerChange {
  switch (kind) {
    case 'cut':
      return { untilMs: fromMs };
    case 'crossfade':
    case 'wipe':
      return { untilMs };
    case 'fade-through-black':
      return { untilMs: (fromMs + untilMs) / 2, opacity: ramp(fromMs, 1, (fromMs + untilMs) / 2, 0) };
    case 'slide':
      return { untilMs, offsetX: ramp(fromMs, 0, untilMs, -1, true) };
  }
}
