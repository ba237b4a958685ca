/**
 * The chunk cache: of each track that plays, the chunk that is heard and the one after it (tier 1); behind them the rest of the last
 * tracks, made while they play (tier 2). Both states of every chunk. Bounded by its pool.
 */
import type { ToDecodeThread } from '../decode/messages';
import type { TrackSpec } from '../decode/producer';
import { ChunkCounters, type Found, type TierReport, type Way } from './counters';
import { hotChunks, victim, wishes, type ChunkWish, type PlannedTrack } from './plan';
import { slotBytes, type ChunkPool } from './pool';
import { plannedOf, TrackHandle, type Frames, type HandleOwner, type Track } from './track';

export interface CacheReport {
  readonly tier1: TierReport;
  readonly tier2: TierReport;
  readonly tracks: readonly {
    readonly file: string;
    readonly chunks: number;
    readonly of: number | null;
    readonly plays: boolean;
  }[];
  /** Orders whose result nobody wanted any more. */
  readonly stale: number;
}

export interface ChunkOrder {
  readonly message: Omit<Extract<ToDecodeThread, { kind: 'chunk' }>, 'id'>;
  done(result: { readonly frames: number; readonly ended: boolean }): void;
  /** `accident`: it says nothing of the file, so the order is given again, after a pause that grows. */
  failed(reason: string, accident: boolean): void;
}

/** Pauses after accidents of a decoder: the first one is not heard, because chunks are made ahead. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;

const pauseMs = (accidents: number): number => Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (accidents - 1));

/** Main thread only. */
export class ChunkCache implements HandleOwner {
  /** By key, newest use last. */
  private readonly tracks = new Map<string, Track>();
  private readonly counters = new ChunkCounters();
  private readonly inFlight = new Set<string>();
  private stale = 0;

