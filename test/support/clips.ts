/** Clips without a decoder: frames of known planes in a ring, and the pictures they stand for. */
import { ClipTable } from '../../runtime/arena/clip-table';
import type { ClipRing, ClipStore } from '../../runtime/stage/clip-store';
import { CHROMA_PLACES, yuvWeights, type VideoColour } from '../../runtime/stage/colour';
import { createRandom } from '../../runtime/show/random';
import { turned, type Image } from './reference-compositor';

// A global is looked up anew at every use in a test's own context.
const { cos, floor, max, min, round, sin } = Math;

export interface Footage {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly colour: VideoColour;
  readonly planes: readonly [luma: Uint8Array, cb: Uint8Array, cr: Uint8Array];
  /** By the definition of its colours, chroma linear between its samples. */
  readonly image: Image;
}

export const BT709: VideoColour = { matrix: 'bt709', range: 'limited', chroma: CHROMA_PLACES.left };

/**
 * Luma of noise under colours that change slowly, as a camera's do. No colour is cut off at black or white, so that it does not matter
 * whether planes or colours are mixed.
 */
export function footage(widthPx: number, heightPx: number, seed: number, colour: VideoColour = BT709): Footage {
  return shotOnce('slow', widthPx, heightPx, seed, colour, (across, down, _, phase) =>
    new Uint8Array(across * down).map((__, at) => {
      const [x, y] = [at % across, floor(at / across)];
      return round(128 + 30 * sin(phase + x / 70) * cos(phase + y / 60));
    }),
  );
}

/** The same with chroma of noise: no sample is like its neighbours, as at the edges of drawn pictures. */
export function confetti(widthPx: number, heightPx: number, seed: number, colour: VideoColour = BT709): Footage {
  return shotOnce('noise', widthPx, heightPx, seed, colour, (across, down, random) =>
    new Uint8Array(across * down).map(() => 102 + floor(random() * 52)),
  );
}

const shot = new Map<string, Footage>();

function shotOnce(
  kind: string,
  widthPx: number,
  heightPx: number,
  seed: number,
  colour: VideoColour,
  chromaOf: (across: number, down: number, random: () => number, phase: number) => Uint8Array,
): Footage {
  const key = JSON.stringify([kind, widthPx, heightPx, seed, colour]);
  const known = shot.get(key);
  if (known !== undefined) return known;
  const random = createRandom(`footage ${seed}`);
  const luma = new Uint8Array(widthPx * heightPx).map(() => 75 + floor(random() * 100));
  const [across, down] = [(widthPx + 1) >> 1, (heightPx + 1) >> 1];
  const planes = [luma, chromaOf(across, down, random, seed), chromaOf(across, down, random, seed + 2)] as const;
  const made = { widthPx, heightPx, colour, planes, image: imageOf(widthPx, heightPx, colour, planes) };
  shot.set(key, made);
  return made;
}

/** Of upright planes, in exact arithmetic until it is rounded to levels. */
export function imageOf(
  widthPx: number,
  heightPx: number,
  colour: VideoColour,
  [luma, cb, cr]: Footage['planes'],
): Image {
  const weights = yuvWeights(colour);
  const [across, down] = [(widthPx + 1) >> 1, (heightPx + 1) >> 1];
  const { xPx, yPx } = colour.chroma;
  const data = new Uint8Array(widthPx * heightPx * 3);
  for (let y = 0; y < heightPx; y += 1) {
    for (let x = 0; x < widthPx; x += 1) {
      const level = weights.scale * (luma[y * widthPx + x]! - weights.offset);
      const [cx, cy] = [(x - xPx) / 2, (y - yPx) / 2];
      const [u, v] = [between(cb, across, down, cx, cy) - 128, between(cr, across, down, cx, cy) - 128];
      const rgb = [
        level + weights.redCr * v,
        level + weights.greenCb * u + weights.greenCr * v,
        level + weights.blueCb * u,
      ];
      rgb.forEach((value, c) => {
        data[(y * widthPx + x) * 3 + c] = min(255, max(0, round(value)));
      });
    }
  }
  return { widthPx, heightPx, channels: 3, data };
}

/** A plane between its samples; beyond the outer ones it stays as they are. */
function between(plane: Uint8Array, widthPx: number, heightPx: number, x: number, y: number): number {
  const [cx, cy] = [min(widthPx - 1, max(0, x)), min(heightPx - 1, max(0, y))];
  const [left, top] = [floor(cx), floor(cy)];
  const [right, bottom] = [min(widthPx - 1, left + 1), min(heightPx - 1, top + 1)];
  const row = (at: number): number =>
    plane[at * widthPx + left]! * (1 - cx + left) + plane[at * widthPx + right]! * (cx - left);
  return row(top) * (1 - cy + top) + row(bottom) * (cy - top);
}

/** The planes as a decoder would write them: turned for the scan-out, one behind the other. */
export function storedPlanes({ widthPx, heightPx, planes }: Footage, turn: 0 | 90 | 180 | 270): Uint8Array {
  const [across, down] = [(widthPx + 1) >> 1, (heightPx + 1) >> 1];
  const [luma, cb, cr] = planes;
  return Buffer.concat([
    turned(luma, widthPx, heightPx, 1, turn),
    turned(cb, across, down, 1, turn),
    turned(cr, across, down, 1, turn),
  ]);
}

/** Opens a ring for frames like these. */
export function openClip(
  store: ClipStore,
  { widthPx, heightPx, colour }: Footage,
  turn: 0 | 90 | 180 | 270,
  frames: number,
  frameMs = 40,
): ClipRing {
  const lies = turn === 90 || turn === 270;
  const [width, height] = lies ? [heightPx, widthPx] : [widthPx, heightPx];
  const ring = store.open({ widthPx: width, heightPx: height, turn, colour, frameMs }, frames);
  if (ring === undefined) throw new Error('there is no room for this clip');
  return ring;
}

/** Writes a frame as a reader thread does; there must be room. */
export function writeFrame(ring: ClipRing, frame: Footage, timeMs: number, turn: 0 | 90 | 180 | 270 = 0): void {
  const table = new ClipTable(ring.address.table);
  const address = table.nextAddress(ring.address);
  if (address === undefined) throw new Error('the ring is gone');
  new Uint8Array(ring.address.memory.buffer).set(storedPlanes(frame, turn), address);
  table.commit(ring.ref.clip, timeMs);
}
