/** The memory account: who takes how many bytes, and what shrinks in which order when they do not fit. Pure. */
import { FEWEST_RING_FRAMES, MOST_VECTOR_BYTES } from '../core/agreed';
import { LIBRARY_BYTES, RING_BYTES_PER_PIXEL } from './clip-need';
import {
  BAREST_SLABS,
  FEWEST_SLABS,
  FOOTPRINT,
  SHORTEST_CHUNK_MS,
  SOUNDS_COUNTED,
  tier1BytesPerMs,
  frameBytes,
  largestBytes,
  slabsWithin,
  TEXT_OVERLAYS,
  textOverlayBytes,
  type PanelSize,
  type PictureClass,
} from './footprint';
import { MIB } from './row';
import { formatBytes } from './units';

/** One line of the account. */
export interface Consumer {
  readonly owner: string;
  /** How the bytes come about, with the numbers filled in. */
  readonly formula: string;
  readonly bytes: number;
}

/** What can shrink. */
export interface Sizes {
  /** Frames of each decoder's ring; 0 where no clips are played. */
  readonly ringFrames: number;
  /** Of each decoder of clips at most; 0 where none are played. */
  readonly decodeThreads: number;
  readonly cacheSlabs: number;
  readonly renderThreads: number;
  readonly decodeWorkers: number;
  /** MiB of sound kept behind what is heard; 0 where there is none. */
  readonly soundTier2Mib: number;
  /** Of each sound that is streamed two chunks are kept ready; 0 where there is none. */
  readonly soundChunkMs: number;
}

/** What is wanted. */
export interface Demand {
  readonly panel: PanelSize;
  /** Whether the output keeps a surface of its own beside the frame. */
  readonly surface: boolean;
  readonly texts: boolean;
  /** Of the `gl` renderer; undefined where the CPU composes. */
  readonly textureBytes: number | undefined;
  /** The pictures that the cache may hold, from large to small; empty where no plugin shows pictures. */
  readonly pictures: readonly PictureClass[];
  /** The most that the decode of one of these pictures keeps of its source at once; such decodes take turns. */
  readonly sourceBytes: number;
  /** What a decode holds of a source that passes through. */
  readonly stripBytes: number;
  /** Of the process that draws vector pictures whose cost nobody knows; 0 or missing where the show has none. */
  readonly vectorBytes?: number;
  /** Media files of all themes. */
  readonly files?: number;
  /** 0 slabs and workers where no plugin shows pictures. */
  readonly wanted: Sizes;
  /** Where the show has clips. */
  readonly clips?: ClipDemand;
  /** Where the show has sounds: how many are streamed at a time, and what those that are decoded whole take. */
  readonly sound?: { readonly atOnce: number; readonly rateHz: number; readonly clipBytes: number };
  readonly budgetBytes: number;
  /** Everything is as small as it may be. */
  readonly shrinksAll?: boolean;
}

/** Clips of a show by those that take most. */
export interface ClipDemand {
  /** Decoders at work at the same time. A clip that goes into another round has two before it does. */
  readonly decoders: number;
  /** Clips at the same time, each with its ring and the thread that fills it. */
  readonly rings: number;
  /** Of the largest frame. */
  readonly frameBytes: number;
  /** Of a ring of so many frames; more where a short clip is held whole. */
  readonly ringBytes: (frames: number) => number;
  /** Of a decoder with so many threads, beside the libraries that all share. */
  readonly decoderBytes: (threads: number) => number;
}

export interface Account {
  readonly consumers: readonly Consumer[];
  readonly plannedBytes: number;
  readonly budgetBytes: number;
  /** What was granted; smaller than wanted where it had to shrink. */
  readonly sizes: Sizes;
  /** What shrank, in words, in the order in which it did. */
  readonly shrunk: readonly string[];
  /** Whether the sum is within the budget. If not, nothing may be opened. */
  readonly fits: boolean;
}

/**
 * Draws up the account. What does not fit shrinks in this order: the rings of video down to 3 frames, the image cache down to
 * 3 slabs, then the sound kept behind what is heard down to nothing and the chunks of sound down to a second, then the threads that decode
 * clips, those that compose and the decode workers, each down to 1. A larger budget never means less of anything.
 */
