/** Sound in words: what is heard and how far the next sounds are, where a seek went, what the caches hold. Pure. */
import { basename } from 'node:path';
import { isRecord } from '../control/protocol';
import { formatBytes } from '../options/units';
import { factsText, isText, spanText, type Line } from './facts-text';

const records = (list: unknown): Record<string, unknown>[] => (Array.isArray(list) ? list.filter(isRecord) : []);
const nameOf = ({ file }: Record<string, unknown>): string => (isText(file) ? basename(file) : '?');

/** `12 s of 4 min`, as far as it is known. */
function placeOf({ positionMs, lengthMs }: Record<string, unknown>): string {
  if (typeof positionMs !== 'number') return '';
  return `${spanText(positionMs)}${typeof lengthMs === 'number' ? ` of ${spanText(lengthMs)}` : ''}`;
}

/** The lines of the status: where sound goes, how loud, what is heard, and what is not ready. */
export function soundLines(sound: unknown): Line[] {
  if (!isRecord(sound)) return [];
  const { sink, because, mastered, volumes, ready, of } = sound;
  const sounds = records(sound['sounds']);
  const heard = sounds.filter(({ state }) => state === 'plays');
  const others = sounds.filter(({ state }) => state !== 'plays' && state !== 'over');
  const mastering = typeof mastered === 'boolean' ? `, ${mastered ? 'mastered' : 'not mastered'}` : '';
  return [
    ['sound', `${isText(sink) ? sink : ''}${isText(because) ? ` (silence: ${because})` : ''}${mastering}`],
    ['volumes', factsText(volumes)],
    ['heard', heard.map((each) => [nameOf(each), roleOf(each), placeOf(each)].filter(isText).join(' ')).join('; ')],
    ['sounds', typeof of === 'number' && of > 0 ? `${String(ready)} of ${of} ready` : ''],
    ...others.map((each): Line => ['', otherText(each)]),
  ];
}

/** `1 of 2; next.wav of noon: waiting, is prepared 8 s before its cue`. */
export function readyText(event: unknown): string {
  if (!isRecord(event)) return '';
  const { ready, of, sounds } = event;
  return [`${String(ready)} of ${String(of)}`, ...records(sounds).map(otherText)].join('; ');
}

const roleOf = ({ role }: Record<string, unknown>): string => (isText(role) ? `(${role})` : '');

/** `next.wav of noon: waiting, is prepared 8 s before its cue`. */
function otherText(sound: Record<string, unknown>): string {
  const { cue, state, because } = sound;
  const reason = isText(because) ? `, ${because}` : '';
  return `${nameOf(sound)}${isText(cue) ? ` of ${cue}` : ''}: ${isText(state) ? state : '?'}${reason}`;
}

/** `voice.wav at 1 min 30 s of 4 min; bed.ogg stays at 2 s: ends after 20.0 s`. */
export function seekText(outcome: unknown): string {
  if (!isRecord(outcome)) return '';
  const places = [...records(outcome['moved']), ...records(outcome['left'])];
  return places
    .map((place) => {
      const { because } = place;
      return isText(because)
        ? `${nameOf(place)} stays at ${placeOf(place)}: ${because}`
        : `${nameOf(place)} at ${placeOf(place)}`;
    })
    .join('; ');
}

const TIERS = [
  ['tier1', 'heard now and next'],
  ['tier2', 'kept ahead and behind'],
  ['clips', 'short sounds, whole'],
] as const;

/** What the caches hold: a table of its parts and one of the tracks. */
export function cacheText(cache: unknown): string {
  if (!isRecord(cache)) return 'cache: nothing';
  const { bytes, budgetBytes, healthy } = cache;
  const size = (value: unknown): string => (typeof value === 'number' ? formatBytes(value) : '');
  const rows = TIERS.flatMap(([key, words]) => {
    const part = cache[key];
    if (!isRecord(part)) return [];
    const { hits, misses } = part;
    const asked = Number(hits) + Number(misses);
    const rate = asked > 0 ? `${Math.round((Number(hits) / asked) * 100)} %` : '-';
    return [
      [
        words,
        String(Number(part['chunks'] ?? part['clips'] ?? 0)),
        size(part['bytes']),
        String(hits),
        String(misses),
        rate,
      ],
    ];
  });
  const tracks = records(cache['tracks']).map((track) => {
    const { chunks, of, plays } = track;
    return [
      nameOf(track),
      `${String(chunks)} of ${typeof of === 'number' ? of : '?'}`,
      plays === true ? 'plays' : 'kept',
    ];
  });
  const state =
    typeof healthy === 'boolean' ? `, ${healthy ? 'healthy' : 'not healthy: sounds wait for their samples'}` : '';
  return [
    `cache: ${size(bytes)} of ${size(budgetBytes)}${state}`,
    ...tableOf([['', 'pieces', 'size', 'hits', 'misses', 'hit rate'], ...rows]),
    ...(tracks.length === 0 ? [] : ['', ...tableOf([['streamed', 'chunks', ''], ...tracks])]),
  ].join('\n');
}

/** The first column to the left, the others to the right. */
function tableOf(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}
