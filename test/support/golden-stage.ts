/** Stages that are drawn and held against the reference compositor, wherever their frames come from. */
import { constant } from '../../runtime/stage/envelope';
import type { Edge, Layer, PictureRef } from '../../runtime/stage/layer';
import { arrival, departure, type TransitionKind } from '../../runtime/stage/transitions';
import { noise, veil } from './images';
import { composeReference, worstDifference, type Image, type Shown } from './reference-compositor';
import { card, overlay } from './render-rig';

export type Turn = 0 | 90 | 180 | 270;
export type Picture = { readonly ref: PictureRef; readonly image: Image };
type Change = Parameters<typeof card>[2];

/** Rounding to whole levels, once for each of weight, row and layer. */
export const TOLERANCE = 2;

let lastId = 0;

/** Where frames come from. */
export interface Source {
  put(image: Image): { readonly ref: PictureRef };
  /** BGRX as scanned out. */
  frameOf(layers: readonly Layer[], atMs: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** A stage of an upright size, and the reference beside it. */
export class GoldenStage {
  constructor(
    readonly source: Source,
    readonly widthPx: number,
    readonly heightPx: number,
    readonly turn: Turn,
  ) {}

  put(image: Image): Picture {
    return { ref: this.source.put(image).ref, image };
  }

  /** Noise of the stage's size or a share of it. */
  picture(seed: number, shareX = 1, shareY = shareX): Picture {
    const size = (px: number, share: number): number => Math.max(1, Math.round(px * share));
    return this.put(noise(size(this.widthPx, shareX), size(this.heightPx, shareY), seed));
  }

  card({ ref, image }: Picture, change?: Change): Shown {
    return { layer: card((lastId += 1), ref, change), image };
  }

  overlay({ ref, image }: Picture, leftPx: number, topPx: number, change?: Partial<Layer>): Shown {
    return { layer: overlay((lastId += 1), ref, leftPx, topPx, change), image };
  }

  transition(
    kind: TransitionKind,
    from: Picture,
    to: Picture,
    fromMs: number,
    untilMs: number,
    change?: Change,
  ): Shown[] {
    const span = { kind, fromMs, untilMs };
    return [this.card(from, { ...change, ...departure(span) }), this.card(to, { ...change, fromMs, ...arrival(span) })];
  }

  /** The largest difference between the frame and the reference, in levels of 255. */
  async worst(shown: readonly Shown[], atMs: number): Promise<number> {
    const { widthPx, heightPx, turn } = this;
    const frame = await this.source.frameOf(
      shown.map(({ layer }) => layer),
      atMs,
    );
    return worstDifference(frame, composeReference(widthPx, heightPx, shown, atMs), widthPx, heightPx, turn);
  }
}

/** What every way to a screen has to show. */
export const GOLDENS: readonly (readonly [name: string, check: (stage: GoldenStage) => Promise<void>])[] = [
  [
    'shows pictures one to one, enlarged, reduced and between bars',
    async (stage: GoldenStage) => {
      expect(await stage.worst([], 0)).toBe(0);
      expect(await stage.worst([stage.card(stage.picture(1))], 0)).toBeLessThan(1e-6);
      expect(await stage.worst([stage.card(stage.picture(2, 0.37, 0.61))], 0)).toBeLessThanOrEqual(TOLERANCE);
      expect(await stage.worst([stage.card(stage.picture(3, 1.1))], 0)).toBeLessThanOrEqual(TOLERANCE);
      for (const [seed, x, y] of [
        [4, 1, 0.5],
        [5, 0.3, 1],
        [6, 0.4, 0.1],
      ] as const) {
        const shown = stage.card(stage.picture(seed, x, y), { card: { fit: 'contain', background: 0x3080f0 } });
        expect(await stage.worst([shown], 0)).toBeLessThanOrEqual(TOLERANCE);
      }
    },
  ],

  [
    'makes every transition',
    async (stage: GoldenStage) => {
      const [a, b, wide] = [stage.picture(11), stage.picture(12), stage.picture(13, 0.9, 0.4)] as const;
      for (const kind of ['cut', 'crossfade', 'fade-through-black', 'slide', 'wipe'] as const) {
        for (const atMs of [100, 137, 250, 444, 499, 500]) {
          expect(await stage.worst(stage.transition(kind, a, b, 100, 500), atMs)).toBeLessThanOrEqual(TOLERANCE);
          const barred = stage.transition(kind, wide, b, 100, 500, { card: { fit: 'contain', background: 0x405060 } });
          expect(await stage.worst(barred, atMs)).toBeLessThanOrEqual(TOLERANCE);
        }
      }
    },
  ],

  [
    'uncovers a card from each of its edges',
    async (stage: GoldenStage) => {
      const [a, b] = [stage.picture(21), stage.picture(22, 0.8)] as const;
      for (const revealEdge of ['left', 'right', 'top', 'bottom'] satisfies Edge[]) {
        for (const share of [0, 0.3, 0.77]) {
          const shown = [stage.card(a), stage.card(b, { reveal: constant(share), revealEdge })];
          expect(await stage.worst(shown, 0)).toBeLessThanOrEqual(TOLERANCE);
        }
      }
    },
  ],

  [
    'lays pictures with transparency over it, also beyond its edges',
    async (stage: GoldenStage) => {
      const below = stage.picture(31);
      const text = stage.put(veil(Math.ceil(stage.widthPx * 0.6), Math.ceil(stage.heightPx * 0.4), 32));
      for (const [left, top] of [
        [0.1, 0.5],
        [-0.3, -0.2],
        [0.7, 0.9],
        [1, 1],
        [-2, 0],
      ] as const) {
        for (const opacity of [1, 0.6, 0.01, 0]) {
          const over = stage.overlay(text, Math.round(left * stage.widthPx), Math.round(top * stage.heightPx), {
            opacity: constant(opacity),
          });
          expect(await stage.worst([stage.card(below), over], 0)).toBeLessThanOrEqual(TOLERANCE);
        }
      }
    },
  ],

  [
    'moves slowly over a picture',
    async (stage: GoldenStage) => {
      const picture = stage.picture(41, 1.15);
      for (const zoom of [1.02, 1.15, 3]) {
        const motion = {
          fromMs: 0,
          untilMs: 1000,
          from: { centreX: 0.5, centreY: 0.5, zoom: 1 },
          to: { centreX: 0.7, centreY: 0.2, zoom },
        };
        for (const atMs of [-5, 0, 1, 333, 999, 1200]) {
          for (const fit of ['cover', 'contain'] as const) {
            const shown = stage.card(picture, { fromMs: -10, card: { motion, fit } });
            expect(await stage.worst([shown], atMs)).toBeLessThanOrEqual(TOLERANCE);
          }
        }
      }
    },
  ],
];