export function drawUp(demand: Demand): Account {
  const { wanted, budgetBytes, shrinksAll = false } = demand;
  const sum = (sizes: Sizes): number =>
    consumersOf(demand, sizes).reduce((bytes, consumer) => bytes + consumer.bytes, 0);
  const least: Sizes = {
    ringFrames: Math.min(FEWEST_RING_FRAMES, wanted.ringFrames),
    decodeThreads: Math.min(1, wanted.decodeThreads),
    cacheSlabs: Math.min(shrinksAll ? BAREST_SLABS : FEWEST_SLABS, wanted.cacheSlabs),
    renderThreads: Math.min(1, wanted.renderThreads),
    decodeWorkers: Math.min(1, wanted.decodeWorkers),
    soundTier2Mib: 0,
    soundChunkMs: Math.min(SHORTEST_CHUNK_MS, wanted.soundChunkMs),
  };
  let sizes = wanted;
  const shrunk: string[] = [];
  for (const { size, name } of SHRINK_ORDER) {
    const excessBytes = sum(sizes) - budgetBytes;
    if (excessBytes <= 0 && !shrinksAll) break;
    const kept = shrinksAll ? least[size] : Math.max(least[size], keptOf(demand, sizes, size, excessBytes));
    if (kept < sizes[size]) shrunk.push(`${name}: ${kept} instead of ${sizes[size]}`);
    sizes = { ...sizes, [size]: kept };
  }
  const plannedBytes = sum(sizes);
  return {
    consumers: consumersOf(demand, sizes),
    plannedBytes,
    budgetBytes,
    sizes,
    shrunk,
    fits: plannedBytes <= budgetBytes,
  };
}

/** How many of `size` are left when `excessBytes` have to go. */
function keptOf(demand: Demand, sizes: Sizes, size: keyof Sizes, excessBytes: number): number {
  const { pictures, clips, sound } = demand;
  if (size === 'cacheSlabs') return slabsWithin(pictures, largestBytes(pictures, sizes.cacheSlabs) - excessBytes);
  if (size === 'decodeThreads' || size === 'ringFrames') {
    if (clips === undefined) return 0;
    const bytesOf = size === 'ringFrames' ? clips.ringBytes : clips.decoderBytes;
    const of = size === 'ringFrames' ? clips.rings : clips.decoders;
    return countWithin((count) => of * bytesOf(count), sizes[size], excessBytes);
  }
  const unitBytes = {
    renderThreads: FOOTPRINT.threadBytes,
    decodeWorkers: workerBytes(demand, sizes.cacheSlabs),
    soundTier2Mib: MIB,
    soundChunkMs: sound === undefined ? 1 : tier1BytesPerMs(sound.atOnce, sound.rateHz),
  }[size];
  return sizes[size] - Math.ceil(excessBytes / unitBytes);
}

/** The largest count of which `excessBytes` less are taken; at least 1. */
function countWithin(bytesOf: (count: number) => number, now: number, excessBytes: number): number {
  const mostBytes = bytesOf(now) - excessBytes;
  let count = now;
  while (count > 1 && bytesOf(count) > mostBytes) count -= 1;
  return count;
}

/**
 * Pictures in a decoder's hands: the one that is decoded, and the one before it, until the collector has seen that it was copied. Where the cache
 * holds no more than the picture that is on and the next one, no decode follows at once.
 */
const resultsOf = (cacheSlabs: number): number => (cacheSlabs > BAREST_SLABS ? 2 : 1);

/** A decode at work: libvips beside the pictures that come out of it. */
export function workerBytes(
  { pictures, stripBytes }: Pick<Demand, 'pictures' | 'stripBytes'>,
  cacheSlabs: number,
): number {
  return resultsOf(cacheSlabs) * (pictures[0]?.slabBytes ?? 0) + stripBytes;
}

const SHRINK_ORDER: readonly { readonly size: keyof Sizes; readonly name: string }[] = [
  { size: 'ringFrames', name: 'frames of a video ring' },
  { size: 'cacheSlabs', name: 'image cache, pictures' },
  { size: 'soundTier2Mib', name: 'sound kept ready, MiB' },
  { size: 'soundChunkMs', name: 'chunks of sound, ms' },
  { size: 'decodeThreads', name: 'threads of a video decoder' },
  { size: 'renderThreads', name: 'render threads' },
  { size: 'decodeWorkers', name: 'decode workers' },
];

