/** Chroma lies where the stream says and is linear between its samples, whoever draws it, at rest and in motion: sharp edges of colour. */
import { CHROMA_PLACES } from '../../../runtime/stage/colour';
import { arrival, departure } from '../../../runtime/stage/transitions';
import { BT709, confetti, openClip, writeFrame, type Footage } from '../../support/clips';
import { composeReference, worstDifference, type Reference, type Shown } from '../../support/reference-compositor';
import { card, openRig } from '../../support/render-rig';
import { Surface } from '../../support/surface';

// So small that every pixel is looked at; no multiple of what a kernel takes at once.
const [WIDTH, HEIGHT] = [74, 54];
const WAYS = ['cpu', 'gl', 'gl as on a GPU', 'surface of gl', 'surface of gl as on a GPU'] as const;
const TURNS = [0, 90, 180, 270] as const;
const PLACES = Object.keys(CHROMA_PLACES) as (keyof typeof CHROMA_PLACES)[];
type Turn = (typeof TURNS)[number];
type Change = Parameters<typeof card>[2];
type Part = readonly [shot: Footage, change?: Change];

/** Rounding to whole levels: of colours alone, or of weight, row and layer, too. */
const AT_REST = 1.5;
const MIXED = 2.5;
/** llvmpipe rounds what it reads between the samples of a texture to whole levels, and a level of chroma is up to two of blue. */
const SHADED = 3.1;

let lastId = 0;
const NO_PICTURE = { clip: 0, generation: 0, widthPx: 0, heightPx: 0 };

interface Screen {
  frameOf(parts: readonly Part[], atMs: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

async function openScreen(way: (typeof WAYS)[number], turn: Turn): Promise<Screen> {
  const lies = turn === 90 || turn === 270;
  const [widthPx, heightPx] = lies ? [HEIGHT, WIDTH] : [WIDTH, HEIGHT];
  const asGpu = way.endsWith('GPU');
  if (way.startsWith('surface')) {
    const surface = new Surface({ widthPx, heightPx, turn, asGpu });
    return {
      frameOf: (parts, atMs) =>
        surface.frameOf({
          clips: parts.map(([shot, change]) => ({ shot, layer: card((lastId += 1), NO_PICTURE, change) })),
          atMs,
        }),
      close: () => surface.close(),
    };
  }
  const renderer = way === 'cpu' ? 'cpu' : 'gl';
  const rig = await openRig({ widthPx, heightPx, turn, renderer, asGpu, maxFps: 240, arenaBytes: 32 << 20 });
  return {
    async frameOf(parts, atMs) {
      const layers = parts.map(([shot, change]) => {
        const ring = openClip(rig.rings, shot, turn, 2);
        writeFrame(ring, shot, 0, turn);
        ring.end();
        return { layer: card((lastId += 1), ring.ref, change), ring };
      });
      await rig.settle(
        ...layers.map(({ layer, ring }) => rig.stage.add(layer, () => ring.release())),
        ...rig.clockAt(atMs),
      );
      const frame = await rig.capture();
      await rig.settle(...layers.map(({ layer: { id } }) => ({ op: 'remove', id }) as const));
      return frame;
    },
    close: () => rig.close(),
  };
}

const references = new Map<string, Reference>();

/** The same for every renderer and turn: worked out once. */
function referenceOf(scene: string, parts: readonly Part[], atMs: number): Reference {
  const known = references.get(scene);
  if (known !== undefined) return known;
  const shown = parts.map(([shot, change]): Shown => ({ layer: card(0, NO_PICTURE, change), image: shot.image }));
  const exact = composeReference(WIDTH, HEIGHT, shown, atMs);
  const pixels = Array.from({ length: WIDTH * HEIGHT }, (_, at) => exact(at % WIDTH, Math.floor(at / WIDTH)));
  const reference: Reference = (x, y) => pixels[y * WIDTH + x]!;
  references.set(scene, reference);
  return reference;
}

const span = { kind: 'crossfade', fromMs: 100, untilMs: 500 } as const;
const MOTION = {
  fromMs: 0,
  untilMs: 1000,
  from: { centreX: 0.5, centreY: 0.5, zoom: 1 },
  to: { centreX: 0.8, centreY: 0.3, zoom: 1.3 },
} as const;

describe.each(WAYS.flatMap((way) => TURNS.map((turn) => [way, turn] as const)))('%s, turned by %i', (way, turn) => {
  let screen: Screen;
  beforeAll(async () => {
    screen = await openScreen(way, turn);
  });
  afterAll(() => screen.close());
  const [atRest, whenMixed] = way.endsWith('GPU') ? [SHADED, SHADED] : [AT_REST, MIXED];

  const worst = async (scene: string, parts: readonly Part[], atMs = 0): Promise<number> =>
    worstDifference(await screen.frameOf(parts, atMs), referenceOf(scene, parts, atMs), WIDTH, HEIGHT, turn);

  describe.each(PLACES)('chroma at the %s', (place) => {
    const shot = (seed: number, widthPx = WIDTH, heightPx = HEIGHT): Footage =>
      confetti(widthPx, heightPx, seed, { ...BT709, chroma: CHROMA_PLACES[place] });

    it('of a clip at rest', async () => {
      expect(await worst(`${place} at rest`, [[shot(1)]])).toBeLessThanOrEqual(atRest);
    });

    it('of clips that fade into each other', async () => {
      const parts: Part[] = [
        [shot(2), departure(span)],
        [shot(3), { fromMs: 100, ...arrival(span) }],
      ];
      expect(await worst(`${place} fading`, parts, 250)).toBeLessThanOrEqual(whenMixed);
      // Clips of different colours or places of chroma are mixed as pictures, not sample by sample.
      const elsewhere = CHROMA_PLACES[place === 'left' ? 'bottom' : 'left'];
      for (const change of [{ matrix: 'bt601', range: 'full' }, { chroma: elsewhere }] as const) {
        const colour = { ...BT709, chroma: CHROMA_PLACES[place], ...change };
        const other: Part = [confetti(WIDTH, HEIGHT, 3, colour), { fromMs: 100, ...arrival(span) }];
        const scene = `${place} fading to ${JSON.stringify(change)}`;
        expect(await worst(scene, [parts[0]!, other], 250)).toBeLessThanOrEqual(whenMixed);
      }
    });

    it('of a clip that is looked over slowly', async () => {
      const parts: Part[] = [[shot(4), { fromMs: -10, card: { motion: MOTION } }]];
      expect(await worst(`${place} in motion`, parts, 437)).toBeLessThanOrEqual(whenMixed);
    });

    it('of clips that are enlarged, reduced and framed', async () => {
      for (const [widthPx, heightPx] of [
        [50, 30],
        [96, 80],
      ] as const) {
        const parts: Part[] = [[shot(5, widthPx, heightPx), { card: { fit: 'contain', background: 0x3080f0 } }]];
        expect(await worst(`${place} ${widthPx}x${heightPx}`, parts)).toBeLessThanOrEqual(whenMixed);
      }
    });

    it('of a clip that moves in by some pixels over another', async () => {
      const parts: Part[] = [
        [shot(6)],
        [shot(7), { offsetX: { keys: [0, 5 / WIDTH] }, offsetY: { keys: [0, 3 / HEIGHT] } }],
      ];
      expect(await worst(`${place} moved`, parts)).toBeLessThanOrEqual(atRest);
    });
  });
});
