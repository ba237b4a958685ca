/** Tuning: turns every `auto` into a value and makes the sum of all memory fit the budget. Pure. */
import { FEWEST_RING_FRAMES } from '../core/agreed';
import { VitrineError } from '../core/errors';
import { drawUp, formatAccount, workerBytes, type Account, type ClipDemand, type Sizes } from './account';
import {
  decoderBytes,
  mostDecoderBytes,
  ringBytesFor,
  ringFrameBytes,
  threadsFor,
  usualClip,
  type ClipFigure,
  type ThreadPace,
} from './clip-need';
import {
  ARENA_PICTURE_BYTES,
  SHORTEST_CHUNK_MS,
  tier1BytesPerMs,
  FEWEST_SLABS,
  largestBytes,
  largestSlabBytes,
  slabsWithin,
  textureBytes,
  type PanelSize,
  type PictureClass,
} from './footprint';
import { formatBytes } from './units';
import type { Origin } from './layers';
import { stripBytes, USUAL_STRIP_BYTES, vectorBytes, type PictureFigure } from './picture-need';
import { soundNeed, streamsAtOnce, type ShowSounds } from './sound-need';
import { MIB } from './row';

/** What tuning needs to know of the machine; the questions are answered in `hardware`. */
export interface Machine {
  /** Whole cores that may compose and that may decode; each at least 1. */
  readonly composeCores: number;
  readonly decodeCores: number;
  /** Of a thread that decodes clips. */
  readonly pace: ThreadPace;
  /** What `memory.budget: auto` comes to. */
  readonly budget: { readonly bytes: number; readonly because: string };
  /** What `display.renderer: auto` comes to. */
  readonly renderer: 'cpu' | 'gl';
  /** Whether what `display.output: auto` opens keeps a surface of its own beside the composed frame. */
  readonly surface: boolean;
}

/** Pictures that are stored alike. */
export interface PictureForm {
  readonly images: number;
  /** Stored larger than the panel, because they move. */
  readonly motion: boolean;
}

/** Clips of a show, as far as they were looked at. */
export interface ShowClips {
  readonly known: readonly ClipFigure[];
  readonly unknown: number;
  /** Whether two clips may be on the screen at the same time. False where there is a single clip, alone or beside pictures. */
  readonly alternate: boolean;
  /** Whether a clip may be shown beyond its end: the decoder of its next round begins before that. */
  readonly rounds: boolean;
}

/** What tuning needs to know of the show. */
export interface ShowFigures {
  /** Image files of each theme. */
  readonly imagesByTheme: Readonly<Record<string, number>>;
  /** Clip files of each theme. */
  readonly clipsByTheme?: Readonly<Record<string, number>>;
  /** Without them, all clips count as usual ones as large as the panel. */
  readonly clips?: ShowClips;
  /** Every form in which a theme's pictures are stored: one for each way in which its scenes show them. */
  readonly forms: readonly PictureForm[];
  /** The largest of its picture files, as far as they were looked at. */
  readonly pictures?: readonly PictureFigure[];
  /** Whether any is a vector picture whose cost nobody knows, which is drawn in a process of its own. */
  readonly costlyVectors?: boolean;
  /** Whether any scene shows texts. */
  readonly texts: boolean;
  /** Sounds that may play at a time; 0 or missing where the show has none. */
  readonly soundsAtOnce?: number;
  /** Without them, sounds of any length are planned for. */
  readonly sounds?: ShowSounds;
}

/** A value that tuning decided. */
export interface TunedStep {
  readonly value: unknown;
  readonly origin: Extract<Origin, { kind: 'tuned' }>;
}

/** The final values. Frozen. */
export interface Tuning {
  /** All option values by dotted key. Only `display.output` and `display.size` may still be `auto`: the output decides. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Those that differ from what the layers said, with the reason. */
  readonly steps: Readonly<Record<string, TunedStep>>;
  readonly panel: PanelSize;
  readonly account: Account;
}

/** Where there is no picture: the least that the option takes. */
const UNUSED_CACHE_BYTES = MIB;

/** libuv's own pool has 4 threads, and the look-ahead keeps them busy without taking cores from the screen. */
const MOST_DECODE_WORKERS = 4;

/** A progressive JPEG of a usual camera has to be possible; beyond 1 GiB a decode takes longer than anybody waits. */
const LEAST_DECODE_BYTES = 64 * MIB;
const MOST_DECODE_BYTES = 1024 * MIB;

/** Of the budget, for the sources of pictures that are decoded whole: larger ones are refused one by one. */
const SOURCE_SHARE = 0.25;

