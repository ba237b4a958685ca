/**
 * A program of its own: frames of an animated WebP in the place of ffmpeg, which it resembles in what it writes: frames on standard output,
 * their times on descriptor 3. One frame is in memory at a time. Argument: a `WebpOrder` as JSON.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { collectForeign } from '../../../runtime/core/heap';
import { ignoreInspector } from '../../../runtime/core/signals';
import { loadSharp } from '../../../runtime/media/picture/sharp-library';
import { FRAME_HEADER, FRAMES_FD, TIMES_FD, TIMES_PER_SECOND } from '../command';
import { readAnimation, stillOf, WebpCanvas, type ReadAt } from './animation';
import type { WebpOrder } from './order';
import { planesOf } from './yuv-planes';

ignoreInspector();
const sharp = loadSharp();

async function main({ path, crop, widthPx, heightPx, turn, fromMs, trialMs }: WebpOrder): Promise<void> {
  const file = openSync(path, 'r');
  const readAt: ReadAt = (at, length) => {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(file, bytes, 0, length, at));
  };
  const animation = readAnimation(readAt);
  if (animation === undefined) throw new Error('is no animated WebP');
  const edge = { left: (animation.widthPx - crop.widthPx) >> 1, top: (animation.heightPx - crop.heightPx) >> 1 };
  const startMs = performance.now();
  const isTrial = trialMs !== undefined;
  if (!isTrial) writeAll(FRAMES_FD, Buffer.from('YUV4MPEG2\n'));
  let count = 0;
  let atMs = 0;
  const canvas = new WebpCanvas(animation.widthPx, animation.heightPx);
  for (const frame of animation.frames) {
    const { data } = await sharp(stillOf(frame, readAt)).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    canvas.put(frame, data);
    if (atMs >= fromMs) {
      const raw = { width: animation.widthPx, height: animation.heightPx, channels: 4 } as const;
      const rgb = await sharp(canvas.pixels, { raw })
        .extract({ ...edge, width: crop.widthPx, height: crop.heightPx })
        .flatten({ background: 'black' })
        .resize(widthPx, heightPx, { fit: 'fill' })
        .raw()
        .toBuffer();
      const turned = turn === 0 ? rgb : await turnedBy(turn, rgb, widthPx, heightPx);
      const lies = turn === 90 || turn === 270;
      const planes = lies ? planesOf(turned, heightPx, widthPx) : planesOf(turned, widthPx, heightPx);
      if (!isTrial) {
        writeAll(
          TIMES_FD,
          Buffer.from(`frame:${count} pts:${Math.round(((atMs - fromMs) / 1000) * TIMES_PER_SECOND)}\n`),
        );
        writeAll(FRAMES_FD, Buffer.from(FRAME_HEADER));
        writeAll(FRAMES_FD, planes);
      }
      count += 1;
    }
    atMs += frame.durationMs;
    collectForeign();
    if (isTrial && atMs - fromMs >= trialMs) break;
  }
  closeSync(file);
  if (!isTrial) return;
  process.stdout.write(`frame=${count}\n`);
  process.stderr.write(`rtime=${((performance.now() - startMs) / 1000).toFixed(3)}s\n`);
}

function turnedBy(turn: number, rgb: Buffer, width: number, height: number): Promise<Buffer> {
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .rotate(turn)
    .raw()
    .toBuffer();
}

/** Waits where nobody reads. */
function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
}

main(JSON.parse(process.argv[2]!) as WebpOrder).catch((cause: unknown) => {
  process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
  process.exitCode = 1;
});
