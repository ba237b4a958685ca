/** Clips on the stage: their colours, sizes and transitions as the reference composes them, and which frame is on when. */
import type { ColourMatrix } from '../../../runtime/stage/colour';
import { constant } from '../../../runtime/stage/envelope';
import type { Layer } from '../../../runtime/stage/layer';
import { arrival, departure } from '../../../runtime/stage/transitions';
import { BT709, footage, openClip, writeFrame, type Footage } from '../../support/clips';
import { noise } from '../../support/images';
import { composeReference, worstDifference, type Reference, type Shown } from '../../support/reference-compositor';
import { card, openRig, type Rig } from '../../support/render-rig';

/** Fixed-point colours, then rounding to whole levels for each of weight, row and layer. */
const TOLERANCE = 3;
const [WIDTH, HEIGHT] = [322, 182];

let lastId = 0;

const references = new Map<string, Reference>();

function referenceOf(scene: string, shown: readonly Shown[], atMs: number): Reference {
  const key = `${scene} at ${atMs}`;
  const known = references.get(key) ?? drawn(composeReference(WIDTH, HEIGHT, shown, atMs));
  references.set(key, known);
  return known;
}

/** Worked out once for every pixel. */
function drawn(reference: Reference): Reference {
  const pixels = Array.from({ length: WIDTH * HEIGHT }, (_, at) => reference(at % WIDTH, Math.floor(at / WIDTH)));
  return (x, y) => pixels[y * WIDTH + x]!;
}

describe.each([
  ['cpu', 0],
  ['cpu', 90],
  ['cpu', 180],
  ['cpu', 270],
  ['gl', 0],
  ['gl', 90],
  ['gl', 180],
  ['gl', 270],
  ['gl as on a GPU', 0],
  ['gl as on a GPU', 90],
] as const)('clips drawn by %s, turned by %i', (way, turn) => {
  let rig: Rig;
  const lies = turn === 90 || turn === 270;
  beforeAll(async () => {
    const [widthPx, heightPx] = lies ? [HEIGHT, WIDTH] : [WIDTH, HEIGHT];
    const renderer = way === 'cpu' ? 'cpu' : 'gl';
    rig = await openRig({ widthPx, heightPx, turn, renderer, asGpu: way === 'gl as on a GPU', maxFps: 240 });
  });
  afterAll(() => rig.close());

  const clip = (shot: Footage, change: Parameters<typeof card>[2] = {}): Shown => {
    const ring = openClip(rig.rings, shot, turn, 2);
    writeFrame(ring, shot, 0, turn);
    ring.end();
    const layer = card((lastId += 1), ring.ref, change);
    releases.set(layer.id, () => ring.release());
    return { layer, image: shot.image };
  };
  const releases = new Map<number, () => void>();
  /** `scene` names what is shown: the reference is the same for every renderer and turn. */
  const worst = async (scene: string, shown: readonly Shown[], atMs = 0): Promise<number> => {
    const layers = shown.map(({ layer }) => layer);
    await rig.settle(
      ...layers.map((layer) => rig.stage.add(layer, () => releases.get(layer.id)?.())),
      ...rig.clockAt(atMs),
    );
    const frame = await rig.capture();
    await rig.settle(...layers.map(({ id }) => ({ op: 'remove', id }) as const));
    return worstDifference(frame, referenceOf(scene, shown, atMs), WIDTH, HEIGHT, turn);
  };

  it.each(['bt601', 'bt709', 'bt2020'] as ColourMatrix[])(
    'have the colours of %s, limited and full',
    async (matrix) => {
      for (const range of ['limited', 'full'] as const)
        expect(
          await worst(`${matrix} ${range}`, [clip(footage(WIDTH, HEIGHT, 1, { ...BT709, matrix, range }))]),
        ).toBeLessThanOrEqual(TOLERANCE);
    },
  );

  it('are enlarged, reduced and framed', async () => {
    for (const [widthPx, heightPx] of [
      [160, 90],
      [101, 75],
      [640, 364],
      [200, 182],
    ] as const) {
      for (const fit of ['cover', 'contain'] as const) {
        const shown = clip(footage(widthPx, heightPx, 2), { card: { fit, background: 0x204060 } });
        expect(await worst(`${widthPx}x${heightPx} ${fit}`, [shown])).toBeLessThanOrEqual(2 * TOLERANCE);
      }
    }
  });

  it('make every transition, with clips and with pictures', async () => {
    const other = noise(WIDTH, HEIGHT, 3);
    const still = { ref: rig.put(other).ref, image: other };
    for (const kind of ['cut', 'crossfade', 'fade-through-black', 'slide', 'wipe'] as const) {
      for (const atMs of [137, 250, 444]) {
        const span = { kind, fromMs: 100, untilMs: 500 };
        const [going, coming] = [departure(span), { fromMs: 100, ...arrival(span) }];
        const [a, b] = [footage(WIDTH, HEIGHT, 4), footage(160, 90, 5)];
        expect(await worst(`${kind} of clips`, [clip(a, going), clip(b, coming)], atMs)).toBeLessThanOrEqual(
          2 * TOLERANCE,
        );
        const picture = { layer: card((lastId += 1), still.ref, coming), image: other };
        expect(await worst(`${kind} to a picture`, [clip(a, going), picture], atMs)).toBeLessThanOrEqual(TOLERANCE);
      }
    }
  });

  it('fade into each other sample by sample where they have the same colours, and as pictures where not', async () => {
    const span = { kind: 'crossfade', fromMs: 100, untilMs: 500 } as const;
    const [going, coming] = [departure(span), { fromMs: 100, ...arrival(span) }];
    const a = footage(WIDTH, HEIGHT, 8);
    const others = {
      alike: footage(WIDTH, HEIGHT, 9),
      other: footage(WIDTH, HEIGHT, 9, { ...BT709, matrix: 'bt601', range: 'full' }),
    };
    for (const atMs of [110, 250, 490]) {
      for (const [name, b] of Object.entries(others))
        expect(await worst(`fade to ${name} colours`, [clip(a, going), clip(b, coming)], atMs)).toBeLessThanOrEqual(
          TOLERANCE,
        );
    }
  });

  it('lie below others, and are seen through', async () => {
    const shown = [
      clip(footage(WIDTH, HEIGHT, 6)),
      clip(footage(100, 182, 7), { opacity: constant(0.4), card: { fit: 'contain', background: 0xffffff } }),
    ];
    expect(await worst('above each other', shown)).toBeLessThanOrEqual(2 * TOLERANCE);
  });
});