/** A frame is bound by memory: beyond 4 bands it gains nothing on the boards we run on. */
const MOST_RENDER_THREADS = 4;

/** A fifth of a second of 60 frames a second: what a busy machine may keep a decoder waiting. */
export const RING_FRAMES = 12;
/** The first frame, and two behind it while the decoder finds its pace. */
const PREFILL_FRAMES = 3;

/** Of sound behind what is heard: a minute and a half in both states, and never more than a tenth of all. */
const TIER2_BYTES = 64 * MIB;
const TIER2_SHARE = 0.1;
/** Of the chunks that are heard now and next, of all sounds at a time: as much. */
const TIER1_SHARE = 0.1;

/** Without a show: as many pictures as the cache may hold, all of them moving. */
const ANY_SHOW: readonly PictureForm[] = [{ images: Infinity, motion: true }];

/**
 * Tunes `values` (by dotted key, read and checked) for a machine, a panel and a show; without a show the largest need
 * of pictures is assumed, and no clips. Throws VITRINE_E_BUDGET with the account where even the least does not fit.
 */
export function tune(
  machine: Machine,
  values: Readonly<Record<string, unknown>>,
  panel: PanelSize,
  show?: ShowFigures,
): Tuning {
  const usual = tuneFor(machine, values, panel, show, true);
  if (usual.account.fits) return usual;
  // A little soft where they are enlarged, which is better than not at all.
  const smaller = tuneFor(machine, values, panel, show, false);
  if (!smaller.account.fits) throw refusal(smaller.account);
  return smaller;
}

function filesOf({ imagesByTheme, clipsByTheme = {} }: ShowFigures = NO_FIGURES): number {
  return [...Object.values(imagesByTheme), ...Object.values(clipsByTheme)].reduce((sum, files) => sum + files, 0);
}

const NO_FIGURES: ShowFigures = { imagesByTheme: {}, forms: [], texts: false };

