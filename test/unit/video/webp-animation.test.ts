/** The container of animated WebP, and how its frames are put together. */
import * as fc from 'fast-check';
import { readAnimation, stillOf, WebpCanvas, type ReadAt, type WebpFrame } from '../../../plugins/video/webp/animation';
import { planesOf } from '../../../plugins/video/webp/yuv-planes';

const chunk = (name: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(8);
  head.write(name, 0, 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length & 1)]);
};

interface Given {
  readonly left?: number;
  readonly top?: number;
  readonly size?: number;
  readonly durationMs?: number;
  readonly flags?: number;
  readonly inner?: Buffer;
}

function anmf({
  left = 0,
  top = 0,
  size = 4,
  durationMs = 40,
  flags = 0,
  inner = chunk('VP8L', Buffer.from('abc')),
}: Given) {
  const head = Buffer.alloc(16);
  [left / 2, top / 2, size - 1, size - 1, durationMs].forEach((value, at) => head.writeUIntLE(value, at * 3, 3));
  head[15] = flags;
  return chunk('ANMF', Buffer.concat([head, inner]));
}

function file(frames: readonly Given[], flags = 0x02, size = 8): Buffer {
  const vp8x = Buffer.alloc(10);
  vp8x[0] = flags;
  vp8x.writeUIntLE(size - 1, 4, 3);
  vp8x.writeUIntLE(size - 1, 7, 3);
  const body = Buffer.concat([
    Buffer.from('WEBP'),
    chunk('VP8X', vp8x),
    chunk('ANIM', Buffer.alloc(6)),
    ...frames.map(anmf),
  ]);
  return chunk('RIFF', body);
}

const from =
  (bytes: Buffer): ReadAt =>
  (at, length) =>
    bytes.subarray(at, at + length);

it('tells where frames lie, how long they stay and how they are put', () => {
  const bytes = file([{}, { left: 2, top: 4, durationMs: 100, flags: 3 }]);
  const found = readAnimation(from(bytes))!;
  expect(found).toMatchObject({ widthPx: 8, heightPx: 8, lengthMs: 140 });
  expect(found.frames).toMatchObject([
    { left: 0, top: 0, widthPx: 4, heightPx: 4, durationMs: 40, blends: true, clears: false, hasAlpha: false },
    { left: 2, top: 4, durationMs: 100, blends: false, clears: true },
  ]);
  expect(bytes.toString('latin1', found.frames[0]!.at, found.frames[0]!.at + 4)).toBe('VP8L');
});

it('gives a frame without a time the one that browsers give it', () => {
  expect(readAnimation(from(file([{ durationMs: 0 }, { durationMs: 10 }])))!.lengthMs).toBe(200);
});

it('leaves out what is no frame of the canvas, and what is cut off', () => {
  const bytes = file([{}, { left: 6 }, {}]);
  expect(readAnimation(from(bytes))!.frames).toHaveLength(2);
  expect(readAnimation(from(bytes.subarray(0, bytes.length - 3)))!.frames).toHaveLength(1);
});

it('knows what is no animation', () => {
  expect(readAnimation(from(file([{}], 0)))).toBeUndefined();
  expect(readAnimation(from(file([])))).toBeUndefined();
  expect(readAnimation(from(Buffer.from('RIFF')))).toBeUndefined();
});

it('never throws, whatever the file holds', () => {
  const whole = file([{}, {}, {}]);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 8 }), (changes) => {
      const bytes = Buffer.from(whole);
      for (const [at, value] of changes) bytes[at] = value;
      readAnimation(from(bytes));
    }),
  );
});

it('makes each frame a file of its own', () => {
  const plain = file([{}]);
  const still = stillOf(readAnimation(from(plain))!.frames[0]!, from(plain));
  expect(still.toString('latin1', 0, 4) + still.toString('latin1', 8, 16)).toBe('RIFFWEBPVP8L');
  expect(still.readUInt32LE(4)).toBe(still.length - 8);
  const inner = Buffer.concat([chunk('ALPH', Buffer.from('ab')), chunk('VP8 ', Buffer.from('cd'))]);
  const clear = file([{ inner }]);
  expect(stillOf(readAnimation(from(clear))!.frames[0]!, from(clear)).toString('latin1', 12, 16)).toBe('VP8X');
});

describe('the canvas', () => {
  const frame = (change: Partial<WebpFrame>): WebpFrame => ({
    ...{ left: 0, top: 0, widthPx: 1, heightPx: 1, durationMs: 1, blends: true, clears: false, at: 0, bytes: 0 },
    hasAlpha: true,
    ...change,
  });
  it('blends or replaces, and clears what was to be cleared', () => {
    const canvas = new WebpCanvas(2, 1);
    canvas.put(frame({}), new Uint8Array([200, 100, 0, 255]));
    canvas.put(frame({}), new Uint8Array([0, 100, 200, 51]));
    expect([...canvas.pixels]).toEqual([160, 100, 40, 255, 0, 0, 0, 0]);
    canvas.put(frame({ blends: false, clears: true }), new Uint8Array([1, 2, 3, 4]));
    expect([...canvas.pixels.subarray(0, 4)]).toEqual([1, 2, 3, 4]);
    canvas.put(frame({ left: 1 }), new Uint8Array([9, 9, 9, 255]));
    expect([...canvas.pixels]).toEqual([0, 0, 0, 0, 9, 9, 9, 255]);
  });
});

it('makes planes of BT.709 out of red, green and blue', () => {
  const white = planesOf(new Uint8Array(3 * 3 * 3).fill(255), 3, 3);
  expect([...white]).toEqual([...new Array<number>(9).fill(235), ...new Array<number>(8).fill(128)]);
  // H.273: red is 63, 102, 240.
  expect([...planesOf(new Uint8Array([255, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0]), 2, 2)]).toEqual([
    63, 63, 63, 63, 102, 240,
  ]);
});
