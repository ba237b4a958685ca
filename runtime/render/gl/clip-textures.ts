/** Clips in GL textures, filled with every other frame: which are there, what they hold, when they go. */
import type { ClipEntry } from '../../arena/clip-table';
import type { ClipRef } from '../../stage/layer';
import type { ClipFrames } from '../plan/frame-plan';
import type { ClipPicture } from './clip-pictures';
import type { ClipPlanes } from './clip-planes';

/** How frames become textures. Render thread only; the context is current. */
export interface ClipTexturing<T> {
  /** Larger frames are not drawn. */
  readonly mostPx: number;
  /** Sets of textures that take turns: with two, none is filled from which the GPU still draws the frame before. */
  readonly sets: 1 | 2;
  /** Throws where the GL gives no texture. */
  make(entry: ClipEntry): T;
  /** The whole frame at once: it is due now. */
  fill(textures: T, entry: ClipEntry): void;
  drop(textures: T): void;
}

interface Held<T> {
  readonly ref: ClipRef;
  readonly sets: readonly T[];
  /** The one that holds the frame. */
  current: number;
  /** The frame it holds; -1 before the first. */
  frame: number;
}

/** What a clip is drawn from. */
export type ClipDrawing = ClipPlanes | ClipPicture;

/** Render thread only; the context is current. */
export class ClipTextures<T extends ClipDrawing = ClipDrawing> {
  /** By place in the clip table. */
  private readonly held = new Map<number, Held<T>>();

  constructor(
    private readonly clips: ClipFrames,
    private readonly texturing: ClipTexturing<T>,
  ) {}

  /** The frame that is on, for drawing; undefined when it is gone or larger than this GL's textures. */
  take(ref: ClipRef): T | undefined {
    const entry = this.clips.entryOf(ref);
    if (entry === undefined || Math.max(entry.widthPx, entry.heightPx) > this.texturing.mostPx) return undefined;
    let held = this.held.get(ref.clip);
    if (held?.ref.generation !== ref.generation) {
      if (held !== undefined) this.drop(held);
      const { sets } = this.texturing;
      held = { ref, sets: Array.from({ length: sets }, () => this.texturing.make(entry)), current: 0, frame: -1 };
      this.held.set(ref.clip, held);
    }
    if (held.frame !== entry.frame) {
      held.current = (held.current + 1) % held.sets.length;
      this.texturing.fill(held.sets[held.current]!, entry);
      held.frame = entry.frame;
    }
    return held.sets[held.current];
  }

  /** Gives back textures of clips that are gone. */
  dropGone(): void {
    for (const held of this.held.values()) {
      if (this.clips.entryOf(held.ref) === undefined) this.drop(held);
    }
  }

  close(): void {
    for (const held of this.held.values()) this.drop(held);
  }

  private drop({ ref, sets }: Held<T>): void {
    for (const textures of sets) this.texturing.drop(textures);
    this.held.delete(ref.clip);
  }
}
