/** What the test may ask of the program in the machine, one line of JSON each; every order is answered with a line. */
import type { Recipe } from '../support/images';

export type Order =
  /**
   * A stage to show: layers as `node:v8` serialises them, in base64, and what each shows. Answered with the digest of the frame's
   * colours, BGR0.
   */
  | { readonly kind: 'frame'; readonly layers: string; readonly pictures: readonly Recipe[]; readonly atMs: number }
  /** The test card, at this size. */
  | { readonly kind: 'card'; readonly widthPx: number; readonly heightPx: number }
  /** What happened to the display so far. */
  | { readonly kind: 'events' }
  | { readonly kind: 'power'; readonly on: boolean }
  /** Ends the program; answered with the rate of a crossfade that is not timed. */
  | { readonly kind: 'close' };