/** `oversize`: whether pictures that move are stored larger than the panel. */
function tuneFor(
  machine: Machine,
  values: Readonly<Record<string, unknown>>,
  panel: PanelSize,
  show: ShowFigures | undefined,
  oversize: boolean,
): Tuning {
  const steps: Record<string, TunedStep> = {};
  const decide = (key: string, value: unknown, because: string): void => {
    if (values[key] === undefined || values[key] === value) delete steps[key];
    else steps[key] = Object.freeze({ value, origin: Object.freeze({ kind: 'tuned', because }) });
  };
  const numberOr = (key: string, auto: number): number => (typeof values[key] === 'number' ? values[key] : auto);

  const forms = show?.forms ?? ANY_SHOW;
  const hasThemeBank = values['theme.imageCacheEntries'] !== undefined;
  // A show whose scenes play clips alone decodes no picture.
  const hasPictures = hasThemeBank && forms.length > 0;

  const budgetBytes = numberOr('memory.budget', machine.budget.bytes);
  decide('memory.budget', budgetBytes, machine.budget.because);
  const renderer = values['display.renderer'] === 'auto' ? machine.renderer : values['display.renderer'];
  decide('display.renderer', renderer, renderer === 'gl' ? 'a GPU draws here' : 'no GPU draws here');

  const moves = forms.some((form) => form.motion && form.images > 0);
  const motion = moves && oversize;
  const entryBytes = numberOr('theme.imageEntryBytes', largestSlabBytes(panel, motion));
  const stored = moves && !oversize ? ', no larger with motion to fit the memory budget' : motion ? ' with motion' : '';
  decide(
    'theme.imageEntryBytes',
    entryBytes,
    `the largest picture stored for ${panel.widthPx}x${panel.heightPx}${stored}`,
  );

  const textures = numberOr('render.textureBytes', textureBytes(panel, motion));
  decide('render.textureBytes', textures, 'four pictures of the largest kind, and the texts');

  const pictures = hasPictures ? picturesOf(forms, panel, entryBytes) : [];
  const files = pictures.reduce((sum, { count }) => sum + count, 0);
  const entries = Math.max(1, Math.min(numberOr('theme.imageCacheEntries', 0), files));
  decide('theme.imageCacheEntries', entries, `the show has ${files} pictures to store`);
  const cacheLimitBytes = numberOr('theme.imageCacheBytes', Infinity);
  const leastCacheBytes = largestBytes(pictures, Math.min(FEWEST_SLABS, entries));
  if (cacheLimitBytes < leastCacheBytes) throw smallCache(cacheLimitBytes, leastCacheBytes, pictures[0]!.slabBytes);
  const most = slabsWithin(pictures, Math.min(cacheLimitBytes, ARENA_PICTURE_BYTES));
  const hasClips = values['video.decoders'] !== undefined && Object.keys(show?.clipsByTheme ?? {}).length > 0;
  const clips = clipsOf(show?.clips, panel);
  const videoFrame = Math.max(...clips.map((clip) => ringFrameBytes(clip, panel)));
  const ringLimitBytes = numberOr('video.ringBytes', Infinity);
  const atOnce = show?.soundsAtOnce ?? 0;
  const hasSounds = atOnce > 0 && values['audio.cacheBytes'] !== undefined;
  const rateHz = Number(values['audio.rate'] ?? 0);
  const chunkMs = numberOr('audio.chunk', 0);
  const need = soundNeed(show?.sounds, chunkMs, rateHz, (role) => Number(values[`audio.maxBuffer.${role}`] ?? 0));
  const streams = streamsAtOnce(atOnce, need);
  const bytesPerMs = tier1BytesPerMs(Math.max(1, streams), rateHz);
  const tier1Limit = numberOr('audio.tier1Bytes', budgetBytes * TIER1_SHARE);
  const soundChunkMs = Math.min(chunkMs, Math.max(SHORTEST_CHUNK_MS, Math.floor(tier1Limit / bytesPerMs)));
  // All that the files have, behind what tier 1 holds of them.
  const tier2Need = Math.max(0, need.streamedBytes - soundChunkMs * bytesPerMs);
  const tier2Most = Math.min(TIER2_BYTES, budgetBytes * TIER2_SHARE);
  const tier2Wanted = numberOr('audio.tier2Bytes', Math.min(tier2Most, Math.ceil(tier2Need / MIB) * MIB));
  const wanted: Sizes = {
    ringFrames: hasClips
      ? Math.min(numberOr('video.ringFrames', RING_FRAMES), ringFramesWithin(ringLimitBytes, videoFrame))
      : 0,
    decodeThreads: hasClips ? Math.min(numberOr('video.threads', Infinity), mostThreads(clips, machine)) : 0,
    cacheSlabs: Math.min(entries, most),
    renderThreads:
      renderer === 'gl' ? 1 : numberOr('render.threads', Math.min(MOST_RENDER_THREADS, machine.composeCores)),
    decodeWorkers: hasPictures ? numberOr('theme.workers', Math.min(MOST_DECODE_WORKERS, machine.decodeCores)) : 0,
    soundTier2Mib: hasSounds ? Math.floor(tier2Wanted / MIB) : 0,
    soundChunkMs: hasSounds ? soundChunkMs : 0,
  };
  const needsOneDecoder = show?.clips?.alternate === false && !show.clips.rounds;
  const decoderLimit = numberOr('video.decoderBytes', mostDecoderBytes(budgetBytes));
  const demand = hasClips
    ? clipDemand(clips, machine, panel, {
        decoders: needsOneDecoder ? 1 : Number(values['video.decoders']),
        rings: show?.clips?.alternate === false ? 1 : Number(values['video.decoders']),
        frameBytes: videoFrame,
        ringLimitBytes,
        decoderLimit,
      })
    : undefined;
  const sourceLimit = numberOr('theme.decodeBytes', Math.floor(budgetBytes * SOURCE_SHARE));
  const sources = show?.pictures ?? [];
  const sourceBytes = hasPictures
    ? Math.min(Math.max(0, ...sources.map(({ wholeBytes }) => wholeBytes)), sourceLimit)
    : 0;
  const clipBytes = Math.min(Number(values['audio.cacheBytes']), need.wholeBytes);
  // A panorama must not keep the show from playing: beyond this share its decode takes more than is planned.
  const strip = Math.min(stripsOf(sources, panel, motion), Math.max(USUAL_STRIP_BYTES, sourceLimit));
  const account = drawUp({
    panel,
    surface: hasSurface(values['display.output'], machine),
    texts: show?.texts ?? true,
    textureBytes: renderer === 'gl' ? textures : undefined,
    pictures,
    files: filesOf(show),
    vectorBytes: hasPictures && show?.costlyVectors === true ? vectorBytes(panel, motion) : 0,
    sourceBytes,
    stripBytes: strip,
    ...(demand === undefined ? {} : { clips: demand }),
    ...(hasSounds ? { sound: { atOnce: streams, rateHz, clipBytes } } : {}),
    budgetBytes,
    wanted,
    shrinksAll: !oversize,
  });

  const { ringFrames, cacheSlabs, renderThreads, decodeWorkers } = account.sizes;
  const leftBytes = account.budgetBytes - account.plannedBytes;
  // The source of a second one is that of a usual picture: those that need a large one take turns.
  const besideBytes = workerBytes({ pictures, stripBytes: strip }, cacheSlabs);
  const decodesBeside = numberOr('theme.decodesBeside', decodeWorkers > 1 || leftBytes >= besideBytes ? 1 : 0);
  const spareBytes = decodeWorkers === 1 && decodesBeside === 1 ? Math.max(0, leftBytes - besideBytes) : leftBytes;
  decide(
    'theme.decodeBytes',
    numberOr('theme.decodeBytes', Math.min(MOST_DECODE_BYTES, Math.max(LEAST_DECODE_BYTES, sourceBytes + spareBytes))),
    `${formatBytes(sourceBytes)} are planned for it, ${formatBytes(spareBytes)} of the budget for nothing`,
  );
  const grantOf = (size: keyof Sizes, words: string): string =>
    account.sizes[size] < wanted[size] ? `${words}, shrunk from ${wanted[size]} to fit the memory budget` : words;
  const composing = renderer === 'gl' ? 'the GPU composes' : `${machine.composeCores} granted cores`;
  decide('render.threads', renderThreads, grantOf('renderThreads', composing));
  const frames = Math.max(ringFrames, FEWEST_RING_FRAMES);
  decide(
    'video.ringFrames',
    frames,
    hasClips ? grantOf('ringFrames', 'a fifth of a second at 60') : 'the show has no clips',
  );
  const ringBytes = Math.max(MIB, demand?.ringBytes(frames) ?? frames * videoFrame);
  decide('video.ringBytes', ringBytes, `${frames} frames of ${formatBytes(videoFrame)}`);
  decide(
    'video.prefill',
    Math.min(numberOr('video.prefill', PREFILL_FRAMES), frames),
    'a clip begins with these frames ready',
  );
  decide(
    'video.threads',
    Math.max(1, account.sizes.decodeThreads),
    hasClips ? grantOf('decodeThreads', 'they keep up with the clips of the show') : 'the show has no clips',
  );
  if (hasClips && needsOneDecoder) decide('video.decoders', 1, 'the only clip of the show never follows itself');
  decide('video.decoderBytes', decoderLimit, 'a quarter of the memory budget');
  const watches = values['video.watch'] === 'auto' && values['theme.watch'] !== undefined;
  if (watches) decide('video.watch', values['theme.watch'] === true ? 'on' : 'off', 'as theme.watch');
  const tier2Because =
    tier2Need < tier2Most
      ? 'the streamed sounds of the show are no longer'
      : 'a file of a minute and a half, or a tenth of the budget';
  decide(
    'audio.tier2Bytes',
    hasSounds ? account.sizes.soundTier2Mib * MIB : Math.floor(tier2Wanted / MIB) * MIB,
    grantOf('soundTier2Mib', tier2Because),
  );
  const grantedMs = hasSounds ? account.sizes.soundChunkMs : chunkMs;
  const whose = hasSounds ? `${streams} sounds may be streamed at a time` : 'the show has no sounds';
  const atMost =
    typeof values['audio.tier1Bytes'] === 'number' ? 'audio.tier1Bytes holds' : 'a tenth of the memory budget holds';
  decide('audio.chunk', grantedMs, grantOf('soundChunkMs', `${whose}, and of each ${atMost} two chunks so long`));
  decide(
    'audio.tier1Bytes',
    Math.max(MIB, Math.ceil(grantedMs * bytesPerMs)),
    `two chunks of ${grantedMs / 1000} s; ${whose}`,
  );
  if (hasThemeBank) {
    const decoding = `${machine.decodeCores} of the granted cores are free beside the render thread`;
    decide('theme.workers', Math.max(1, decodeWorkers), grantOf('decodeWorkers', decoding));
    const beside = `a second decode takes ${formatBytes(besideBytes)}, ${formatBytes(Math.max(0, leftBytes))} of the budget are for nothing`;
    decide('theme.decodesBeside', decodesBeside, decodeWorkers > 1 ? 'several pictures are decoded at a time' : beside);
    const stored = `${cacheSlabs} pictures of up to ${formatBytes(pictures[0]?.slabBytes ?? 0)}`;
    const cacheBytes = hasPictures ? largestBytes(pictures, cacheSlabs) : UNUSED_CACHE_BYTES;
    decide('theme.imageCacheBytes', cacheBytes, grantOf('cacheSlabs', stored));
  }
  const tuned = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, steps[key] === undefined ? value : steps[key].value]),
  );
  return Object.freeze({ values: Object.freeze(tuned), steps: Object.freeze(steps), panel, account });
}

