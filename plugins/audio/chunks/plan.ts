/** What the decode worker makes next, and what gives way for it. Pure: decides over plain figures. */

/** A track as the plan sees it. */
export interface PlannedTrack {
  readonly key: string;
  /** Chunk that is being heard; undefined for a track that is kept but does not play. */
  readonly playing?: number;
  readonly loops: boolean;
  /** Chunks in all; undefined until the end was met. */
  readonly total?: number;
  readonly resident: ReadonlySet<number>;
  /** Where it cannot be decoded, from which chunk on. */
  readonly failedFrom?: number;
}

/** 1: needed next; 2: the rest of what plays; 3: what played before. */
export type Priority = 1 | 2 | 3;

export interface ChunkWish {
  readonly key: string;
  readonly chunk: number;
  readonly priority: Priority;
}

/** The chunk after one, by the track's order; undefined after its last. */
export function chunkAfter({ total, loops }: Pick<PlannedTrack, 'total' | 'loops'>, chunk: number): number | undefined {
  if (total === undefined || chunk + 1 < total) return chunk + 1;
  return loops ? 0 : undefined;
}

/** The chunks of tier 1: the one that is heard and the one after it. */
export function hotChunks(track: PlannedTrack): number[] {
  if (track.playing === undefined) return [];
  const next = chunkAfter(track, track.playing);
  return next === undefined || next === track.playing ? [track.playing] : [track.playing, next];
}

/** Whether the chunk is worth an order: not there, inside of the track, and not known to fail. */
function isMissing({ resident, total, failedFrom }: PlannedTrack, chunk: number): boolean {
  return !resident.has(chunk) && chunk < (total ?? Infinity) && chunk < (failedFrom ?? Infinity);
}

/**
 * Wishes in the order of their urgency: the chunks that are heard, those after them, the rest of each track from there on and round, then
 * tracks that do not play any more, the one that played last first. `tracks`: those that play, then the others, newest first.
 */
export function* wishes(tracks: readonly PlannedTrack[]): Generator<ChunkWish> {
  const playing = tracks.filter((track) => track.playing !== undefined);
  for (const place of [0, 1])
    for (const track of playing) {
      const chunk = hotChunks(track)[place];
      if (chunk !== undefined && isMissing(track, chunk)) yield { key: track.key, chunk, priority: 1 };
    }
  for (const track of playing) {
    const chunk = firstMissing(track, track.playing! + 1) ?? firstMissing(track, 0, track.playing);
    if (chunk !== undefined) yield { key: track.key, chunk, priority: 2 };
  }
  for (const track of tracks) {
    if (track.playing !== undefined) continue;
    const chunk = firstMissing(track, 0);
    if (chunk !== undefined) yield { key: track.key, chunk, priority: 3 };
  }
}

function firstMissing(track: PlannedTrack, from: number, to = Infinity): number | undefined {
  // Without a known end, the first one beyond all that is there may be beyond it: making it tells.
  const end = Math.min(to, track.total ?? Math.max(from, ...track.resident, 0) + 2);
  for (let chunk = from; chunk < end; chunk++) if (isMissing(track, chunk)) return chunk;
  return undefined;
}

/**
 * The chunk that gives way for a wish; undefined where nothing may. What is heard next never does. For it anything else does: first of tracks
 * that do not play, oldest first; then what was heard longest ago. For what is only good to have, nothing that plays does.
 */
export function victim(tracks: readonly PlannedTrack[], { key, priority }: ChunkWish): ChunkWish | undefined {
  const idle = tracks.filter((track) => track.playing === undefined && track.resident.size > 0 && track.key !== key);
  const oldest = idle.at(-1);
  if (oldest !== undefined && priority < 3)
    return { key: oldest.key, chunk: Math.max(...oldest.resident), priority: 3 };
  if (priority > 1) return undefined;
  const wanted = tracks.find((track) => track.key === key);
  const candidates = [wanted, ...tracks].filter((track) => track !== undefined && track.playing !== undefined);
  for (const track of candidates) {
    const hot = new Set(hotChunks(track!));
    const cold = [...track!.resident].filter((chunk) => !hot.has(chunk));
    if (cold.length > 0) return { key: track!.key, chunk: longestAgo(cold, track!.playing!), priority: 2 };
  }
  return undefined;
}

/** Of chunks before the one that is heard the first, else the one farthest ahead. */
function longestAgo(chunks: readonly number[], playing: number): number {
  const behind = chunks.filter((chunk) => chunk < playing);
  return behind.length > 0 ? Math.min(...behind) : Math.max(...chunks);
}
