/** Decoding: a picture file to raw pixels of the size they are shown at, upright or turned for the panel, in libuv's pool. */
import type { Metadata, Sharp } from 'sharp';
import { MOST_PICTURE_PIXELS } from '../../runtime/core/agreed';
import { libvipsReason } from '../../runtime/core/libvips-reason';
import { Turns } from '../../runtime/core/turns';
import { PictureError, type PictureInput } from '../../runtime/media/picture/input';
import { readPicture } from '../../runtime/media/picture/read-picture';
import { vectorDensity } from '../../runtime/media/picture/vector';
import { wholeDecodeBytes } from './decode-need';
import { loadSharp } from '../../runtime/media/picture/sharp-library';
import type { Target } from './target';

export interface Decoded {
  /** RGB, 8 bit, tight rows, turned clockwise by the target's turn. */
  readonly pixels: Uint8Array;
  /** Size of `pixels`, that is after the turn. */
  readonly widthPx: number;
  readonly heightPx: number;
}

/** libvips gives up after this. A 200 megapixel progressive JPEG takes about 5 s on a desktop core and 6 times that on a small board. */
const DECODE_LIMIT_S = 60;

/** A smaller source is counted with every decode already. */
const SMALL_SOURCE_BYTES = 8 * 2 ** 20;

/** Reads that hang (a dead network folder) are not libvips' time: after this the file counts as failed. */
const GIVE_UP_MS = 90_000;

/**
 * Decodes a picture. Rejects with a reason of one line for a file that is broken, truncated, empty, too large or too slow, or
 * whose source would need more than `mostBytes` at once.
 */
export async function decodePicture(path: string, target: Target, mostBytes = Infinity): Promise<Decoded> {
  const limit = timeLimit(GIVE_UP_MS);
  try {
    const pixels = readPicture(path, (input) => pixelsOf(input, target, mostBytes, limit), mostBytes);
    return await Promise.race([pixels, limit.passed]);
  } catch (cause) {
    throw new Error(libvipsReason(cause), { cause });
  } finally {
    limit.end();
  }
}

interface TimeLimit {
  /** Rejects when the time is over. */
  readonly passed: Promise<never>;
  /** All of the time from now on. */
  restart(): void;
  end(): void;
}

function timeLimit(ms: number): TimeLimit {
  let timer: NodeJS.Timeout;
  let restart = (): void => {};
  const passed = new Promise<never>((_, reject) => {
    restart = () => {
      clearTimeout(timer);
      timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} s`)), ms);
    };
    restart();
  });
  return { passed, restart: () => restart(), end: () => clearTimeout(timer) };
}

/** Decodes that keep much of their source take turns: the memory of one is planned for. */
const wholes = new Turns();

async function pixelsOf(
  { source, failOn }: PictureInput,
  target: Target,
  mostBytes: number,
  limit: Pick<TimeLimit, 'restart'>,
): Promise<Decoded> {
  const sharp = loadSharp();
  const header = await sharp(source, { limitInputPixels: false }).metadata();
  const isVector = header.format === 'svg';
  if (!isVector && header.width * header.height > MOST_PICTURE_PIXELS)
    throw new PictureError(
      `${header.width}x${header.height} are more than ${MOST_PICTURE_PIXELS} pixels`,
      'save it smaller',
    );
  const needBytes = wholeDecodeBytes(header);
  if (needBytes > mostBytes) {
    const mib = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`;
    throw new PictureError(
      `${header.width}x${header.height} ${header.format} needs ${mib(needBytes)} to decode, more than ${mib(mostBytes)}`,
      'save it smaller or as a plain JPEG, or raise theme.decodeBytes',
    );
  }
  const stance = stanceOf(header.orientation, target.turn);
  const [width, height] = stance.lies ? [target.heightPx, target.widthPx] : [target.widthPx, target.heightPx];
  // Drawn at the size it is shown at, not enlarged or shrunk from the size it names.
  const density = isVector ? { density: vectorDensity(header, target) } : {};
  const image = sharp(source, {
    ...{ failOn, limitInputPixels: MOST_PICTURE_PIXELS, sequentialRead: true, animated: false },
    ...density,
  }).timeout({ seconds: DECODE_LIMIT_S });
  const decode = () =>
    rawRgb(
      inColour(image, header)
        .resize(width, height, { fit: target.fit === 'cover' ? 'cover' : 'inside', kernel: 'lanczos3' })
        .flatten({ background: cssColour(target.background) })
        .toColourspace('srgb'),
    );
  const whole = (): ReturnType<typeof decode> => {
    limit.restart();
    return decode();
  };
  const { data, info } = await (needBytes > SMALL_SOURCE_BYTES ? wholes.take(whole) : decode());
  if (stance.rotate === 0 && !stance.flop) return { pixels: data, widthPx: info.width, heightPx: info.height };
  // Turning the small result takes a third of the time that turning the source on its way in does.
  const raw = { width: info.width, height: info.height, channels: 3 as const };
  const turned = await rawRgb(sharp(data, { raw }).flop(stance.flop).rotate(stance.rotate));
  return { pixels: turned.data, widthPx: turned.info.width, heightPx: turned.info.height };
}

/** Where in an ICC profile its colour space is named. */
const PROFILE_SPACE = [16, 20] as const;

/** Grey pictures too are mixed with the background in colour; converting what is sRGB already takes a third of a large decode. */
function inColour(image: Sharp, { space, hasAlpha, icc }: Pick<Metadata, 'space' | 'hasAlpha' | 'icc'>): Sharp {
  // A profile of grey applies to grey alone, and libvips applies none to 16 bits.
  if (icc?.toString('latin1', ...PROFILE_SPACE) === 'GRAY') return image.pipelineColourspace('b-w');
  return space === 'srgb' && !hasAlpha ? image : image.pipelineColourspace('srgb');
}

/** How the stored pixels become what is kept: mirrored left to right first, then turned clockwise. */
interface Stance {
  readonly flop: boolean;
  readonly rotate: number;
  /** Whether the file's width is the height of what is seen upright. */
  readonly lies: boolean;
}

/** By EXIF orientation, 1 to 8: how the picture becomes upright. */
const UPRIGHT: readonly { readonly flop: boolean; readonly rotate: number }[] = [
  { flop: false, rotate: 0 },
  { flop: true, rotate: 0 },
  { flop: false, rotate: 180 },
  { flop: true, rotate: 180 },
  { flop: true, rotate: 270 },
  { flop: false, rotate: 90 },
  { flop: true, rotate: 90 },
  { flop: false, rotate: 270 },
];

function stanceOf(orientation: number | undefined, turn: Target['turn']): Stance {
  const { flop, rotate } = UPRIGHT[(orientation ?? 1) - 1] ?? UPRIGHT[0]!;
  return { flop, rotate: (rotate + turn) % 360, lies: rotate % 180 !== 0 };
}

async function rawRgb(image: Sharp): Promise<{ data: Uint8Array; info: { width: number; height: number } }> {
  const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`decodes to ${info.channels} channels instead of 3`);
  return { data, info };
}

function cssColour(rgb: number): string {
  return `#${rgb.toString(16).padStart(6, '0')}`;
}