/** Of the picture that takes most; those that are decoded whole are counted by themselves. */
function stripsOf(pictures: readonly PictureFigure[], panel: PanelSize, motion: boolean): number {
  if (pictures.length === 0) return USUAL_STRIP_BYTES;
  return Math.max(LEAST_STRIP_BYTES, ...pictures.map((picture) => stripBytes(picture, panel, motion)));
}

/** For the smaller files of the show, and those that will be added to it. */
const LEAST_STRIP_BYTES = 12 * MIB;

/** The clips by which decoders are sized. */
function clipsOf(clips: ShowFigures['clips'], panel: PanelSize): readonly ClipFigure[] {
  if (clips === undefined) return [usualClip(panel)];
  const { known, unknown } = clips;
  // The same program decodes all of them, and files of a folder are mostly of one kind.
  const pipeline =
    (['queued', 'graph'] as const).find((each) => known.some((clip) => clip.pipeline === each)) ?? 'direct';
  const usual: ClipFigure = { ...usualClip(panel), pipeline };
  return unknown > 0 || known.length === 0 ? [...known, usual] : known;
}

/** Of one decoder: beyond it threads mostly wait for each other. */
const MOST_DECODER_THREADS = 16;

const mostThreads = (clips: readonly ClipFigure[], { pace, composeCores }: Machine): number =>
  Math.max(...clips.map((clip) => threadsFor(clip, pace, Math.min(MOST_DECODER_THREADS, composeCores))));