  /** `keptTracks`: how many that do not play are kept. `changed`: something is to be made, or was. `failed`: a file ends before its end. */
  constructor(
    private readonly pool: ChunkPool,
    private readonly keptTracks: () => number,
    private readonly changed: () => void,
    private readonly failed: (path: string, reason: string) => void,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  get chunkFrames(): number {
    return this.pool.chunkFrames;
  }

  /** Whether tracks lately found what they went on to. */
  get isHealthy(): boolean {
    return this.counters.isHealthy;
  }

  /** A track is going to play from a frame on. */
  open(spec: TrackSpec, loops: boolean, atFrame = 0): TrackHandle {
    const track = this.trackOf(spec);
    const handle = new TrackHandle(this, track, loops, Math.floor(atFrame / this.chunkFrames));
    track.handles.add(handle);
    this.changed();
    return handle;
  }

  private trackOf(spec: TrackSpec): Track {
    const known = this.tracks.get(spec.key);
    this.tracks.delete(spec.key);
    const track: Track = known ?? {
      spec,
      chunks: new Map(),
      frames: undefined,
      handles: new Set(),
      failed: undefined,
      accidents: 0,
      againMs: -Infinity,
      epoch: 0,
    };
    // Another try: a copy may have ended meanwhile.
    if (track.handles.size === 0) track.failed = undefined;
    this.tracks.set(spec.key, track);
    return track;
  }

  /** The most urgent order there is room for, not yet given out, of at least this priority. */
  nextOrder(least: 1 | 2 | 3 = 3): ChunkOrder | undefined {
    this.dropOld();
    const tracks = this.planned();
    for (const wish of wishes(tracks)) {
      if (wish.priority > least) return undefined;
      if (this.tracks.get(wish.key)!.againMs > this.nowMs()) continue;
      if (this.inFlight.has(idOf(wish))) continue;
      const slot = this.roomFor(wish);
      if (slot !== undefined) return this.orderOf(wish, slot);
    }
    return undefined;
  }

  private roomFor(wish: ChunkWish): number | undefined {
    const free = this.pool.acquire();
    if (free !== undefined) return free;
    const given = victim(this.planned(), wish);
    if (given === undefined) return undefined;
    const { chunks } = this.tracks.get(given.key)!;
    const { slot } = chunks.get(given.chunk)!;
    chunks.delete(given.chunk);
    return slot;
  }

  private orderOf(wish: ChunkWish, slot: number): ChunkOrder {
    const track = this.tracks.get(wish.key)!;
    const { epoch, spec } = track;
    const id = idOf(wish);
    this.inFlight.add(id);
    const over = (): void => {
      this.inFlight.delete(id);
      this.changed();
    };
    return {
      message: { kind: 'chunk', track: spec, fromFrame: wish.chunk * this.chunkFrames, place: this.pool.place(slot) },
      done: ({ frames, ended }) => {
        track.accidents = 0;
        if (ended && wish.chunk === 0 && frames === 0) this.failed(spec.path, 'has no sound that can be decoded');
        if (ended) track.frames = wish.chunk * this.chunkFrames + frames;
        const isThere = this.tracks.get(wish.key) === track && !track.chunks.has(wish.chunk);
        const isStale =
          track.epoch !== epoch &&
          !plannedOf(track, this.chunkFrames).some((hot) => hotChunks(hot).includes(wish.chunk));
        if (isStale) this.stale += 1;
        if (frames > 0 && isThere && !isStale) track.chunks.set(wish.chunk, { slot, frames });
        else this.pool.release(slot);
        over();
      },
      failed: (reason, accident) => {
        this.pool.release(slot);
        if (accident) {
          track.accidents += 1;
          track.againMs = this.nowMs() + pauseMs(track.accidents);
          if (track.accidents === 1) this.failed(spec.path, `${reason}; it is tried again`);
          return over();
        }
        if (track.failed === undefined) this.failed(spec.path, reason);
        track.failed = { from: Math.min(wish.chunk, track.failed?.from ?? Infinity), reason };
        over();
      },
    };
  }

  /** Tracks that play, then the others, newest first. */
  private planned(): PlannedTrack[] {
    const all = [...this.tracks.values()].reverse();
    return [
      ...all.filter(({ handles }) => handles.size > 0),
      ...all.filter(({ handles }) => handles.size === 0),
    ].flatMap((track) => plannedOf(track, this.chunkFrames));
  }

  /** Tracks that do not play, beyond those that are kept. */
  private dropOld(): void {
    const idle = [...this.tracks.values()].filter(({ handles }) => handles.size === 0).reverse();
    for (const track of idle.slice(this.keptTracks())) this.drop(track);
  }

  private drop(track: Track): void {
    for (const { slot } of track.chunks.values()) this.pool.release(slot);
    track.chunks.clear();
    this.tracks.delete(track.spec.key);
  }

  /** Empties tier 2: everything but what is heard now and next. */
  clear(): void {
    for (const track of [...this.tracks.values()]) {
      const hot = new Set(plannedOf(track, this.chunkFrames).flatMap(hotChunks));
      for (const [chunk, { slot }] of [...track.chunks]) {
        if (hot.has(chunk)) continue;
        track.chunks.delete(chunk);
        this.pool.release(slot);
      }
      if (track.handles.size === 0) this.tracks.delete(track.spec.key);
    }
    this.changed();
  }

  report(): CacheReport {
    let [hot, all] = [0, 0];
    for (const track of this.tracks.values()) {
      const chunks = new Set(plannedOf(track, this.chunkFrames).flatMap(hotChunks));
      all += track.chunks.size;
      hot += [...track.chunks.keys()].filter((chunk) => chunks.has(chunk)).length;
    }
    const bytes = slotBytes(this.chunkFrames);
    return {
      tier1: this.counters.report('tier1', hot, hot * bytes),
      tier2: this.counters.report('tier2', all - hot, (all - hot) * bytes),
      tracks: [...this.tracks.values()].reverse().map(({ spec, chunks, frames, handles }) => ({
        file: spec.path,
        chunks: chunks.size,
        of: frames === undefined ? null : Math.ceil(frames / this.chunkFrames),
        plays: handles.size > 0,
      })),
      stale: this.stale,
    };
  }

  /** For handles. */
  framesAt(track: Track, atFrame: number, most: number): Frames | undefined {
    const chunk = track.chunks.get(Math.floor(atFrame / this.chunkFrames));
    const from = atFrame % this.chunkFrames;
    if (chunk === undefined || from >= chunk.frames) return undefined;
    const to = Math.min(chunk.frames, from + most);
    const { pool } = this;
    return { count: to - from, view: (state) => pool.view(chunk.slot, state, track.spec.channels, from, to) };
  }

  /** For handles: a track comes to a chunk. */
  enter(track: Track, chunk: number, wasHot: boolean, way: Way): void {
    const found: Found = !track.chunks.has(chunk) ? 'nowhere' : wasHot ? 'tier1' : 'tier2';
    this.counters.count(found, way);
    this.changed();
  }

  /** For handles: nobody plays it by this handle any more. */
  leave(track: Track, handle: TrackHandle): void {
    track.handles.delete(handle);
    // The newest of those that do not play.
    if (this.tracks.get(track.spec.key) === track) {
      this.tracks.delete(track.spec.key);
      this.tracks.set(track.spec.key, track);
    }
    this.changed();
  }
}

const idOf = ({ key, chunk }: Pick<ChunkWish, 'key' | 'chunk'>): string => `${chunk} ${key}`;
