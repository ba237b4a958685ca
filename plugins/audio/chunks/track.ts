/** A track in the chunk cache, the places at which it plays, and what the plan has to know of both. */
import type { TrackSpec } from '../decode/producer';
import type { Way } from './counters';
import { partsOf, type ChunkLayout } from './layout';
import { hotChunks, type PlannedTrack } from './plan';
import type { Cell, SoundState } from './pool';

/** Frames of both states that lie in one piece. */
export interface Frames {
  readonly count: number;
  view(state: SoundState): Float32Array[];
}

export interface Chunk {
  /** One for each channel. */
  readonly cells: readonly Cell[];
  /** Frames of each part; 0 while it is not there. */
  readonly partFrames: number[];
}

export interface Track {
  readonly spec: TrackSpec;
  readonly chunks: Map<number, Chunk>;
  /** Frames in all, once the end was met. */
  frames: number | undefined;
  /** Handles that play it. */
  readonly handles: Set<TrackHandle>;
  /** From which frame on it cannot be decoded, and why. */
  failed: { readonly fromFrame: number; readonly reason: string } | undefined;
  /** Accidents of its decoder since the last part came, and when it is tried again. */
  accidents: number;
  againMs: number;
  /** Goes up with every jump: what was ordered before it may not be wanted any more. */
  epoch: number;
}

/** The cache, as a place at which a track plays sees it. */
export interface HandleOwner {
  readonly layout: ChunkLayout;
  framesAt(track: Track, atFrame: number, most: number): Frames | undefined;
  /** A track comes to a frame of another chunk. */
  enter(track: Track, atFrame: number, wasHot: boolean, way: Way): void;
  /** Nobody plays the track by this handle any more. */
  leave(track: Track, handle: TrackHandle): void;
}

/** One entry for each place at which it plays; one for a track that does not. */
export function plannedOf(track: Track, layout: ChunkLayout): PlannedTrack[] {
  const about = aboutOf(track, layout);
  if (track.handles.size === 0) return [{ ...about, loops: false }];
  return [...track.handles].map((handle) => ({ ...about, ...placeOf(handle, layout) }));
}

const placeOf = (
  { frame, loops }: Pick<TrackHandle, 'frame' | 'loops'>,
  { chunkFrames, partFrames }: ChunkLayout,
): Required<Pick<PlannedTrack, 'playing' | 'part' | 'loops'>> => ({
  playing: Math.floor(frame / chunkFrames),
  part: Math.floor((frame % chunkFrames) / partFrames),
  loops,
});

function aboutOf({ spec, chunks, frames, failed }: Track, layout: ChunkLayout): Omit<PlannedTrack, 'loops'> {
  const { chunkFrames, partFrames } = layout;
  const total = totalOf(frames, layout);
  const lastParts = frames === undefined ? undefined : Math.ceil((frames - (total! - 1) * chunkFrames) / partFrames);
  const begun = new Map<number, ReadonlySet<number>>();
  for (const [chunk, { partFrames: made }] of chunks) {
    const parts = made.flatMap((count, part) => (count > 0 ? [part] : []));
    if (parts.length < (chunk + 1 === total ? lastParts! : made.length)) begun.set(chunk, new Set(parts));
  }
  return {
    key: spec.key,
    parts: partsOf(layout),
    resident: new Set(chunks.keys()),
    begun,
    ...(total === undefined ? {} : { total, lastParts: lastParts! }),
    ...(failed === undefined ? {} : { failedFrom: failedFrom(failed.fromFrame, layout) }),
  };
}

const totalOf = (frames: number | undefined, { chunkFrames }: ChunkLayout): number | undefined =>
  frames === undefined ? undefined : Math.ceil(frames / chunkFrames);

const failedFrom = (
  fromFrame: number,
  { chunkFrames, partFrames }: ChunkLayout,
): PlannedTrack['failedFrom'] & object => ({
  chunk: Math.floor(fromFrame / chunkFrames),
  part: Math.floor((fromFrame % chunkFrames) / partFrames),
});

/** A place at which a track plays. */
export class TrackHandle {
  private hot: ReadonlySet<number> = new Set();
  private entered = false;

  constructor(
    private readonly cache: HandleOwner,
    private readonly track: Track,
    readonly loops: boolean,
    private at: number,
  ) {}

  get channels(): number {
    return this.track.spec.channels;
  }

  /** The frame that is read next, or was last. */
  get frame(): number {
    return this.at;
  }

  /** Frames in all; undefined until the end was met. */
  get frames(): number | undefined {
    return this.track.frames;
  }

  /** Whether the frames are there at which it plays, or will begin. */
  get isThere(): boolean {
    return this.cache.framesAt(this.track, this.at, 1) !== undefined;
  }

  /** Why nothing more will come, where that is so; from which frame on. */
  get failure(): { readonly fromFrame: number; readonly reason: string } | undefined {
    return this.track.failed;
  }

  private chunkOf(atFrame: number): number {
    return Math.floor(atFrame / this.cache.layout.chunkFrames);
  }

  /** Frames from there on, at most so many, as far as they lie in one piece; undefined where they are not there yet. */
  read(atFrame: number, most: number): Frames | undefined {
    const chunk = this.chunkOf(atFrame);
    const found = this.cache.framesAt(this.track, atFrame, most);
    if (chunk === this.chunkOf(this.at) && this.entered) {
      this.at = atFrame;
      return found;
    }
    const [isStart, wasHot] = [!this.entered, this.hot.has(chunk)];
    this.goTo(atFrame);
    // A start finds nothing, which is no miss of the cache. Missing frames are asked for again and again, and counted once.
    if (!isStart) this.cache.enter(this.track, atFrame, wasHot, 'on');
    return found;
  }

  /** A jump: what was ordered for the old place does not matter any more. */
  jump(atFrame: number): void {
    const chunk = this.chunkOf(atFrame);
    // Where it is already, nothing is looked for: a pause ends.
    if (this.entered && chunk === this.chunkOf(this.at) && this.cache.framesAt(this.track, atFrame, 1) !== undefined) {
      this.at = atFrame;
      return;
    }
    this.track.epoch += 1;
    const wasHot = this.hot.has(chunk);
    this.goTo(atFrame);
    this.cache.enter(this.track, atFrame, wasHot, 'jump');
  }

  private goTo(atFrame: number): void {
    this.at = atFrame;
    this.entered = true;
    const total = totalOf(this.track.frames, this.cache.layout);
    const place = { ...placeOf(this, this.cache.layout), ...(total === undefined ? {} : { total }) };
    this.hot = new Set(hotChunks(place));
  }

  close(): void {
    this.cache.leave(this.track, this);
  }
}
