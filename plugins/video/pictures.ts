/**
 * The filters that make stored pictures into frames of a ring: all of one size, each picture with its own proportions, also where a stream
 * changes its size or the shape of its pixels on the way. Pure.
 */
import { turnedPlace, type ChromaPlace } from '../../runtime/stage/colour';
import { halvedChroma, type ClipFacts } from './clip-facts';
import type { ClipTarget } from './target';

/** ffmpeg's names of red, green and blue are made into this. */
const RGB_COLOURS = 'out_color_matrix=bt709:out_range=limited';

/** Proportions that differ by less are those of the first picture: sizes are rounded to whole pixels. */
const SAME_SHARE = 0.02;
/** After a cut, which is rounded to pairs of pixels. */
const SAME_CUT_SHARE = 0.05;

/** More pictures a second are not seen, and cost what they are moved by: of a clip with more (of a thousand) some are left out. */
const MOST_HZ = 120;

/** Both have the same layout; the one with j says that its levels fill the whole byte. */
export const pixelFormatOf = ({ colour }: ClipFacts): string => (colour.range === 'full' ? 'yuvj420p' : 'yuv420p');

/** What is transparent shows what lies below, and that is black. */
const onBlack = (facts: ClipFacts): string[] => [
  ...(facts.rgb ? [] : [convert(chromaFrom(facts))]),
  `format=${facts.rgb ? 'gbrap' : 'yuva444p'}`,
  'premultiply=inplace=1',
];

// Versions of ffmpeg differ in where they take chroma to lie when they convert: it is always said. In 1/256 of a pixel.
const said = (way: 'in' | 'out', axis: 'h' | 'v', px: number): string => `${way}_${axis}_chr_pos=${256 * px}`;

/** Where chroma lies in a picture as it is stored, upright; only in those directions in which it has fewer samples. */
function chromaFrom({ pixelFormat, rotation, colour }: ClipFacts): string[] {
  const { x, y } = halvedChroma(pixelFormat);
  const [across, down] = rotation === 90 || rotation === 270 ? [y, x] : [x, y];
  const { xPx, yPx } = colour.chroma;
  return [...(across ? [said('in', 'h', xPx)] : []), ...(down ? [said('in', 'v', yPx)] : [])];
}

/** Of 4:2:0. */
const chromaAt = (way: 'in' | 'out', { xPx, yPx }: ChromaPlace): string[] => [said(way, 'h', xPx), said(way, 'v', yPx)];

/** What ffmpeg would do by itself for the format that follows, but for the places. */
const convert = (places: readonly string[]): string => `scale=${['flags=bicubic', ...places].join(':')}`;

const TURNS = { 0: [], 90: ['transpose=clock'], 180: ['hflip', 'vflip'], 270: ['transpose=cclock'] } as const;

/** `isConstant`: every picture has the size and the shape of the first one. */
export function pictureFilters(facts: ClipFacts, target: ClipTarget, isConstant = false): string[] {
  const format = `format=${pixelFormatOf(facts)}`;
  const { crop } = target;
  const isWhole = target.widthPx === crop.widthPx && target.heightPx === crop.heightPx;
  // Filters cut and pad to whole samples of colour, and ffmpeg 7 refuses a frame that is a pixel larger: here each pixel has its own.
  const isOdd = [crop.widthPx, crop.heightPx, target.widthPx, target.heightPx].some((px) => px % 2 === 1);
  const fine = isOdd ? [`format=${facts.colour.range === 'full' ? 'yuvj444p' : 'yuv444p'}`] : [];
  const from = facts.rgb || facts.alpha ? [] : chromaFrom(facts);
  const to = chromaAt('out', facts.colour.chroma);
  return [
    ...(facts.rateHz > MOST_HZ
      ? [`select='isnan(prev_selected_t)+lt(t,prev_selected_t)+gte(t-prev_selected_t,${number(1 / MOST_HZ)})'`]
      : []),
    ...(facts.alpha ? onBlack(facts) : []),
    ...(facts.interlaced ? ['bwdif=mode=send_frame:deint=interlaced'] : []),
    ...(facts.rgb || facts.alpha || !isOdd ? [] : [convert(from), ...fine]),
    ...(target.fit === 'cover' ? [cut(facts, target)] : []),
    // Where nothing is scaled, ffmpeg's own conversion keeps colours better than the quick filter below.
    ...(isWhole && !facts.rgb && !isOdd
      ? [...(facts.pixelFormat === pixelFormatOf(facts) ? [] : [convert([...from, ...to])]), format]
      : []),
    scaled(
      facts,
      target,
      isOdd ? [] : [...(isWhole && !facts.rgb ? chromaAt('in', facts.colour.chroma) : from), ...to],
    ),
    ...fine,
    // Bars where a picture is narrower or lower than the first one. Where it is not, it is copied all the same.
    ...(isConstant ? [] : [`pad=w=${target.widthPx}:h=${target.heightPx}:x=(ow-iw)/2:y=(oh-ih)/2:eval=frame`]),
    ...TURNS[target.turn],
    ...(isOdd ? [convert(chromaAt('out', turnedPlace(facts.colour.chroma, target.turn)))] : []),
    format,
  ];
}

/** `dar`: the shape in which a picture is shown. ffmpeg computes the terms again where its size or the shape of its pixels changes. */
const isLike = (aspect: number, share: number): string => `lt(abs(dar/${number(aspect)}-1),${share})`;

/** The cut of the first picture; of pictures of another size and shape the part in the shape of a frame. */
function cut({ widthPx, heightPx }: ClipFacts, { crop }: ClipTarget): string {
  const across = number(crop.widthPx / widthPx);
  const down = number(crop.heightPx / heightPx);
  const first = isLike(widthPx / heightPx, SAME_SHARE);
  const shape = number(crop.widthPx / crop.heightPx);
  return `crop=w='iw*if(${first},${across},min(1,${shape}/dar))':h='ih*if(${first},${down},min(1,dar/${shape}))'`;
}

/** As large as a frame in one direction, and no larger in the other. Pixels that are not square are stretched here. */
function scaled(facts: ClipFacts, { crop, fit, widthPx, heightPx }: ClipTarget, chroma: readonly string[]): string {
  const aspect = crop.widthPx / crop.heightPx;
  const like = isLike(aspect, fit === 'cover' ? SAME_CUT_SHARE : SAME_SHARE);
  const wide = `gt(dar,${number(aspect)})`;
  const width = `if(${like}+${wide},${widthPx},max(2,2*round(${widthPx}*dar/${number(aspect)}/2)))`;
  const height = `if(${like}+not(${wide}),${heightPx},max(2,2*round(${heightPx}*${number(aspect)}/dar/2)))`;
  const range = facts.colour.range === 'full' ? 'full' : 'limited';
  const colours = facts.rgb ? RGB_COLOURS : `in_range=${range}:out_range=${range}`;
  return `scale=w='${width}':h='${height}':eval=frame:${['flags=bilinear', colours, ...chroma].join(':')}`;
}

/** A number that ffmpeg's terms read: never with an exponent. */
const number = (value: number): string => value.toFixed(9);
