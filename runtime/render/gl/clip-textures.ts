/** Clips in GL textures, filled anew with every other frame: which are there, what they hold, when they go. */
import type { ClipEntry } from '../../arena/clip-table';
import type { ClipRef } from '../../stage/layer';
import type { ClipFrames } from '../plan/frame-plan';
import type { ClipPicture } from './clip-pictures';
import type { ClipPlanes } from './clip-planes';

/** How frames become textures. Render thread only; the context is current. */
export interface ClipTexturing<T> {
  /** Larger frames are not drawn. */
  readonly mostPx: number;
  /** Throws where the GL gives no texture. */
  make(entry: ClipEntry): T;
  /** The whole frame at once: it is due now. */
  fill(textures: T, entry: ClipEntry): void;
  drop(textures: T): void;
}

interface Held<T> {
  readonly ref: ClipRef;
  readonly textures: T;
  /** The frame they hold; -1 before the first. */
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
      held = { ref, textures: this.texturing.make(entry), frame: -1 };
      this.held.set(ref.clip, held);
    }
    if (held.frame !== entry.frame) {
      this.texturing.fill(held.textures, entry);
      held.frame = entry.frame;
    }
    return held.textures;
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

  private drop({ ref, textures }: Held<T>): void {
    this.texturing.drop(textures);
    this.held.delete(ref.clip);
  }
}
