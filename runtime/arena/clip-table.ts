/**
 * The clip table: rings of video frames and how far they are written and shown, readable by every thread. One thread writes a ring,
 * one shows it; neither waits for the other but by what stands here.
 */
import { turnedPlace, yuvWeights, type ChromaPlace, type StoredColour } from '../stage/colour';
import type { ClipRef } from '../stage/layer';
import type { ClipShape } from '../stage/clip-store';

/** Clips that can be open at once: two of the show, two of a reload's, and room for a third decoder in each. */
export const CLIP_PLACES = 8;
/** Frames a ring may have. More than 64 are only of use where a whole clip stays in it: 40 s of 25 frames a second. */
export const MOST_RING_FRAMES = 1024;
/** Frames that are written in a ring that repeats: for ever. */
const ENDLESS = 0x7fffffff;

const GENERATION = 0;
const OFFSET = 1;
const STRIDE = 2;
const FRAMES = 3;
const WIDTH = 4;
const HEIGHT = 5;
const TURN = 6;
/** Frames written in all, and of those how many are not needed any more. */
const WRITTEN = 7;
const TAKEN = 8;
const ENDED = 9;
const SHOWN = 10;
const SKIPPED = 11;
const STARVED_US = 12;
const WORDS = 16;

const FRAME_MS = 0;
const WEIGHTS = 1;
const CHROMA_X = 7;
const CHROMA_Y = 8;
const BEGAN_MS = 9;
const END_MS = 10;
const ROUND_MS = 11;
const TIMES = 12;
const FLOATS = TIMES + MOST_RING_FRAMES;

/** The words of a place stand in one block, its floats in another behind all of them. */
const WORDS_BYTES = CLIP_PLACES * WORDS * 4;
const TABLE_BYTES = WORDS_BYTES + CLIP_PLACES * FLOATS * 8;

/** What a renderer needs to know of a clip's current frame. Reused between calls: copy what must last. */
export interface ClipEntry {
  /** Address of the frame. */
  offset: number;
  /** Which frame of the clip it is, from 0: the same address holds another one later. */
  frame: number;
  /** As stored. */
  widthPx: number;
  heightPx: number;
  turn: number;
  colour: StoredColour;
}

export class ClipTable {
  private readonly words: Int32Array<SharedArrayBuffer>;
  private readonly floats: Float64Array<SharedArrayBuffer>;
  /** Of each place, the colour as it was read last. */
  private readonly colours: { generation: number; colour: StoredColour }[] = [];

  constructor(readonly buffer = new SharedArrayBuffer(TABLE_BYTES)) {
    this.words = new Int32Array(buffer, 0, WORDS_BYTES / 4);
    this.floats = new Float64Array(buffer, WORDS_BYTES);
  }

  /** Main thread: enters a ring and returns its generation. */
  enter(clip: number, offset: number, strideBytes: number, frames: number, shape: ClipShape): number {
    const at = clip * WORDS;
    const { words, floats } = this;
    words[at + OFFSET] = offset;
    words[at + STRIDE] = strideBytes;
    words[at + FRAMES] = frames;
    words[at + WIDTH] = shape.widthPx;
    words[at + HEIGHT] = shape.heightPx;
    words[at + TURN] = shape.turn;
    for (const field of [WRITTEN, TAKEN, ENDED, SHOWN, SKIPPED, STARVED_US]) words[at + field] = 0;
    const { offset: black, scale, redCr, greenCb, greenCr, blueCb } = yuvWeights(shape.colour);
    const { xPx, yPx } = turnedPlace(shape.colour.chroma, shape.turn);
    floats.set([shape.frameMs, black, scale, redCr, greenCb, greenCr, blueCb, xPx, yPx], clip * FLOATS);
    floats[clip * FLOATS + BEGAN_MS] = NaN;
    floats[clip * FLOATS + END_MS] = NaN;
    floats[clip * FLOATS + ROUND_MS] = 0;
    return Atomics.add(words, at + GENERATION, 1) + 1;
  }

  /** Main thread: makes every reference to the place void, and wakes a thread that waits for room in it. */
  void(clip: number): void {
    Atomics.add(this.words, clip * WORDS + GENERATION, 1);
    Atomics.notify(this.words, clip * WORDS + TAKEN);
  }

  /** Any thread: whether the ring is still there. */
  has(ref: Pick<ClipRef, 'clip' | 'generation'>): boolean {
    return Atomics.load(this.words, ref.clip * WORDS + GENERATION) === ref.generation;
  }

  frames(clip: number): number {
    return this.words[clip * WORDS + FRAMES]!;
  }

  written(clip: number): number {
    return Atomics.load(this.words, clip * WORDS + WRITTEN);
  }

  taken(clip: number): number {
    return Atomics.load(this.words, clip * WORDS + TAKEN);
  }

  shown(clip: number): number {
    return this.words[clip * WORDS + SHOWN]!;
  }

  skipped(clip: number): number {
    return this.words[clip * WORDS + SKIPPED]!;
  }

  starvedMs(clip: number): number {
    return this.words[clip * WORDS + STARVED_US]! / 1000;
  }

  frameMs(clip: number): number {
    return this.floats[clip * FLOATS + FRAME_MS]!;
  }

  /** Shower: the clip's first frame counts from that stage ms. Said again where the rest of the clip is moved. */
  begin(clip: number, atMs: number): void {
    this.floats[clip * FLOATS + BEGAN_MS] = atMs;
  }

