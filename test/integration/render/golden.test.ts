import * as fc from 'fast-check';
import { constant, ramp } from '../../../runtime/stage/envelope';
import type { Edge } from '../../../runtime/stage/layer';
import { DrawingBoard } from '../../support/drawing-board';
import { GOLDENS, GoldenStage, TOLERANCE, type Picture, type Source, type Turn } from '../../support/golden-stage';
import { veil } from '../../support/images';
import { openRig } from '../../support/render-rig';

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
  asGpu = false,
): Promise<Source> {
  const [width, height] = lies(turn) ? [heightPx, widthPx] : [widthPx, heightPx];
  const rig = await openRig({ widthPx: width, heightPx: height, turn, renderer, asGpu });
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

const SIZES = [
  [1, 1],
  [17, 13],
  [90, 161],
  [641, 359],
] as const;

const TURNS = [0, 90, 180, 270] as const;
const STAGES = SIZES.flatMap(([widthPx, heightPx]) => TURNS.map((turn) => [widthPx, heightPx, turn] as const));

describe.each([
  ['cpu', STAGES],
  ['gl', STAGES],
  // What differs is how pictures come into textures.
  ['gl as on a GPU', STAGES.filter(([widthPx, , turn]) => widthPx > 100 || turn === 90)],
] as const)('the renderer %s', (way, stages) => {
  describe.each(stages)('on a stage of %i x %i turned by %i', (widthPx, heightPx, turn) => {
    let stage: GoldenStage;
    beforeAll(async () => {
      const source =
        way === 'cpu'
          ? boardOf(widthPx, heightPx, turn)
          : await threadOf(widthPx, heightPx, turn, 'gl', way === 'gl as on a GPU');
      stage = new GoldenStage(source, widthPx, heightPx, turn);
    });
    afterAll(() => stage.source.close());

    it.each(GOLDENS)('%s', (_name, check) => check(stage));
  });
});

describe('any stage on the render thread', () => {
  let stage: GoldenStage;
  let pictures: Picture[];
  let texts: Picture[];
  beforeAll(async () => {
    stage = new GoldenStage(await threadOf(67, 41), 67, 41, 0);
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
