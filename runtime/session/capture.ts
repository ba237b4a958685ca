/** Captures: copies of the frame, read back upright. The render thread only copies; turning and scaling happen off both threads. */
import type { Arena } from '../arena/arena';
import { collectForeign } from '../core/heap';
import type { Turns } from '../core/turns';
import { loadSharp } from '../media/picture/sharp-library';
import type { PixelOrder } from '../render/renderer';
import type { FromRenderThread, ToRenderThread } from '../render/messages';
import type { CapturedPicture } from '../stage/view';

/** BGRX to RGB as a matrix over the first three channels. */
const SWAP_RED_AND_BLUE: [[number, number, number], [number, number, number], [number, number, number]] = [
  [0, 0, 1],
  [0, 1, 0],
  [1, 0, 0],
];

/** A render thread that does not answer holds up a capture, and nothing else for longer than this. */
const TURN_MS = 5000;

export interface CaptureParts {
  readonly arena: Arena;
  send(message: ToRenderThread): void;
  listen(listener: (message: FromRenderThread) => void): () => void;
  /** A capture takes its turn among them. */
  readonly largeWork: Turns;
  /** Size of the frame as scanned out, and how far it is turned; asked at every capture. */
  geometry(): { readonly widthPx: number; readonly heightPx: number; readonly turn: number };
}

export interface Capturer {
  capture(maxWidthPx?: number): Promise<CapturedPicture>;
}

/** Captures one at a time, so that they never take more than one frame's room. Rejects when the arena has none. */
export function openCapturer({ arena, send, listen, largeWork, geometry }: CaptureParts): Capturer {
  let lastId = 0;
  const captureNow = async (maxWidthPx?: number): Promise<CapturedPicture> => {
    const { widthPx, heightPx, turn } = geometry();
    const block = arena.allocate(widthPx * heightPx * 4);
    if (block === undefined) throw new Error('there is no room in the arena for a capture');
    // The pixels of the last capture, which nobody looks at any more.
    collectForeign();
    try {
      const id = (lastId += 1);
      const order = await new Promise<PixelOrder>((resolve) => {
        const deaf = listen((message) => {
          if (message.kind !== 'captured' || message.id !== id) return;
          deaf();
          resolve(message.order);
        });
        send({ kind: 'capture', id, address: block.offset });
      });
      const sharp = loadSharp();
      const pixels = arena.bytes.subarray(block.offset, block.offset + widthPx * heightPx * 4);
      const read = sharp(pixels, { raw: { width: widthPx, height: heightPx, channels: 4 } }).removeAlpha();
      const upright = (order === 'bgrx' ? read.recomb(SWAP_RED_AND_BLUE) : read).rotate((360 - turn) % 360);
      const turnedWidth = turn === 90 || turn === 270 ? heightPx : widthPx;
      const sized =
        maxWidthPx !== undefined && maxWidthPx < turnedWidth ? upright.resize({ width: maxWidthPx }) : upright;
      const { data, info } = await sized.raw().toBuffer({ resolveWithObject: true });
      return { pixels: data, widthPx: info.width, heightPx: info.height, channels: 3 };
    } finally {
      block.release();
    }
  };
  return {
    capture: (maxWidthPx) => largeWork.take(() => captureNow(maxWidthPx), TURN_MS),
  };
}

/** A capture as PNG. */
export async function toPng({ pixels, widthPx, heightPx, channels }: CapturedPicture): Promise<Buffer> {
  const sharp = loadSharp();
  return sharp(pixels, { raw: { width: widthPx, height: heightPx, channels } })
    .png({ compressionLevel: 6 })
    .toBuffer();
}
