import * as fc from 'fast-check';
import { constant, ramp } from '../../../runtime/stage/envelope';
import type { Edge, Layer, PictureRef } from '../../../runtime/stage/layer';
import { arrival, departure, type TransitionKind } from '../../../runtime/stage/transitions';
import { DrawingBoard } from '../../support/drawing-board';
import { noise, veil } from '../../support/images';
import { composeReference, worstDifference, type Image, type Shown } from '../../support/reference-compositor';
import { card, openRig, overlay } from '../../support/render-rig';

type Turn = 0 | 90 | 180 | 270;
type Picture = { readonly ref: PictureRef; readonly image: Image };
type Change = Parameters<typeof card>[2];

/** Rounding to whole levels, once for each of weight, row and layer. */
const TOLERANCE = 2;

let lastId = 0;

/** Where frames come from. */
interface Source {
  put(image: Image): { readonly ref: PictureRef };
  frameOf(layers: readonly Layer[], atMs: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

const lies = (turn: Turn): boolean => turn === 90 || turn === 270;

/** The renderer alone. */
function boardOf(widthPx: number, heightPx: number, turn: Turn): Source {
  const board = lies(turn) ? new DrawingBoard(heightPx, widthPx, turn) : new DrawingBoard(widthPx, heightPx, turn);
  return {
    put: (image) => board.put(image),
    async frameOf(layers, atMs) {
      board.clear();
      board.add(...layers);
      board.draw(atMs);
      return board.frame;
    },
    close: async () => board.close(),
  };
}

/** The renderer on its thread, as a show drives it; sizes upright. */
async function threadOf(
  widthPx: number,
  heightPx: number,
  turn: Turn = 0,
  renderer: 'cpu' | 'gl' = 'cpu',
): Promise<Source> {
  const [width, height] = lies(turn) ? [heightPx, widthPx] : [widthPx, heightPx];
  const rig = await openRig({ widthPx: width, heightPx: height, turn, renderer });
  return {
    put: (image) => rig.put(image),
    async frameOf(layers, atMs) {
      await rig.settle(...layers.map((layer) => rig.stage.add(layer, () => {})), ...rig.clockAt(atMs));
      const frame = await rig.capture();
      rig.stage.send(...layers.map(({ id }) => ({ op: 'remove', id }) as const));
      return frame;
    },
    close: () => rig.close(),
  };
}

/** A stage of an upright size, and the reference beside it. */
class Comparison {
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

const SIZES = [
  [1, 1],
  [17, 13],
  [90, 161],
  [641, 359],
] as const;

describe.each(['cpu', 'gl'] as const)('the %s renderer', (renderer) => {
  describe.each(
    SIZES.flatMap(([widthPx, heightPx]) =>
      ([0, 90, 180, 270] as const).map((turn) => [widthPx, heightPx, turn] as const),
    ),
  )('on a stage of %i x %i turned by %i', (widthPx, heightPx, turn) => {
    let stage: Comparison;
    beforeAll(async () => {
      const source =
        renderer === 'cpu' ? boardOf(widthPx, heightPx, turn) : await threadOf(widthPx, heightPx, turn, renderer);
      stage = new Comparison(source, widthPx, heightPx, turn);
    });
    afterAll(() => stage.source.close());

    it('shows pictures one to one, enlarged, reduced and between bars', async () => {
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
    });

    it('makes every transition', async () => {
      const [a, b, wide] = [stage.picture(11), stage.picture(12), stage.picture(13, 0.9, 0.4)] as const;
      for (const kind of ['cut', 'crossfade', 'fade-through-black', 'slide', 'wipe'] as const) {
        for (const atMs of [100, 137, 250, 444, 499, 500]) {
          expect(await stage.worst(stage.transition(kind, a, b, 100, 500), atMs)).toBeLessThanOrEqual(TOLERANCE);
          const barred = stage.transition(kind, wide, b, 100, 500, { card: { fit: 'contain', background: 0x405060 } });
          expect(await stage.worst(barred, atMs)).toBeLessThanOrEqual(TOLERANCE);
        }
      }
    });

    it('uncovers a card from each of its edges', async () => {
      const [a, b] = [stage.picture(21), stage.picture(22, 0.8)] as const;
      for (const revealEdge of ['left', 'right', 'top', 'bottom'] satisfies Edge[]) {
        for (const share of [0, 0.3, 0.77]) {
          const shown = [stage.card(a), stage.card(b, { reveal: constant(share), revealEdge })];
          expect(await stage.worst(shown, 0)).toBeLessThanOrEqual(TOLERANCE);
        }
      }
    });

    it('lays pictures with transparency over it, also beyond its edges', async () => {
      const below = stage.picture(31);
      const text = stage.put(veil(Math.ceil(widthPx * 0.6), Math.ceil(heightPx * 0.4), 32));
      for (const [left, top] of [
        [0.1, 0.5],
        [-0.3, -0.2],
        [0.7, 0.9],
        [1, 1],
        [-2, 0],
      ] as const) {
        for (const opacity of [1, 0.6, 0.01, 0]) {
          const over = stage.overlay(text, Math.round(left * widthPx), Math.round(top * heightPx), {
            opacity: constant(opacity),
          });
          expect(await stage.worst([stage.card(below), over], 0)).toBeLessThanOrEqual(TOLERANCE);
        }
      }
    });

    it('moves slowly over a picture', async () => {
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
    });
  });
});

describe('any stage on the render thread', () => {
  let stage: Comparison;
  let pictures: Picture[];
  let texts: Picture[];
  beforeAll(async () => {
    stage = new Comparison(await threadOf(67, 41), 67, 41, 0);
    pictures = [1, 0.3, 0.8, 1.1].map((share, at) => stage.picture(50 + at, share, at === 2 ? 1 : share));
    texts = [stage.put(veil(30, 11, 60)), stage.put(veil(5, 41, 61))];
  });
  afterAll(() => stage.source.close());

  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const edge = fc.constantFrom<Edge>('left', 'right', 'top', 'bottom');
  const layerOf = fc.record({
    overlay: fc.boolean(),
    picture: fc.nat(3),
    contain: fc.boolean(),
    opacity: fc.oneof(fc.constant(1), share),
    dx: fc.oneof(fc.constant(0), fc.double({ min: -1.2, max: 1.2, noNaN: true })),
    dy: fc.oneof(fc.constant(0), fc.double({ min: -1.2, max: 1.2, noNaN: true })),
    reveal: fc.oneof(fc.constant(1), share),
    revealEdge: edge,
    zoom: fc.option(fc.double({ min: 1, max: 4, noNaN: true }), { nil: undefined }),
    centre: share,
  });

  it('with up to as many layers as a frame holds equals the reference', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(layerOf, { maxLength: 16 }), async (drawn) => {
        const shown = drawn.map(
          ({ overlay: over, picture, contain, opacity, dx, dy, reveal, revealEdge, zoom, centre }) => {
            const envelopes = {
              opacity: constant(opacity),
              offsetX: constant(dx),
              offsetY: constant(dy),
              reveal: constant(reveal),
              revealEdge,
            };
            if (over)
              return stage.overlay(texts[picture % 2]!, Math.round(centre * 60) - 10, picture * 9 - 5, {
                ...envelopes,
                plane: 0,
              });
            const view = { centreX: centre, centreY: 1 - centre, zoom: zoom ?? 1 };
            const motion = zoom === undefined ? {} : { motion: { fromMs: 0, untilMs: 10, from: view, to: view } };
            return stage.card(pictures[picture]!, {
              ...envelopes,
              card: { fit: contain ? 'contain' : 'cover', background: 0x11aaee, ...motion },
            });
          },
        );
        // Every translucent layer rounds once more.
        const translucent = drawn.filter(({ overlay: over, opacity }) => over || opacity < 1).length;
        expect(await stage.worst(shown, 5)).toBeLessThanOrEqual(TOLERANCE + translucent / 4);
      }),
      { numRuns: 60 },
    );
  });

  it('shows the nearest layers when there are more than a frame holds', async () => {
    const shown = [
      ...Array.from({ length: 17 }, () => stage.card(pictures[1]!)),
      stage.card(pictures[0]!, { opacity: ramp(0, 0, 10, 1) }),
    ];
    expect(await stage.worst(shown, 5)).toBeLessThanOrEqual(TOLERANCE);
  });
});