/** Any clip may follow any other, and itself. */
function clipDemand(
  clips: readonly ClipFigure[],
  { pace }: Machine,
  panel: PanelSize,
  limits: Pick<ClipDemand, 'decoders' | 'rings' | 'frameBytes'> & {
    readonly ringLimitBytes: number;
    readonly decoderLimit: number;
  },
): ClipDemand {
  const { decoders, rings, frameBytes, ringLimitBytes, decoderLimit } = limits;
  return {
    decoders,
    rings,
    frameBytes,
    ringBytes: (frames) =>
      Math.min(ringLimitBytes, Math.max(...clips.map((clip) => ringBytesFor(clip, panel, frames)))),
    decoderBytes: (threads) =>
      Math.max(
        // With as many threads as the limit lets it have it takes a little less: so a larger limit never takes a jump.
        ...clips.map((clip) => Math.min(decoderLimit, decoderBytes(clip, threadsFor(clip, pace, threads), panel))),
      ),
  };
}

/** Frames that fit; a limit below the fewest makes the frames smaller instead. */
function ringFramesWithin(limitBytes: number, frameBytes: number): number {
  return Math.max(FEWEST_RING_FRAMES, Math.floor(limitBytes / frameBytes));
}

/** The stored pictures of a show by size, from large to small; at least one, for a folder that is still empty. */
function picturesOf(forms: readonly PictureForm[], panel: PanelSize, entryBytes: number): PictureClass[] {
  const classes = [true, false]
    .map((motion) => ({
      count: forms.reduce((sum, form) => sum + (form.motion === motion ? form.images : 0), 0),
      slabBytes: Math.min(entryBytes, largestSlabBytes(panel, motion)),
    }))
    .filter(({ count }) => count > 0);
  return classes.length > 0 ? classes : [{ count: 1, slabBytes: Math.min(entryBytes, largestSlabBytes(panel, false)) }];
}

/** SDL, which opens Wayland, has a surface that the frame is copied to; the other outputs show from the frame itself. */
function hasSurface(output: unknown, machine: Machine): boolean {
  return output === 'auto' ? machine.surface : output === 'wayland';
}

function refusal(account: Account): VitrineError {
  const missing = formatBytes(account.plannedBytes - account.budgetBytes);
  return new VitrineError(
    'VITRINE_E_BUDGET',
    `the memory budget is short of ${missing} even with everything shrunk; raise memory.budget or memory.share, or make the picture smaller\n` +
      formatAccount(account),
  );
}

function smallCache(limitBytes: number, leastBytes: number, slabBytes: number): VitrineError {
  return new VitrineError(
    'VITRINE_E_BUDGET',
    `theme.imageCacheBytes is ${formatBytes(limitBytes)}, but the picture shown, the one coming in and the one decoded ahead ` +
      `take ${formatBytes(leastBytes)} at up to ${formatBytes(slabBytes)} each; raise it or lower theme.imageEntryBytes`,
  );
}