  /** Any thread; NaN before it has begun. */
  beganMs(clip: number): number {
    return this.floats[clip * FLOATS + BEGAN_MS]!;
  }

  /** When a frame that is in the ring is due, in ms from the first. */
  timeMs(clip: number, frame: number): number {
    const { floats } = this;
    const at = clip * FLOATS;
    const frames = this.frames(clip);
    const ownMs = floats[at + TIMES + (frame % frames)]!;
    return frame < frames ? ownMs : ownMs + Math.floor(frame / frames) * floats[at + ROUND_MS]!;
  }

  /** When the last frame has been shown for its time, in ms from the first; only once the clip has ended. */
  endMs(clip: number): number {
    const endMs = this.floats[clip * FLOATS + END_MS]!;
    return Number.isNaN(endMs) ? this.timeMs(clip, this.written(clip) - 1) + this.frameMs(clip) : endMs;
  }

  /** Writer: the frames in the ring are the whole clip, which repeats every `roundMs`; nothing is written from now on. */
  repeat(clip: number, roundMs: number): void {
    const at = clip * WORDS;
    const written = this.words[at + WRITTEN]!;
    if (written < 1 || written > this.words[at + FRAMES]!) throw new RangeError('a ring repeats only what is in it');
    // A single frame looks the same in every round: nothing is to be drawn again.
    this.floats[clip * FLOATS + ROUND_MS] = written === 1 ? Infinity : roundMs;
    this.words[at + FRAMES] = written;
    Atomics.store(this.words, at + WRITTEN, ENDLESS);
  }

  /** Any thread: no frame will follow. A writer that waits for room is woken and gives up. `endMs` as in the method of this name. */
  end(clip: number, endMs?: number): void {
    if (this.hasEnded(clip)) return;
    if (endMs !== undefined) this.floats[clip * FLOATS + END_MS] = endMs;
    Atomics.store(this.words, clip * WORDS + ENDED, 1);
    Atomics.notify(this.words, clip * WORDS + TAKEN);
  }

  hasEnded(clip: number): boolean {
    return Atomics.load(this.words, clip * WORDS + ENDED) === 1;
  }

  /** Writer: the address of the next frame; waits for room, and returns undefined when the ring is gone or told to end. */
  nextAddress(ref: Pick<ClipRef, 'clip' | 'generation'>): number | undefined {
    const { words } = this;
    const at = ref.clip * WORDS;
    for (;;) {
      if (!this.has(ref) || this.hasEnded(ref.clip)) return undefined;
      const taken = Atomics.load(words, at + TAKEN);
      const written = words[at + WRITTEN]!;
      const frames = words[at + FRAMES]!;
      if (written - taken < frames) return this.addressOf(ref.clip, written);
      Atomics.wait(words, at + TAKEN, taken, LONGEST_WAIT_MS);
    }
  }

  /** Writer: the frame at that address is whole. */
  commit(clip: number, timeMs: number): void {
    const at = clip * WORDS;
    const written = this.words[at + WRITTEN]!;
    this.floats[clip * FLOATS + TIMES + (written % this.words[at + FRAMES]!)] = timeMs;
    Atomics.store(this.words, at + WRITTEN, written + 1);
  }

  /** Shower: frames before this one are not needed any more. */
  take(clip: number, frame: number): void {
    const at = clip * WORDS;
    if (this.words[at + TAKEN]! >= frame) return;
    Atomics.store(this.words, at + TAKEN, frame);
    Atomics.notify(this.words, at + TAKEN);
  }

  /** Shower: a frame came on after `skipped` others whose time had passed. */
  count(clip: number, skipped: number): void {
    this.words[clip * WORDS + SHOWN]! += 1;
    this.words[clip * WORDS + SKIPPED]! += skipped;
  }

  countStarved(clip: number, ms: number): void {
    this.words[clip * WORDS + STARVED_US]! += Math.round(ms * 1000);
  }

  /** Shower: fills `entry` for a frame that is in the ring. Allocates nothing but at the first sight of a clip. */
  read(ref: ClipRef, frame: number, entry: ClipEntry): void {
    const at = ref.clip * WORDS;
    entry.offset = this.addressOf(ref.clip, frame);
    entry.frame = frame;
    entry.widthPx = this.words[at + WIDTH]!;
    entry.heightPx = this.words[at + HEIGHT]!;
    entry.turn = this.words[at + TURN]!;
    entry.colour = this.colourOf(ref);
  }

  private addressOf(clip: number, frame: number): number {
    const at = clip * WORDS;
    const { words } = this;
    return (words[at + OFFSET]! >>> 0) + (frame % words[at + FRAMES]!) * words[at + STRIDE]!;
  }

  private colourOf({ clip, generation }: ClipRef): StoredColour {
    const known = this.colours[clip];
    if (known?.generation === generation) return known.colour;
    const place = (at: number): 0 | 0.5 | 1 => this.floats[clip * FLOATS + at] as 0 | 0.5 | 1;
    const chroma: ChromaPlace = { xPx: place(CHROMA_X), yPx: place(CHROMA_Y) };
    const at = clip * FLOATS + WEIGHTS;
    const [offset, scale, redCr, greenCb, greenCr, blueCb] = this.floats.slice(at, at + 6) as unknown as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const colour: StoredColour = { offset, scale, redCr, greenCb, greenCr, blueCb, chroma };
    this.colours[clip] = { generation, colour };
    return colour;
  }
}

/** A thread that waits for room looks this often whether its ring is still wanted; it is woken when it is not. */
const LONGEST_WAIT_MS = 1000;
