import { ramp } from '../../../runtime/stage/envelope';
import type { Layer, PictureRef } from '../../../runtime/stage/layer';
import { DrawingBoard } from '../../support/drawing-board';
import { noise, plain, veil } from '../../support/images';
import { composeReference, worstDifference } from '../../support/reference-compositor';
import { card, openRig, overlay } from '../../support/render-rig';

const [WIDTH, HEIGHT] = [320, 200] as const;

describe('what changes between two frames', () => {
  let board: DrawingBoard;
  let fresh: DrawingBoard;
  beforeEach(() => {
    board = new DrawingBoard(WIDTH, HEIGHT);
    fresh = new DrawingBoard(WIDTH, HEIGHT);
  });
  afterEach(() => {
    board.close();
    fresh.close();
  });

  /** Layers over the same pictures for both boards. */
  const stage = (make: (board: DrawingBoard) => Layer[]): void => {
    for (const each of [board, fresh]) each.add(...make(each));
  };

  /** Draws on, and the same instant anew; both must be the same to the bit. */
  const expectAsIfDrawnAnew = (atMs: number): void => {
    board.draw(atMs);
    fresh.renderer.invalidate();
    fresh.draw(atMs);
    expect(Buffer.compare(board.frame, fresh.frame)).toBe(0);
  };

  it('is drawn alone while a text fades over a still picture', () => {
    stage((each) => [
      card(1, each.put(noise(WIDTH, HEIGHT, 1)).ref),
      overlay(2, each.put(veil(100, 30, 2)).ref, 50, 120, { opacity: ramp(10, 0, 110, 1) }),
    ]);
    expectAsIfDrawnAnew(0);
    const outside = (119 * WIDTH + 60) * 4;
    const beside = (130 * WIDTH + 49) * 4;
    const kept = board.frame[outside]! ^ 255;
    board.frame[outside] = kept;
    board.frame[beside] = kept;
    const { changed, damage } = board.draw(60);
    expect({ changed, ...damage }).toEqual({ changed: true, left: 50, top: 120, right: 150, bottom: 150 });
    expect([board.frame[outside], board.frame[beside]]).toEqual([kept, kept]);
  });

  it('leaves a frame as if all of it were drawn anew', () => {
    stage((each) => [
      card(1, each.put(noise(WIDTH, HEIGHT, 1)).ref, { untilMs: 400 }),
      card(2, each.put(noise(200, 200, 3)).ref, {
        fromMs: 300,
        offsetX: ramp(300, 1, 400, 0, true),
        card: { fit: 'contain', background: 0x102030 },
      }),
      overlay(3, each.put(veil(100, 30, 2)).ref, 50, 120, { opacity: ramp(10, 0, 110, 1), untilMs: 350 }),
      overlay(4, each.put(veil(90, 180, 4)).ref, 90, 10, { fromMs: 100, reveal: ramp(100, 0, 200, 1) }),
    ]);
    for (let atMs = 0; atMs <= 450; atMs += 15) expectAsIfDrawnAnew(atMs);
  });

  it('includes where something was before it moved', () => {
    stage((each) => [
      card(1, each.put(noise(WIDTH, HEIGHT, 1)).ref),
      overlay(2, each.put(veil(60, 30, 2)).ref, 50, 120, {
        offsetX: ramp(0, -0.5, 100, 0.5),
        offsetY: ramp(0, 0.1, 100, -0.8),
      }),
    ]);
    for (let atMs = 0; atMs <= 100; atMs += 9) expectAsIfDrawnAnew(atMs);
  });

  it('holds after layers were put between others and taken away', () => {
    const refs = [1, 2, 3].map((seed) => noise(WIDTH, HEIGHT, seed));
    const [low, high] = [board, fresh].map((each) => refs.map((image) => each.put(image).ref));
    const show = (ids: readonly number[]): void => {
      for (const [each, pictures] of [
        [board, low!],
        [fresh, high!],
      ] as const) {
        each.clear();
        each.add(...ids.map((id) => overlayLike(id, pictures[id % 3]!)));
      }
    };
    const overlayLike = (id: number, ref: PictureRef): Layer =>
      card(id, ref, { opacity: ramp(0, 0.4, 1000, 0.9), offsetX: ramp(0, id / 10, 1000, id / 10) });
    let atMs = 0;
    for (const ids of [[1, 2, 3], [1, 3], [4, 1, 3], [3, 1, 4], [5, 6], [], [6]]) {
      show(ids);
      // No time goes by: what differs are the layers alone.
      expectAsIfDrawnAnew(atMs);
      atMs += ids.length === 2 ? 1 : 0;
    }
  });

  it('is nothing while nothing differs', () => {
    stage((each) => [card(1, each.put(noise(WIDTH, HEIGHT, 1)).ref)]);
    expect(board.draw(0).changed).toBe(true);
    expect(board.draw(10)).toMatchObject({ changed: false, hasContent: true });
    board.renderer.invalidate();
    expect(board.draw(20).changed).toBe(true);
  });

  it('includes what a picture that is gone from the store has left', () => {
    const stored = board.put(noise(WIDTH, HEIGHT, 1));
    board.add(card(1, stored.ref));
    board.draw(0);
    stored.release();
    expect(board.draw(10)).toMatchObject({ changed: true, hasContent: false });
    expect(worstDifference(board.frame, () => [0, 0, 0], WIDTH, HEIGHT, 0)).toBe(0);
  });
});

