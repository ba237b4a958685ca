/** A compositor in plain floating point, one pixel at a time: what a frame should look like, to hold the real ones against. */
import type { Envelope } from '../../runtime/stage/envelope';
import type { Layer, View } from '../../runtime/stage/layer';

// A global is looked up anew at every use in a test's own context.
const { abs, floor, max, min, round } = Math;

/** A picture upright, rows tight; 4 channels are premultiplied. */
export interface Image {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly channels: 3 | 4;
  readonly data: Uint8Array;
}

/** A layer with the pixels its reference stands for. */
export interface Shown {
  readonly layer: Layer;
  readonly image: Image;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** An envelope's value by its definition. */
function envelopeAt({ keys, smooth }: Envelope, atMs: number): number {
  for (let key = 0; key + 3 < keys.length; key += 2) {
    const [t0, v0, t1, v1] = keys.slice(key, key + 4) as [number, number, number, number];
    if (atMs < t0) return v0;
    if (atMs >= t1) continue;
    const x = (atMs - t0) / (t1 - t0);
    return v0 + (v1 - v0) * (smooth === true ? 3 * x ** 2 - 2 * x ** 3 : x);
  }
  return atMs < keys[0]! ? keys[1]! : keys.at(-1)!;
}

/** Channel `c` at a fractional place; whole numbers are pixel centres, beyond the edge the edge goes on. */
function sample({ widthPx, heightPx, channels, data }: Image, x: number, y: number, c: number): number {
  const cx = min(widthPx - 1, max(0, x));
  const cy = min(heightPx - 1, max(0, y));
  const [x0, y0] = [floor(cx), floor(cy)];
  const [x1, y1] = [min(widthPx - 1, x0 + 1), min(heightPx - 1, y0 + 1)];
  const at = (px: number, py: number): number => data[(py * widthPx + px) * channels + c]!;
  const above = at(x0, y0) * (1 - cx + x0) + at(x1, y0) * (cx - x0);
  const below = at(x0, y1) * (1 - cx + x0) + at(x1, y1) * (cx - x0);
  return above * (1 - cy + y0) + below * (cy - y0);
}

function contained(image: Image, width: number, height: number): Box {
  const scale = min(width / image.widthPx, height / image.heightPx);
  const shown = { width: max(1, round(image.widthPx * scale)), height: max(1, round(image.heightPx * scale)) };
  return { ...shown, left: round((width - shown.width) / 2), top: round((height - shown.height) / 2) };
}

/** The part of the picture that fills the stage, the rest being cut off evenly. */
function covering(image: Image, width: number, height: number): Box {
  const scale = max(width / image.widthPx, height / image.heightPx);
  const part = { width: width / scale, height: height / scale };
  return { ...part, left: (image.widthPx - part.width) / 2, top: (image.heightPx - part.height) / 2 };
}

function viewed(part: Box, { centreX, centreY, zoom }: View): Box {
  const [width, height] = [part.width / zoom, part.height / zoom];
  const within = (centre: number, whole: number, seen: number): number =>
    min(whole - seen, max(0, centre * whole - seen / 2));
  return {
    width,
    height,
    left: part.left + within(centreX, part.width, width),
    top: part.top + within(centreY, part.height, height),
  };
}

/** Which part of the picture is seen, in its px, and where on the stage it stands. */
function placed({ layer, image }: Shown, width: number, height: number, atMs: number): { source: Box; place: Box } {
  const whole = { left: 0, top: 0, width: image.widthPx, height: image.heightPx };
  const { placement } = layer;
  if (placement.kind === 'overlay')
    return { source: whole, place: { ...whole, left: placement.leftPx, top: placement.topPx } };
  const contain = placement.fit === 'contain';
  let source = contain ? whole : covering(image, width, height);
  if (placement.motion !== undefined) {
    const { fromMs, untilMs, from, to } = placement.motion;
    const x = min(1, max(0, (atMs - fromMs) / (untilMs - fromMs)));
    source = viewed(source, {
      centreX: from.centreX + (to.centreX - from.centreX) * x,
      centreY: from.centreY + (to.centreY - from.centreY) * x,
      zoom: Math.exp(Math.log(from.zoom) * (1 - x) + Math.log(to.zoom) * x),
    });
  }
  return { source, place: contain ? contained(image, width, height) : { left: 0, top: 0, width, height } };
}

/** The part of the layer's own rectangle that is uncovered: shares of its width and height, rounded to whole px. */
function uncovered(layer: Layer, { left, top, width, height }: Box, share: number): Box {
  if (share >= 1) return { left, top, width, height };
  const [w, h] = [round(width * max(0, share)), round(height * max(0, share))];
  switch (layer.revealEdge) {
    case 'left':
      return { left, top, width: w, height };
    case 'right':
      return { left: left + width - w, top, width: w, height };
    case 'top':
      return { left, top, width, height: h };
    case 'bottom':
      return { left, top: top + height - h, width, height: h };
  }
}

const holds = (box: Box, x: number, y: number): boolean =>
  x >= box.left && x < box.left + box.width && y >= box.top && y < box.top + box.height;

/** What a pixel of the upright stage should be: RGB, 0 to 255, unrounded. */
export type Reference = (x: number, y: number) => readonly [number, number, number];

/** The stage at an instant; `shown` in drawing order. */
export function composeReference(widthPx: number, heightPx: number, shown: readonly Shown[], atMs: number): Reference {
  const layers = shown
    .filter(({ layer }) => layer.fromMs <= atMs && atMs < layer.untilMs)
    .map((each) => {
      const { layer, image } = each;
      const { placement } = layer;
      const dx = round(envelopeAt(layer.offsetX, atMs) * widthPx);
      const dy = round(envelopeAt(layer.offsetY, atMs) * heightPx);
      const { source, place } = placed(each, widthPx, heightPx, atMs);
      const moved = { ...place, left: place.left + dx, top: place.top + dy };
      const own = placement.kind === 'overlay' ? moved : { left: dx, top: dy, width: widthPx, height: heightPx };
      const clip = uncovered(layer, own, envelopeAt(layer.reveal, atMs));
      const opacity = min(1, max(0, envelopeAt(layer.opacity, atMs)));
      return { image, placement, source, moved, clip, opacity };
    });
  return (x, y) => {
    const pixel: [number, number, number] = [0, 0, 0];
    for (const { image, placement, source, moved, clip, opacity } of layers) {
      if (!holds(clip, x, y)) continue;
      const u = source.left + ((x + 0.5 - moved.left) / moved.width) * source.width - 0.5;
      const v = source.top + ((y + 0.5 - moved.top) / moved.height) * source.height - 0.5;
      for (let c = 0; c < 3; c += 1) {
        if (placement.kind === 'overlay') {
          pixel[c] = sample(image, u, v, c) * opacity + pixel[c]! * (1 - (sample(image, u, v, 3) / 255) * opacity);
        } else {
          const colour = holds(moved, x, y) ? sample(image, u, v, c) : (placement.background >> (16 - 8 * c)) & 255;
          pixel[c] = colour * opacity + pixel[c]! * (1 - opacity);
        }
      }
    }
    return pixel;
  };
}

/** Where a pixel of an upright picture stands once it is turned clockwise. */
function turnedIndex(x: number, y: number, widthPx: number, heightPx: number, turn: number): number {
  if (turn === 90) return x * heightPx + (heightPx - 1 - y);
  if (turn === 180) return (heightPx - 1 - y) * widthPx + (widthPx - 1 - x);
  if (turn === 270) return (widthPx - 1 - x) * heightPx + y;
  return y * widthPx + x;
}

/** Pixels turned clockwise. */
export function turned(
  pixels: Uint8Array,
  widthPx: number,
  heightPx: number,
  channels: number,
  turn: number,
): Uint8Array {
  if (turn === 0) return pixels;
  const out = new Uint8Array(pixels.length);
  for (let y = 0; y < heightPx; y += 1) {
    for (let x = 0; x < widthPx; x += 1) {
      const from = (y * widthPx + x) * channels;
      const to = turnedIndex(x, y, widthPx, heightPx, turn) * channels;
      for (let c = 0; c < channels; c += 1) out[to + c] = pixels[from + c]!;
    }
  }
  return out;
}

/** Frames larger than this are looked at in places only. */
const WHOLE_PX = 4000;

/** All pixels of a small frame, as x and y; of a large one some of its borders, and a lattice that meets every SIMD lane. */
function placesToLookAt(widthPx: number, heightPx: number): (readonly [number, number])[] {
  const places: [number, number][] = [];
  for (let y = 0; y < heightPx; y += 1) {
    for (let x = 0; x < widthPx; x += 1) {
      const border = (x % (widthPx - 1) === 0 && y % 7 === 0) || (y % (heightPx - 1) === 0 && x % 7 === 0);
      if (widthPx * heightPx <= WHOLE_PX || border || (x * 31 + y * 17) % 251 === 0) places.push([x, y]);
    }
  }
  return places;
}

const placesBySize = new Map<string, readonly (readonly [number, number])[]>();

/** The largest difference between a BGRX frame as scanned out and what it should be. Sizes are upright. */
export function worstDifference(
  frame: Uint8Array,
  wanted: Reference,
  widthPx: number,
  heightPx: number,
  turn: number,
): number {
  const size = `${widthPx}x${heightPx}`;
  const places = placesBySize.get(size) ?? placesToLookAt(widthPx, heightPx);
  placesBySize.set(size, places);
  let worst = 0;
  for (const [x, y] of places) {
    const pixel = turnedIndex(x, y, widthPx, heightPx, turn) * 4;
    if (frame[pixel + 3] !== 255) return Infinity;
    const rgb = wanted(x, y);
    for (let c = 0; c < 3; c += 1) worst = max(worst, abs(frame[pixel + 2 - c]! - rgb[c]!));
  }
  return worst;
}