function consumersOf(demand: Demand, sizes: Sizes): Consumer[] {
  const { panel, surface, texts, textureBytes, pictures, sourceBytes, stripBytes, clips, sound } = demand;
  const { files = 0, vectorBytes = 0 } = demand;
  const { cacheSlabs, renderThreads, decodeWorkers } = sizes;
  const pixels = `${panel.widthPx} x ${panel.heightPx} px x 4`;
  const consumers: Consumer[] = [
    { owner: 'process', formula: 'Node and libraries, measured', bytes: FOOTPRINT.processBytes },
    ...(texts || decodeWorkers > 0
      ? [{ owner: 'picture library', formula: 'measured', bytes: FOOTPRINT.pictureLibraryBytes }]
      : []),
    {
      owner: 'render threads',
      formula: `${renderThreads} x ${formatBytes(FOOTPRINT.threadBytes)}`,
      bytes: renderThreads * FOOTPRINT.threadBytes,
    },
    textureBytes === undefined
      ? { owner: 'composed frame', formula: pixels, bytes: frameBytes(panel) }
      : { owner: 'textures', formula: 'render.textureBytes', bytes: textureBytes },
    decodeWorkers === 1
      ? { owner: 'capture', formula: 'takes turns with the decode of a picture', bytes: 0 }
      : { owner: 'capture', formula: pixels, bytes: frameBytes(panel) },
  ];
  if (files > FOOTPRINT.filesCounted) {
    const formula = `${files} x ${formatBytes(FOOTPRINT.fileBytes)}`;
    consumers.push({ owner: 'names of files', formula, bytes: files * FOOTPRINT.fileBytes });
  }
  if (surface) consumers.push({ owner: 'output surface', formula: pixels, bytes: frameBytes(panel) });
  if (texts) {
    const bytes = textOverlayBytes(panel);
    consumers.push({
      owner: 'text overlays',
      formula: `${TEXT_OVERLAYS} x ${formatBytes(bytes)}`,
      bytes: TEXT_OVERLAYS * bytes,
    });
  }
  if (cacheSlabs > 0) {
    consumers.push({
      owner: 'image cache',
      formula: slabsText(pictures, cacheSlabs),
      bytes: largestBytes(pictures, cacheSlabs),
    });
  }
  if (clips !== undefined) consumers.push(...videoConsumers(clips, sizes, textureBytes !== undefined));
  if (sound !== undefined) consumers.push(...soundConsumers(sound, sizes, clips !== undefined));
  if (decodeWorkers > 0) {
    const results = resultsOf(cacheSlabs);
    const slab = formatBytes(pictures[0]?.slabBytes ?? 0);
    const each = `${decodeWorkers} x (${results === 1 ? slab : `${results} x ${slab}`} + ${formatBytes(stripBytes)})`;
    consumers.push({
      owner: 'decode workers',
      formula: sourceBytes > 0 ? `${each} + ${formatBytes(sourceBytes)} for a picture that is decoded whole` : each,
      bytes: decodeWorkers * workerBytes(demand, cacheSlabs) + sourceBytes,
    });
  }
  if (vectorBytes > 0) {
    const formula = `those that may be costly, one at a time in a process of its own, measured; ${formatBytes(MOST_VECTOR_BYTES)} of data at most`;
    consumers.push({ owner: 'vector pictures', formula, bytes: vectorBytes });
  }
  const laterBytes = consumers.reduce((sum, { owner, bytes }) => sum + (FILLED_LATER.has(owner) ? bytes : 0), 0);
  if (laterBytes < FOOTPRINT.startBytes)
    consumers.push({
      owner: 'start',
      formula: `${formatBytes(FOOTPRINT.startBytes)}, until the first picture is on, less than that is filled later`,
      bytes: FOOTPRINT.startBytes - laterBytes,
    });
  return consumers;
}

/** Nothing of it is there at the start. */
const FILLED_LATER: ReadonlySet<string> = new Set([
  'image cache',
  'video rings',
  'video decoders',
  'sound',
  'sound, tier 1',
  'sound, tier 2',
  'textures',
]);

/** Owners of what clips take. */
export const VIDEO_CONSUMERS: ReadonlySet<string> = new Set([
  'video rings',
  'video decoders',
  'video readers',
  'video textures',
]);

