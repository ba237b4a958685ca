/** A track in the chunk cache, the places at which it plays, and what the plan has to know of both. */
import type { TrackSpec } from '../decode/producer';
import type { Way } from './counters';
import { hotChunks, type PlannedTrack } from './plan';
import type { SoundState } from './pool';

/** Frames of both states that lie in one piece. */
export interface Frames {
  readonly count: number;
  view(state: SoundState): Float32Array[];
}

export interface Chunk {
  readonly slot: number;
  readonly frames: number;
}

export interface Track {
  readonly spec: TrackSpec;
  readonly chunks: Map<number, Chunk>;
  /** Frames in all, once the end was met. */
  frames: number | undefined;
  /** Handles that play it. */
  readonly handles: Set<TrackHandle>;
  failed: { readonly from: number; readonly reason: string } | undefined;
  /** Accidents of its decoder since the last chunk came, and when it is tried again. */
  accidents: number;
  againMs: number;
  /** Goes up with every jump: what was ordered before it may not be wanted any more. */
  epoch: number;
}

/** The cache, as a place at which a track plays sees it. */
export interface HandleOwner {
  readonly chunkFrames: number;
  framesAt(track: Track, atFrame: number, most: number): Frames | undefined;
  /** A track comes to a chunk. */
  enter(track: Track, chunk: number, wasHot: boolean, way: Way): void;
  /** Nobody plays the track by this handle any more. */
  leave(track: Track, handle: TrackHandle): void;
}

/** One entry for each place at which it plays; one for a track that does not. */
export function plannedOf(track: Track, chunkFrames: number): PlannedTrack[] {
  if (track.handles.size === 0) return [{ ...aboutOf(track, chunkFrames), loops: false }];
  return [...track.handles].map((handle) => plannedAt(track, handle, chunkFrames));
}

const plannedAt = (track: Track, { chunk, loops }: TrackHandle, chunkFrames: number): PlannedTrack => ({
  ...aboutOf(track, chunkFrames),
  playing: chunk,
  loops,
});

const aboutOf = ({ spec, chunks, frames, failed }: Track, chunkFrames: number): Omit<PlannedTrack, 'loops'> => ({
  key: spec.key,
  resident: new Set(chunks.keys()),
  ...(frames === undefined ? {} : { total: Math.ceil(frames / chunkFrames) }),
  ...(failed === undefined ? {} : { failedFrom: failed.from }),
});

/** A place at which a track plays. */
export class TrackHandle {
  private hot: ReadonlySet<number> = new Set();
  private entered = false;

  constructor(
    private readonly cache: HandleOwner,
    private readonly track: Track,
    readonly loops: boolean,
    private current: number,
  ) {}

  get channels(): number {
    return this.track.spec.channels;
  }

  /** Where it plays. */
  get chunk(): number {
    return this.current;
  }

  /** Frames in all; undefined until the end was met. */
  get frames(): number | undefined {
    return this.track.frames;
  }

  /** Whether the chunk is there at which it plays, or will begin. */
  get isThere(): boolean {
    return this.track.chunks.has(this.current);
  }

  /** Why nothing more will come, where that is so; from which frame on. */
  get failure(): { readonly fromFrame: number; readonly reason: string } | undefined {
    const { failed } = this.track;
    return failed === undefined
      ? undefined
      : { fromFrame: failed.from * this.cache.chunkFrames, reason: failed.reason };
  }

  /** Frames from there on, at most so many, as far as they lie in one piece; undefined where they are not there yet. */
  read(atFrame: number, most: number): Frames | undefined {
    const chunk = Math.floor(atFrame / this.cache.chunkFrames);
    const found = this.cache.framesAt(this.track, atFrame, most);
    if (chunk === this.current && this.entered) return found;
    const [isStart, wasHot] = [!this.entered, this.hot.has(chunk)];
    this.goTo(chunk);
    // A start finds nothing, and says nothing of the cache. What is missing is asked for again and again, and told once.
    if (!isStart) this.cache.enter(this.track, chunk, wasHot, 'on');
    return found;
  }

  /** A jump: what was ordered for the old place does not matter any more. */
  jump(atFrame: number): void {
    const chunk = Math.floor(atFrame / this.cache.chunkFrames);
    // Where it is already, nothing is looked for: a pause ends.
    if (this.entered && chunk === this.current) return;
    this.track.epoch += 1;
    const wasHot = this.hot.has(chunk);
    this.goTo(chunk);
    this.cache.enter(this.track, chunk, wasHot, 'jump');
  }

  private goTo(chunk: number): void {
    this.current = chunk;
    this.entered = true;
    this.hot = new Set(hotChunks(plannedAt(this.track, this, this.cache.chunkFrames)));
  }

  close(): void {
    this.cache.leave(this.track, this);
  }
}