describe('pictures that do not belong here', () => {
  it('are left out instead of read as something else', () => {
    const board = new DrawingBoard(WIDTH, HEIGHT);
    const below = plain(WIDTH, HEIGHT, 0x335577);
    board.add(
      card(1, board.put(below).ref),
      card(2, board.put(veil(WIDTH, HEIGHT, 1)).ref),
      overlay(3, board.put(noise(40, 40, 2)).ref, 0, 0),
      card(4, board.store.reserve({ widthPx: HEIGHT, heightPx: WIDTH, layout: 'rgb', turn: 90 })!.ref),
    );
    board.draw(0);
    expect(board.frame.subarray(0, 4)).toEqual(Uint8Array.of(0x77, 0x55, 0x33, 255));
    expect(worstDifference(board.frame, () => [0x33, 0x55, 0x77], WIDTH, HEIGHT, 0)).toBe(0);
    board.close();
  });

  it('are drawn also when they were stored for a far larger screen', () => {
    const board = new DrawingBoard(64, 36);
    const image = noise(3840, 2160, 5);
    const after = board.arena.allocate(4096)!;
    board.arena.bytes.fill(0x5a, after.offset, after.offset + after.bytes);
    const layer = card(1, board.put(image).ref, { opacity: ramp(0, 0.5, 10, 1) });
    board.add(layer);
    board.draw(0);
    expect(
      worstDifference(board.frame, composeReference(64, 36, [{ layer, image }], 0), 64, 36, 0),
    ).toBeLessThanOrEqual(2);
    expect(board.arena.bytes.subarray(after.offset, after.offset + after.bytes).every((byte) => byte === 0x5a)).toBe(
      true,
    );
    board.close();
  });

  it('may lie at the very end of the arena', () => {
    const board = new DrawingBoard(64, 36, 0, 1, 1 << 20);
    const free = board.arena.capacityBytes - board.arena.usedBytes;
    // 5 x 16 RGB and the padding fill four cache lines to the last byte.
    expect(board.store.bytesFor({ widthPx: 5, heightPx: 16, layout: 'rgb', turn: 0 })).toBe(256);
    board.arena.allocate(free - 256);
    const image = noise(5, 16, 6);
    const layer = card(1, board.put(image).ref, { card: { fit: 'contain' } });
    expect(board.arena.usedBytes).toBe(board.arena.capacityBytes);
    board.add(layer);
    board.draw(0);
    expect(
      worstDifference(board.frame, composeReference(64, 36, [{ layer, image }], 0), 64, 36, 0),
    ).toBeLessThanOrEqual(2);
    board.close();
  });
});

describe('threads', () => {
  it('make no difference to a single bit, however many they are', async () => {
    const [widthPx, heightPx] = [641, 359];
    const rigs = await Promise.all([1, 2, 3].map((threads) => openRig({ widthPx, heightPx, threads })));
    const pictures = [noise(widthPx, heightPx, 1), noise(500, 300, 2), noise(300, 340, 3)];
    const text = veil(400, 60, 4);
    for (const rig of rigs) {
      const refs = pictures.map((image) => rig.put(image).ref);
      const layers = [
        card(1, refs[0]!),
        card(2, refs[1]!, { opacity: ramp(0, 0, 400, 1), offsetX: ramp(0, 0.5, 400, 0) }),
        card(3, refs[2]!, {
          fromMs: 100,
          reveal: ramp(100, 0, 400, 1),
          revealEdge: 'bottom',
          card: { fit: 'contain', background: 0x7799bb },
        }),
        overlay(4, rig.put(text).ref, 100, 250, { opacity: ramp(50, 0, 150, 1) }),
      ];
      await rig.settle(...layers.map((layer) => rig.stage.add(layer, () => {})), ...rig.clockAt(0));
    }
    let distinct = 0;
    let last: Uint8Array = new Uint8Array();
    for (let atMs = 0; atMs <= 400; atMs += 10) {
      const frames = await Promise.all(
        rigs.map(async (rig) => {
          await rig.settle(...rig.clockAt(atMs));
          return rig.capture();
        }),
      );
      expect(Buffer.compare(frames[0]!, frames[1]!)).toBe(0);
      expect(Buffer.compare(frames[0]!, frames[2]!)).toBe(0);
      if (Buffer.compare(frames[0]!, last) !== 0) distinct += 1;
      last = frames[0]!;
    }
    expect(distinct).toBeGreaterThan(35);
    await Promise.all(rigs.map((rig) => rig.close()));
  });
});
