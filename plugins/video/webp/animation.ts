/** The container of animated WebP, which ffmpeg does not read (before 8): where its frames lie and how they are put together. */

/** Reads `length` bytes at `at`; fewer at the end of the file. */
export type ReadAt = (at: number, length: number) => Buffer;

export interface WebpFrame {
  /** Of the frame on the canvas, in px. */
  readonly left: number;
  readonly top: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly durationMs: number;
  /** What lies below shows through; else the frame takes its place. */
  readonly blends: boolean;
  /** Its rectangle is cleared before the next frame. */
  readonly clears: boolean;
  /** Its chunks (ALPH, VP8, VP8L) in the file. */
  readonly at: number;
  readonly bytes: number;
  readonly hasAlpha: boolean;
}

export interface WebpAnimation {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly frames: readonly WebpFrame[];
  readonly lengthMs: number;
}

// The container's specification: chunks of a name, a length and a body of even size; numbers of 24 bits, the least byte first.
const CHUNK_HEADER_BYTES = 8;
const FILE_HEADER_BYTES = 12;
const VP8X_BYTES = 10;
const ANMF_BYTES = 16;
const IS_ANIMATED = 0x02;
const HAS_ALPHA = 0x10;
const CLEARS = 0x01;
const REPLACES = 0x02;
/** What browsers do with frames that give no time, or next to none. */
const SHORTEST_MS = 11;
const USUAL_MS = 100;
/** An hour of 25 frames a second; more is a broken file. */
const MOST_CHUNKS = 100_000;
/** What the format's own decoders take (libwebp). */
const MOST_PX = 16_383;

/** Undefined where the file is no animated WebP. A file that is cut off has the frames that are whole. */
export function readAnimation(readAt: ReadAt): WebpAnimation | undefined {
  const head = readAt(0, FILE_HEADER_BYTES + CHUNK_HEADER_BYTES + VP8X_BYTES);
  if (head.length < FILE_HEADER_BYTES + CHUNK_HEADER_BYTES + VP8X_BYTES) return undefined;
  if (head.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8, 16) !== 'WEBPVP8X') return undefined;
  const vp8x = FILE_HEADER_BYTES + CHUNK_HEADER_BYTES;
  if ((head[vp8x]! & IS_ANIMATED) === 0) return undefined;
  const [widthPx, heightPx] = [1 + head.readUIntLE(vp8x + 4, 3), 1 + head.readUIntLE(vp8x + 7, 3)];
  if (widthPx > MOST_PX || heightPx > MOST_PX) return undefined;
  const frames: WebpFrame[] = [];
  const endsAt = CHUNK_HEADER_BYTES + head.readUInt32LE(4);
  for (let at = FILE_HEADER_BYTES, chunks = 0; at < endsAt && chunks < MOST_CHUNKS; chunks += 1) {
    const chunk = readAt(at, CHUNK_HEADER_BYTES + ANMF_BYTES + 4);
    if (chunk.length < CHUNK_HEADER_BYTES || !/^[\x20-\x7e]{4}$/.test(chunk.toString('latin1', 0, 4))) break;
    const bytes = chunk.readUInt32LE(4);
    const whole = readAt(at + CHUNK_HEADER_BYTES + bytes - 1, 1).length === 1;
    if (chunk.toString('latin1', 0, 4) === 'ANMF' && whole && bytes > ANMF_BYTES) {
      const frame = frameOf(chunk, at + CHUNK_HEADER_BYTES + ANMF_BYTES, bytes - ANMF_BYTES);
      if (frame.left + frame.widthPx <= widthPx && frame.top + frame.heightPx <= heightPx) frames.push(frame);
    }
    at += CHUNK_HEADER_BYTES + bytes + (bytes & 1);
  }
  if (frames.length === 0) return undefined;
  return { widthPx, heightPx, frames, lengthMs: frames.reduce((sum, { durationMs }) => sum + durationMs, 0) };
}

function frameOf(chunk: Buffer, at: number, bytes: number): WebpFrame {
  const number = (offset: number): number => chunk.readUIntLE(CHUNK_HEADER_BYTES + offset, 3);
  const flags = chunk[CHUNK_HEADER_BYTES + 15]!;
  const durationMs = number(12);
  return {
    left: 2 * number(0),
    top: 2 * number(3),
    widthPx: 1 + number(6),
    heightPx: 1 + number(9),
    durationMs: durationMs < SHORTEST_MS ? USUAL_MS : durationMs,
    blends: (flags & REPLACES) === 0,
    clears: (flags & CLEARS) !== 0,
    at,
    bytes,
    hasAlpha: chunk.toString('latin1', CHUNK_HEADER_BYTES + ANMF_BYTES, CHUNK_HEADER_BYTES + ANMF_BYTES + 4) === 'ALPH',
  };
}

/** A frame as a file of its own, which every reader of WebP can read. */
export function stillOf({ at, bytes, widthPx, heightPx, hasAlpha }: WebpFrame, readAt: ReadAt): Buffer {
  const body = readAt(at, bytes);
  const head = Buffer.alloc(FILE_HEADER_BYTES + (hasAlpha ? CHUNK_HEADER_BYTES + VP8X_BYTES : 0));
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(head.length + body.length - CHUNK_HEADER_BYTES, 4);
  head.write('WEBP', 8, 'latin1');
  if (hasAlpha) {
    head.write('VP8X', 12, 'latin1');
    head.writeUInt32LE(VP8X_BYTES, 16);
    head[20] = HAS_ALPHA;
    head.writeUIntLE(widthPx - 1, 24, 3);
    head.writeUIntLE(heightPx - 1, 27, 3);
  }
  return Buffer.concat([head, body]);
}

/** RGBA, straight alpha, of the whole canvas; one frame after the other is put on it. */
export class WebpCanvas {
  readonly pixels: Uint8Array;
  private before: WebpFrame | undefined;

  constructor(
    private readonly widthPx: number,
    heightPx: number,
  ) {
    this.pixels = new Uint8Array(widthPx * heightPx * 4);
  }

  /** `rgba`: the frame's own pixels, tight rows. */
  put(frame: WebpFrame, rgba: Uint8Array): void {
    const { pixels, before } = this;
    if (before?.clears === true) this.rows(before, (at, _, bytes) => void pixels.fill(0, at, at + bytes));
    this.rows(frame, (at, from, bytes) => {
      if (!frame.blends) return pixels.set(rgba.subarray(from, from + bytes), at);
      for (let byte = 0; byte < bytes; byte += 4) blend(pixels, at + byte, rgba, from + byte);
    });
    this.before = frame;
  }

  /** Calls with the place of each row on the canvas, its place in the frame, and its bytes. */
  private rows(
    { left, top, widthPx, heightPx }: WebpFrame,
    act: (at: number, from: number, bytes: number) => void,
  ): void {
    for (let y = 0; y < heightPx; y += 1) {
      act(((top + y) * this.widthPx + left) * 4, y * widthPx * 4, widthPx * 4);
    }
  }
}

/** One pixel over another, both with straight alpha. */
function blend(below: Uint8Array, at: number, above: Uint8Array, from: number): void {
  const alpha = above[from + 3]!;
  const rest = (below[at + 3]! * (255 - alpha)) / 255;
  const sum = alpha + rest;
  for (let c = 0; c < 3; c += 1) {
    below[at + c] = sum === 0 ? 0 : Math.round((above[from + c]! * alpha + below[at + c]! * rest) / sum);
  }
  below[at + 3] = Math.round(sum);
}
