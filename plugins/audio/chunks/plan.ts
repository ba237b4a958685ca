/** The plan of decoding: which part the worker makes next, and which chunk gives way for it. Pure: decides over plain figures. */

/** A track as the plan sees it. */
export interface PlannedTrack {
  readonly key: string;
  /** Chunk that is being heard, and part of it; undefined for a track that is kept but does not play. */
  readonly playing?: number;
  readonly part?: number;
  readonly loops: boolean;
  /** Parts of a chunk. */
  readonly parts: number;
  /** Chunks in all, and parts of the last one; undefined until the end was met. */
  readonly total?: number;
  readonly lastParts?: number;
  /** Chunks that have their room. */
  readonly resident: ReadonlySet<number>;
  /** Of those, the ones that are not complete, with the parts that are there. */
  readonly begun: ReadonlyMap<number, ReadonlySet<number>>;
  /** Where it cannot be decoded, from which part of which chunk on. */
  readonly failedFrom?: { readonly chunk: number; readonly part: number };
}

/** 1: needed next; 2: the rest of what plays; 3: what played before. */
export type Priority = 1 | 2 | 3;

export interface ChunkWish {
  readonly key: string;
  readonly chunk: number;
  readonly part: number;
  readonly priority: Priority;
  /** It belongs to the chunk that is being heard. */
  readonly isCurrent: boolean;
}

/** The chunk after one, by the track's order; undefined after its last. */
export function chunkAfter({ total, loops }: Pick<PlannedTrack, 'total' | 'loops'>, chunk: number): number | undefined {
  if (total === undefined || chunk + 1 < total) return chunk + 1;
  return loops ? 0 : undefined;
}

/** The chunks of tier 1: the one that is heard and the one after it. */
export function hotChunks(track: Pick<PlannedTrack, 'playing' | 'total' | 'loops'>): number[] {
  if (track.playing === undefined) return [];
  const next = chunkAfter(track, track.playing);
  return next === undefined || next === track.playing ? [track.playing] : [track.playing, next];
}

/** Parts that a chunk has: none beyond the end, and none from where it cannot be decoded. */
function partsIn({ parts, total, lastParts = parts, failedFrom }: PlannedTrack, chunk: number): number {
  if (total !== undefined && chunk >= total) return 0;
  const all = chunk + 1 === total ? lastParts : parts;
  if (failedFrom === undefined || chunk < failedFrom.chunk) return all;
  return chunk === failedFrom.chunk ? Math.min(all, failedFrom.part) : 0;
}

/** The first part of a chunk, from `from` on, that is not there. */
function missingPart(track: PlannedTrack, chunk: number, from = 0): number | undefined {
  const begun = track.begun.get(chunk);
  if (begun === undefined && track.resident.has(chunk)) return undefined;
  const end = partsIn(track, chunk);
  for (let part = from; part < end; part++) if (begun?.has(part) !== true) return part;
  return undefined;
}

/** The part that is needed first for the chunks of tier 1, and how many parts before it are still to be heard. */
function needed(track: PlannedTrack): { readonly wish: ChunkWish; readonly inParts: number } | undefined {
  const { key, playing, part: heard = 0, parts } = track;
  if (playing === undefined) return undefined;
  for (const [place, chunk] of hotChunks(track).entries()) {
    const isCurrent = place === 0;
    const part = missingPart(track, chunk, isCurrent ? heard : 0);
    if (part === undefined) continue;
    const inParts = isCurrent ? part - heard : parts - heard + part;
    return { wish: { key, chunk, part, priority: 1, isCurrent }, inParts };
  }
  return undefined;
}

/**
 * Wishes in the order of their urgency: what is heard and the chunk after it, of all that plays, the one first that runs out first; then the
 * rest of each track from there on and round; then tracks that do not play any more, the one that played last first. `tracks`: those that
 * play, then the others, newest first.
 */
export function* wishes(tracks: readonly PlannedTrack[]): Generator<ChunkWish> {
  const playing = tracks.filter((track) => track.playing !== undefined);
  const first = playing.flatMap((track) => needed(track) ?? []).sort((a, b) => a.inParts - b.inParts);
  for (const { wish } of first) yield wish;
  for (const track of playing) {
    const rest = { priority: 2, isCurrent: false } as const;
    const ahead = firstMissing(track, track.playing! + 1);
    if (ahead !== undefined) yield { key: track.key, ...ahead, ...rest };
    const behind = firstMissing(track, 0, track.playing! + 1);
    if (behind !== undefined) yield { key: track.key, ...behind, ...rest };
  }
  for (const track of tracks) {
    if (track.playing !== undefined) continue;
    const found = firstMissing(track, 0);
    if (found !== undefined) yield { key: track.key, ...found, priority: 3, isCurrent: false };
  }
}

function firstMissing(
  track: PlannedTrack,
  from: number,
  to = Infinity,
): { readonly chunk: number; readonly part: number } | undefined {
  // Without a known end, the first one beyond all that is there may be beyond it: making it shows that.
  const end = Math.min(to, track.total ?? Math.max(from, ...track.resident, 0) + 2);
  for (let chunk = from; chunk < end; chunk++) {
    const part = missingPart(track, chunk);
    if (part !== undefined) return { chunk, part };
  }
  return undefined;
}

/** Whether anything of a track is still to be made, as far as that is known. */
export const isUnfinished = (track: PlannedTrack): boolean => firstMissing(track, 0) !== undefined;

/**
 * The chunk that gives way for a wish; undefined where nothing may. For what is needed next anything else does: first of tracks that do not
 * play, oldest first; then what was heard longest ago; and for what is being heard, what another one needs only afterwards. For what is
 * only good to have, nothing that plays does.
 */
export function victim(
  tracks: readonly PlannedTrack[],
  { key, priority, isCurrent }: Pick<ChunkWish, 'key' | 'priority' | 'isCurrent'>,
): { readonly key: string; readonly chunk: number } | undefined {
  const idle = tracks.filter((track) => track.playing === undefined && track.resident.size > 0 && track.key !== key);
  const oldest = idle.at(-1);
  if (oldest !== undefined && priority < 3) return { key: oldest.key, chunk: Math.max(...oldest.resident) };
  if (priority > 1) return undefined;
  const playing = tracks.filter((track) => track.playing !== undefined);
  // A track may play at several places.
  const chunksOf = (of: string, chunks: (track: PlannedTrack) => readonly number[]): ReadonlySet<number> =>
    new Set(playing.filter((track) => track.key === of).flatMap(chunks));
  const own = playing.filter((track) => track.key === key);
  for (const track of [...own, ...playing]) {
    const hot = chunksOf(track.key, hotChunks);
    const cold = [...track.resident].filter((chunk) => !hot.has(chunk));
    if (cold.length > 0) return { key: track.key, chunk: longestAgo(cold, track.playing!) };
  }
  if (!isCurrent) return undefined;
  // Those that began last are asked first: what has played for long goes on.
  for (const track of playing) {
    const heard = chunksOf(track.key, ({ playing: chunk }) => [chunk!]);
    const next = hotChunks(track)[1];
    if (next !== undefined && track.resident.has(next) && !heard.has(next)) return { key: track.key, chunk: next };
  }
  return undefined;
}

/** Of chunks before the one that is heard the first, else the one farthest ahead. */
function longestAgo(chunks: readonly number[], playing: number): number {
  const behind = chunks.filter((chunk) => chunk < playing);
  return behind.length > 0 ? Math.min(...behind) : Math.max(...chunks);
}
