/**
 * The chunk cache: of each track that plays, the chunk that is heard and the one after it (tier 1); behind them the rest of the last
 * tracks, made while they play (tier 2). Both states of every chunk. Bounded by its pool.
 */
import type { OrderAhead, ToDecodeThread } from '../decode/messages';
import type { TrackSpec } from '../decode/producer';
import { ChunkCounters, type Found, type TierReport, type Way } from './counters';
import { partsOf, type ChunkLayout } from './layout';
import { hotChunks, isUnfinished, victim, wishes, type ChunkWish, type PlannedTrack } from './plan';
import type { Cell, ChunkPool } from './pool';
import { plannedOf, TrackHandle, type Chunk, type Frames, type HandleOwner, type Track } from './track';

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
  /** `accident`: the cause is not the file, so the order is given again, after a pause that grows. */
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
  /** By path, the key of what its next play will be: a copy with another key, of another gain or an older file, is never played again. */
  private readonly current = new Map<string, string>();
  private readonly counters = new ChunkCounters();
  private stale = 0;

  /** `keptTracks`: how many that do not play are kept. `changed`: something is to be made, or was. `failed`: a file ends before its end. */
  constructor(
    private readonly pool: ChunkPool,
    private readonly keptTracks: () => number,
    private readonly changed: () => void,
    private readonly failed: (path: string, reason: string) => void,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  get layout(): ChunkLayout {
    return this.pool.layout;
  }

  get chunkFrames(): number {
    return this.layout.chunkFrames;
  }

  /** Whether tracks lately found what they went on to. */
  get isHealthy(): boolean {
    return this.counters.isHealthy;
  }

  /** A track is going to play from a frame on. */
  open(spec: TrackSpec, loops: boolean, atFrame = 0): TrackHandle {
    const track = this.trackOf(spec);
    const handle = new TrackHandle(this, track, loops, atFrame);
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
    this.current.set(spec.path, spec.key);
    for (const other of [...this.tracks.values()]) if (this.isObsolete(other)) this.drop(other);
    return track;
  }

  /** Whether nobody plays it, and nobody ever will. */
  private isObsolete({ spec, handles }: Track): boolean {
    return handles.size === 0 && this.current.get(spec.path) !== spec.key;
  }

  /** The most urgent order there is room for, of at least this priority. One at a time: the last one is done, or has failed. */
  nextOrder(least: 1 | 2 | 3 = 3): ChunkOrder | undefined {
    this.dropOld();
    for (const wish of wishes(this.planned())) {
      if (wish.priority > least) return undefined;
      const track = this.tracks.get(wish.key)!;
      if (track.againMs > this.nowMs()) continue;
      const chunk = track.chunks.get(wish.chunk) ?? this.begin(track, wish);
      if (chunk !== undefined) return this.orderOf(track, chunk, wish);
    }
    return undefined;
  }

  /** Where each track that plays is decoded next, the most urgent first; a track that waits after an accident is left out. */
  ahead(): OrderAhead[] {
    const orders = new Map<string, OrderAhead>();
    for (const wish of wishes(this.planned())) {
      if (wish.priority > 1) break;
      const track = this.tracks.get(wish.key)!;
      if (track.againMs > this.nowMs() || orders.has(wish.key)) continue;
      orders.set(wish.key, { track: track.spec, fromFrame: this.firstFrame(wish) });
    }
    return [...orders.values()];
  }

  private firstFrame({ chunk, part }: ChunkWish): number {
    return chunk * this.layout.chunkFrames + part * this.layout.partFrames;
  }

  /** Whether the decoder of a track has anything left to do. */
  needsDecoder(key: string): boolean {
    const track = this.tracks.get(key);
    return track !== undefined && track.handles.size > 0 && plannedOf(track, this.layout).some(isUnfinished);
  }

  /** A chunk without any part, where there is room for it. */
  private begin(track: Track, wish: ChunkWish): Chunk | undefined {
    const cells = this.roomFor(track.spec.channels, wish);
    if (cells === undefined) return undefined;
    const chunk: Chunk = { cells, partFrames: new Array<number>(partsOf(this.layout)).fill(0) };
    track.chunks.set(wish.chunk, chunk);
    return chunk;
  }

  private roomFor(channels: number, wish: ChunkWish): readonly Cell[] | undefined {
    for (;;) {
      const cells = this.pool.acquire(channels);
      if (cells !== undefined) return cells;
      const given = victim(this.planned(), wish);
      if (given === undefined) return undefined;
      this.evict(this.tracks.get(given.key)!, given.chunk);
    }
  }

  private evict(track: Track, number: number): void {
    this.pool.release(track.chunks.get(number)!.cells);
    track.chunks.delete(number);
  }

  private orderOf(track: Track, chunk: Chunk, wish: ChunkWish): ChunkOrder {
    const { epoch, spec } = track;
    const fromFrame = this.firstFrame(wish);
    const over = (): void => {
      // Its room may be another's by now.
      if (track.chunks.get(wish.chunk) === chunk && chunk.partFrames.every((frames) => frames === 0))
        this.evict(track, wish.chunk);
      this.changed();
    };
    return {
      message: {
        kind: 'chunk',
        track: spec,
        fromFrame,
        place: this.pool.place(chunk.cells, wish.part),
        decoders: this.decodersFor(track),
      },
      done: ({ frames, ended }) => {
        track.accidents = 0;
        if (ended && fromFrame === 0 && frames === 0) this.failed(spec.path, 'has no sound that can be decoded');
        if (ended) track.frames = fromFrame + frames;
        const isStale =
          track.epoch !== epoch && !plannedOf(track, this.layout).some((hot) => hotChunks(hot).includes(wish.chunk));
        if (isStale) this.stale += 1;
        else if (track.chunks.get(wish.chunk) === chunk) chunk.partFrames[wish.part] = frames;
        over();
      },
      failed: (reason, accident) => {
        if (accident) {
          track.accidents += 1;
          track.againMs = this.nowMs() + pauseMs(track.accidents);
          if (track.accidents === 1) this.failed(spec.path, `${reason}; it is tried again`);
          return over();
        }
        if (track.failed === undefined) this.failed(spec.path, reason);
        track.failed = { fromFrame: Math.min(fromFrame, track.failed?.fromFrame ?? Infinity), reason };
        over();
      },
    };
  }

  /** Decoders that may be kept: one for each place at which a track plays, and one for what is only good to have. */
  private decodersFor({ handles }: Track): { readonly ofTrack: number; readonly inAll: number } {
    let places = 0;
    for (const track of this.tracks.values()) places += track.handles.size;
    return { ofTrack: Math.max(1, handles.size), inAll: places + 1 };
  }

  /** Tracks that play, then the others, newest first. */
  private planned(): PlannedTrack[] {
    const all = [...this.tracks.values()].reverse();
    return [
      ...all.filter(({ handles }) => handles.size > 0),
      ...all.filter(({ handles }) => handles.size === 0),
    ].flatMap((track) => plannedOf(track, this.layout));
  }

  /** Tracks that do not play, beyond those that are kept. */
  private dropOld(): void {
    const idle = [...this.tracks.values()].filter(({ handles }) => handles.size === 0).reverse();
    for (const track of idle.slice(this.keptTracks())) this.drop(track);
  }

  private drop(track: Track): void {
    for (const chunk of [...track.chunks.keys()]) this.evict(track, chunk);
    this.forget(track.spec);
  }

  private forget({ path, key }: TrackSpec): void {
    this.tracks.delete(key);
    if (this.current.get(path) === key) this.current.delete(path);
  }

  /** Empties tier 2: everything but what is heard now and next. */
  clear(): void {
    for (const track of [...this.tracks.values()]) {
      const hot = new Set(plannedOf(track, this.layout).flatMap(hotChunks));
      for (const chunk of [...track.chunks.keys()]) if (!hot.has(chunk)) this.evict(track, chunk);
      if (track.handles.size === 0) this.forget(track.spec);
    }
    this.changed();
  }

  report(): CacheReport {
    const tiers = { hot: { chunks: 0, cells: 0 }, rest: { chunks: 0, cells: 0 } };
    for (const track of this.tracks.values()) {
      const hot = new Set(plannedOf(track, this.layout).flatMap(hotChunks));
      for (const [number, { cells }] of track.chunks) {
        const tier = hot.has(number) ? tiers.hot : tiers.rest;
        tier.chunks += 1;
        tier.cells += cells.length;
      }
    }
    const { cellBytes } = this.pool;
    return {
      tier1: this.counters.report('tier1', tiers.hot.chunks, tiers.hot.cells * cellBytes),
      tier2: this.counters.report('tier2', tiers.rest.chunks, tiers.rest.cells * cellBytes),
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
    const { chunkFrames, partFrames } = this.layout;
    const chunk = track.chunks.get(Math.floor(atFrame / chunkFrames));
    if (chunk === undefined) return undefined;
    const from = atFrame % chunkFrames;
    let end = 0;
    for (let part = Math.floor(from / partFrames); part < chunk.partFrames.length; part++) {
      end = part * partFrames + chunk.partFrames[part]!;
      // The next one begins where a whole part ends.
      if (chunk.partFrames[part]! < partFrames || end >= from + most) break;
    }
    const to = Math.min(end, from + most);
    if (to <= from) return undefined;
    return { count: to - from, view: (state) => this.pool.view(chunk.cells, state, from, to) };
  }

  /** For handles: a track comes to a frame of another chunk. */
  enter(track: Track, atFrame: number, wasHot: boolean, way: Way): void {
    const isThere = this.framesAt(track, atFrame, 1) !== undefined;
    const found: Found = !isThere ? 'nowhere' : wasHot ? 'tier1' : 'tier2';
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
      // Of one that was never heard nothing is kept.
      if (this.isObsolete(track) || (track.handles.size === 0 && track.chunks.size === 0)) this.drop(track);
    }
    this.changed();
  }
}
