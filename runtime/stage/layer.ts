/** Layers: what is on the stage, in words that every renderer shares. No pixels and no pixel formats. */
import type { Envelope } from './envelope';

/** A picture in the store. Sizes are upright, in px; a reused slot has another generation. */
export interface PictureRef {
  readonly slot: number;
  readonly generation: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** A running clip: a ring of frames in the arena. Sizes are upright, as shown with square pixels, in px. */
export interface ClipRef {
  /** Which place of the clip table. */
  readonly clip: number;
  readonly generation: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** What a layer shows. */
export type SourceRef = PictureRef | ClipRef;

export const isClip = (ref: SourceRef): ref is ClipRef => 'clip' in ref;

/** 0xRRGGBB. */
export type Rgb = number;

/** What part of the fitted picture is seen: its centre (0 to 1 over the picture) and how much it is enlarged (1 or more). */
export interface View {
  readonly centreX: number;
  readonly centreY: number;
  readonly zoom: number;
}

/** A slow move over the picture, in stage ms. Before it the view rests. */
export interface Motion {
  readonly fromMs: number;
  readonly untilMs: number;
  /** Turns softly after `untilMs` and swings between the views for as long as the layer is there; without it the view rests. */
  readonly swings?: boolean;
  readonly from: View;
  readonly to: View;
}

/**
 * A picture that covers the whole stage like a card: the picture fitted, the background beside it.
 * Both take part in the transition.
 */
export interface CardPlacement {
  readonly kind: 'card';
  readonly fit: 'cover' | 'contain';
  readonly background: Rgb;
  readonly motion?: Motion;
}

/** A picture with transparency shown at its own size in stage px, its top left corner given in stage px. */
export interface OverlayPlacement {
  readonly kind: 'overlay';
  readonly leftPx: number;
  readonly topPx: number;
}

/** The edge from which a wipe uncovers a card. */
export type Edge = 'left' | 'right' | 'top' | 'bottom';

/** One picture source on the stage with its envelopes. Times are stage ms. */
export interface Layer {
  readonly id: number;
  /** Higher is nearer to the viewer; among equals the later added. */
  readonly plane: number;
  readonly picture: SourceRef;
  readonly placement: CardPlacement | OverlayPlacement;
  readonly fromMs: number;
  /**
   * Begins when the clip of this layer has shown its last frame, and ends that layer: the seam is where the clip truly ends,
   * whatever `fromMs` expected. Without effect where that layer is gone or shows no clip.
   */
  readonly follows?: number | undefined;
  /** The clip of this layer moves from here on; its first frame stands before. Without it, or where that is over, it moves at once. */
  readonly movesMs?: number | undefined;
  /** First instant at which it is no longer on the stage; Infinity until amended. */
  readonly untilMs: number;
  /** 0 to 1. */
  readonly opacity: Envelope;
  /** In stage widths; positive is to the right. */
  readonly offsetX: Envelope;
  /** In stage heights; positive is down. */
  readonly offsetY: Envelope;
  /** Share of the card uncovered from `revealEdge`, 0 to 1. */
  readonly reveal: Envelope;
  readonly revealEdge: Edge;
}

/** The members of a layer that change over time: who asks whether it moves has to look at all of them. */
export const ENVELOPES = ['opacity', 'offsetX', 'offsetY', 'reveal'] as const;