/** Rings, the children that fill them, the threads between both, and what a GPU keeps of the frames that are on. */
function videoConsumers(
  { decoders, rings, frameBytes: frame, ringBytes, decoderBytes }: ClipDemand,
  { ringFrames, decodeThreads }: Sizes,
  textures: boolean,
): Consumer[] {
  const child = decoderBytes(decodeThreads);
  const starting = rings > 1 ? FOOTPRINT.childStartBytes : 0;
  const ring = ringBytes(ringFrames);
  const held = formatBytes(frame);
  const isWhole = ring > ringFrames * frame;
  return [
    {
      owner: 'video rings',
      formula: `${rings} x ${isWhole ? `${formatBytes(ring)} for short clips` : `${ringFrames} frames x ${held}`}`,
      bytes: rings * ring,
    },
    {
      owner: 'video decoders',
      formula: `libraries, ${formatBytes(LIBRARY_BYTES + starting)}, and ${decoders} x ${formatBytes(child)} with ${decodeThreads === 1 ? 'one thread' : `${decodeThreads} threads`}`,
      bytes: LIBRARY_BYTES + decoders * child + starting,
    },
    {
      owner: 'video readers',
      formula: `${rings} x ${formatBytes(FOOTPRINT.threadBytes)}`,
      bytes: rings * FOOTPRINT.threadBytes,
    },
    ...(textures ? [videoTextures(rings, frame)] : []),
  ];
}

const RGBX_BYTES = 4;

/** Two frames as they are decoded, in turn; software GL has one, of four bytes a pixel, which is more. */
function videoTextures(rings: number, frameBytes: number): Consumer {
  const bytes = Math.ceil((frameBytes / RING_BYTES_PER_PIXEL) * RGBX_BYTES);
  return { owner: 'video textures', formula: `${rings} x ${formatBytes(bytes)}`, bytes: rings * bytes };
}

/** Fixed parts, and three that the options bound. `besideClips`: the decoders of clips have the same libraries, which are counted with them. */
function soundConsumers(
  { atOnce, rateHz, clipBytes }: Required<Demand>['sound'],
  { soundTier2Mib: tier2Mib, soundChunkMs: chunkMs }: Sizes,
  besideClips: boolean,
): Consumer[] {
  const libraries = besideClips ? 0 : LIBRARY_BYTES;
  const more = Math.max(0, atOnce - SOUNDS_COUNTED);
  const decoder = formatBytes(FOOTPRINT.soundDecoderBytes);
  const decoders = more === 0 ? '' : `; ${more} x ${decoder} for more decoders`;
  return [
    {
      owner: 'sound',
      formula: `library, threads and decoder, measured${decoders}${besideClips ? '; libraries of decoders as above' : ''}`,
      bytes: FOOTPRINT.soundBytes + libraries + more * FOOTPRINT.soundDecoderBytes,
    },
    {
      owner: 'sound, tier 1',
      formula: `${atOnce} sounds x 2 chunks x ${chunkMs / 1000} s x ${rateHz} Hz x 2 states x 2 channels x 4`,
      bytes: Math.ceil(chunkMs * tier1BytesPerMs(atOnce, rateHz)),
    },
    {
      owner: 'sound, tier 2',
      formula: 'audio.tier2Bytes',
      bytes: tier2Mib * MIB,
    },
    {
      owner: 'sound clips',
      formula: 'decoded whole, audio.cacheBytes at most',
      bytes: clipBytes,
    },
  ];
}

/** `18 x 7.8 MiB + 17 x 5.9 MiB`: the largest ones, which is what the cache holds at most. */
function slabsText(pictures: readonly PictureClass[], slabs: number): string {
  let left = slabs;
  const terms: string[] = [];
  for (const { count, slabBytes } of pictures) {
    const taken = Math.min(left, count);
    if (taken > 0) terms.push(`${taken} x ${formatBytes(slabBytes)}`);
    left -= taken;
  }
  return terms.join(' + ');
}

/** The account as aligned lines of text: consumer, formula, bytes; then sum, budget and what shrank. */
export function formatAccount(account: Account): string {
  const rows = account.consumers.map(({ owner, formula, bytes }) => [owner, formula, formatBytes(bytes)] as const);
  const totals = [
    ['sum', '', formatBytes(account.plannedBytes)],
    ['budget', '', formatBytes(account.budgetBytes)],
  ] as const;
  const width = (column: 0 | 1 | 2): number => Math.max(...[...rows, ...totals].map((row) => row[column].length));
  const line = (row: readonly [string, string, string]): string =>
    `${row[0].padEnd(width(0))}  ${row[1].padEnd(width(1))}  ${row[2].padStart(width(2))}`;
  const shrunk = account.shrunk.map((text) => `shrunk to fit: ${text}`);
  return [...rows.map(line), ...totals.map(line), ...shrunk].join('\n');
}
