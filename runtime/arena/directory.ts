/** The directory: which slot of the picture store holds which pixels, readable by every thread. */
import type { PictureRef } from '../stage/layer';
import type { StoredShape } from '../stage/picture-store';

/** Pictures that can be in the store at once; 64 cached ones, texts and a reload's second set stay far below. */
export const DIRECTORY_SLOTS = 4096;

const GENERATION = 0;
const OFFSET = 1;
const WIDTH = 2;
const HEIGHT = 3;
const PIXEL_BYTES = 4;
const TURN = 5;
const FIELDS = 8;

/** What a renderer needs to know of a slot. Reused between calls: copy what must last. */
export interface DirectoryEntry {
  offset: number;
  /** As stored. */
  widthPx: number;
  heightPx: number;
  pixelBytes: number;
  turn: number;
}

export class Directory {
  private readonly fields: Int32Array;

  constructor(readonly buffer = new SharedArrayBuffer(DIRECTORY_SLOTS * FIELDS * 4)) {
    this.fields = new Int32Array(buffer);
  }

  /** Main thread: enters a picture and returns its generation. */
  enter(slot: number, offset: number, shape: StoredShape): number {
    const at = slot * FIELDS;
    this.fields[at + OFFSET] = offset;
    this.fields[at + WIDTH] = shape.widthPx;
    this.fields[at + HEIGHT] = shape.heightPx;
    this.fields[at + PIXEL_BYTES] = shape.layout === 'rgb' ? 3 : 4;
    this.fields[at + TURN] = shape.turn;
    return Atomics.add(this.fields, at + GENERATION, 1) + 1;
  }

  /** Main thread: makes every reference to the slot void. */
  void(slot: number): void {
    Atomics.add(this.fields, slot * FIELDS + GENERATION, 1);
  }

  /** Any thread: fills `entry`; false when the picture is not in the store any more. Allocates nothing. */
  read(ref: PictureRef, entry: DirectoryEntry): boolean {
    const at = ref.slot * FIELDS;
    if (Atomics.load(this.fields, at + GENERATION) !== ref.generation) return false;
    entry.offset = this.fields[at + OFFSET]! >>> 0;
    entry.widthPx = this.fields[at + WIDTH]!;
    entry.heightPx = this.fields[at + HEIGHT]!;
    entry.pixelBytes = this.fields[at + PIXEL_BYTES]!;
    entry.turn = this.fields[at + TURN]!;
    return true;
  }
}