describe('the frame that is on', () => {
  let rig: Rig;
  beforeAll(async () => (rig = await openRig({ widthPx: 64, heightPx: 36, maxFps: 100 })));
  afterAll(() => rig.close());
  const plain = (level: number): Footage => {
    const shot = footage(64, 36, 0);
    return {
      ...shot,
      planes: [new Uint8Array(64 * 36).fill(level), shot.planes[1].map(() => 128), shot.planes[2].map(() => 128)],
    };
  };
  /** Luma of the frame on the screen. */
  const seen = async (): Promise<number> => Math.round(((await rig.capture())[0]! * 219) / 255 + 16);
  const add = (layer: Layer, release: () => void): ReturnType<Rig['stage']['add']> => rig.stage.add(layer, release);

  it('is the one whose time has come, and gives its room to the writer', async () => {
    const ring = openClip(rig.rings, plain(0), 0, 4);
    [30, 60, 90, 120].forEach((level, at) => writeFrame(ring, plain(level), at * 40));
    const layer = card((lastId += 1), ring.ref, { fromMs: 1000 });
    expect(ring.beganMs).toBeNaN();
    await rig.settle(
      add(layer, () => ring.release()),
      ...rig.clockAt(1000),
    );
    expect(await seen()).toBe(30);
    expect(ring.beganMs).toBe(1000);
    for (const [atMs, level, taken] of [
      [1030, 30, 0],
      [1040, 60, 1],
      [1079, 90, 2],
      [1125, 120, 3],
    ] as const) {
      await rig.settle(...rig.clockAt(atMs));
      expect([atMs, await seen(), rig.clips.taken(ring.ref.clip)]).toEqual([atMs, level, taken]);
    }
    expect([ring.written, ring.shown, ring.skipped]).toEqual([4, 4, 0]);
    writeFrame(ring, plain(150), 160);
    // Two refreshes late: what is passed over is counted.
    writeFrame(ring, plain(180), 200);
    await rig.settle(...rig.clockAt(1201));
    expect([await seen(), ring.shown, ring.skipped]).toEqual([180, 5, 1]);
    await rig.settle({ op: 'remove', id: layer.id });
  });

  it('stays while its decoder is late, and the clip goes on from there', async () => {
    const ring = openClip(rig.rings, plain(0), 0, 4);
    writeFrame(ring, plain(30), 0);
    const layer = card((lastId += 1), ring.ref, { fromMs: 2000 });
    await rig.settle(
      add(layer, () => ring.release()),
      ...rig.clockAt(2000),
    );
    await rig.settle(...rig.clockAt(2400));
    expect(await seen()).toBe(30);
    [60, 90].forEach((level, at) => writeFrame(ring, plain(level), 40 + at * 40));
    await rig.settle(...rig.clockAt(2410));
    expect([await seen(), ring.skipped]).toEqual([60, 0]);
    expect(ring.starvedMs).toBeGreaterThan(300);
    // Its clock stood meanwhile, also for who goes by it.
    expect(ring.beganMs).toBeCloseTo(2000 + ring.starvedMs, 2);
    await rig.settle(...rig.clockAt(2440));
    expect(await seen()).toBe(60);
    await rig.settle(...rig.clockAt(2451));
    expect(await seen()).toBe(90);
    await rig.settle({ op: 'remove', id: layer.id });
  });

  it('is the first one until the clip is to move, which it does in the slot nearest to that time', async () => {
    const ring = openClip(rig.rings, plain(0), 0, 4);
    [30, 60, 90].forEach((level, at) => writeFrame(ring, plain(level), at * 40));
    const id = (lastId += 1);
    await rig.settle(
      add(card(id, ring.ref, { fromMs: 2500, movesMs: 2563 }), () => ring.release()),
      ...rig.clockAt(2500),
    );
    await rig.settle(...rig.clockAt(2554));
    expect([await seen(), ring.beganMs, ring.shown]).toEqual([30, NaN, 1]);
    // Slots lie 16.7 ms apart.
    await rig.settle(...rig.clockAt(2556));
    expect([await seen(), ring.beganMs]).toEqual([30, 2556]);
    await rig.settle(...rig.clockAt(2590));
    expect([await seen(), ring.shown, ring.skipped]).toEqual([60, 2, 0]);
    await rig.settle({ op: 'remove', id });
  });

  it('is followed by the next clip where it truly ends, whatever was expected', async () => {
    const [first, second] = [openClip(rig.rings, plain(0), 0, 4), openClip(rig.rings, plain(0), 0, 4)];
    [30, 60].forEach((level, at) => writeFrame(first, plain(level), at * 40));
    [90, 120].forEach((level, at) => writeFrame(second, plain(level), at * 40));
    const [a, b] = [(lastId += 1), (lastId += 1)];
    const began = rig.stage.began(b);
    await rig.settle(
      add(card(a, first.ref, { fromMs: 3000 }), () => first.release()),
      ...rig.clockAt(3000),
    );
    await rig.settle(add(card(b, second.ref, { fromMs: 3050, follows: a }), () => second.release()));
    await rig.settle(...rig.clockAt(3075));
    // Expected long ago, but nobody said that the first is over.
    expect(await seen()).toBe(60);
    first.end();
    await rig.settle(...rig.clockAt(3082));
    expect(await seen()).toBe(90);
    expect(await began).toBeCloseTo(3080, 6);
    expect(second.beganMs).toBeCloseTo(3080, 6);
    await rig.settle(...rig.clockAt(3121));
    expect(await seen()).toBe(120);
    expect(first.shown).toBe(2);
    await rig.settle({ op: 'remove', id: b });
  });

  it('is followed at once where there is nothing to follow', async () => {
    const ring = openClip(rig.rings, plain(0), 0, 2);
    writeFrame(ring, plain(77), 0);
    const id = (lastId += 1);
    await rig.settle(
      add(card(id, ring.ref, { fromMs: 3990, follows: 424242 }), () => ring.release()),
      ...rig.clockAt(4000),
    );
    expect(await seen()).toBe(77);
    await rig.settle({ op: 'remove', id });
  });

  it('is gone with its ring', async () => {
    const ring = openClip(rig.rings, plain(0), 0, 2);
    writeFrame(ring, plain(77), 0);
    const id = (lastId += 1);
    await rig.settle(
      add(card(id, ring.ref, { fromMs: 5000 }), () => {}),
      ...rig.clockAt(5000),
    );
    ring.release();
    await rig.settle(...rig.clockAt(5010));
    expect(await seen()).toBe(16);
    expect(rig.rings.usedBytes).toBe(0);
    await rig.settle({ op: 'remove', id });
  });
});
