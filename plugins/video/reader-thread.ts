/** A reader thread: moves frames from a child's pipe into a ring, as fast as there is room. Serves one child at a time, for long. */
import { readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { ClipTable } from '../../runtime/arena/clip-table';
import { messageOf } from '../../runtime/core/errors';
import { FRAME_HEADER, TIMES_PER_SECOND } from './command';
import { closeQuietly } from '../../runtime/media/socket-pair';
import type { ReaderReply, ReadOrder } from './reader-messages';

const port = parentPort!;
port.on('message', (order: ReadOrder) => {
  const reply = serve(order);
  closeQuietly(order.framesFd);
  closeQuietly(order.timesFd);
  port.postMessage(reply);
});

function serve(order: ReadOrder): ReaderReply {
  const { id, ring, prefill, frameMs } = order;
  const table = new ClipTable(ring.table);
  const doorbell = new Int32Array(ring.doorbell);
  const times = new Times(order.timesFd);
  let frames = 0;
  let lastMs = order.afterMs;
  let { zeroMs } = order;
  /** Between the last two frames, and the longest between any. */
  let stepMs = frameMs;
  let longestMs = 0;
  let complete = false;
  const done = (fault?: string): ReaderReply => ({
    kind: 'done',
    id,
    frames,
    lastMs,
    longestMs,
    complete,
    zeroMs: zeroMs ?? 0,
    ...(fault === undefined ? {} : { fault }),
  });
  try {
    passLine(order.framesFd);
    for (;;) {
      const address = table.nextAddress(ring);
      if (address === undefined) return done();
      if (!readFrame(order, address)) {
        // That the clip is over is needed at its last frame, when the main thread may have no time to hear why the child ended.
        complete = lastMs + LAST_FRAMES * frameMs >= (order.lengthMs ?? Infinity);
        if (complete) table.end(ring.clip);
        return done();
      }
      const told = times.next();
      zeroMs ??= told ?? 0;
      // A frame without a time, or with one that goes back, follows the one before.
      const afterMs = lastMs === -Infinity ? 0 : lastMs + Math.min(frameMs, stepMs);
      const ownMs = told === undefined ? afterMs : told - zeroMs;
      // A decoder that was begun again repeats some.
      if (frames === 0 && ownMs <= lastMs) continue;
      // Far back: another recording begins, with times of its own.
      if (told !== undefined && ownMs < lastMs - JUMP_MS) zeroMs = told - afterMs;
      const timeMs = ownMs <= lastMs ? afterMs : ownMs;
      if (frames > 0) {
        stepMs = timeMs - lastMs;
        longestMs = Math.max(longestMs, stepMs);
      }
      table.commit(ring.clip, timeMs);
      Atomics.add(doorbell, 0, 1);
      Atomics.notify(doorbell, 0);
      lastMs = timeMs;
      frames += 1;
      if (frames === prefill) port.postMessage({ kind: 'filled', id } satisfies ReaderReply);
    }
  } catch (cause) {
    return done(messageOf(cause));
  }
}

/** The line before the first frame says what is known already. */
function passLine(fd: number): void {
  const byte = Buffer.alloc(1);
  while (readSync(fd, byte, 0, 1, null) === 1 && byte[0] !== NEWLINE);
}

const NEWLINE = 0x0a;

/** A clip whose last frame is this near to its end lacks none: the frame's own time, and what lengths are rounded by. */
const LAST_FRAMES = 1.25;

/** Frames that are only out of order are not farther apart. */
const JUMP_MS = 1000;

/**
 * Reads one frame whole; false at the end of the output, a piece of a frame included. The header falls into what is free before every
 * frame of a ring.
 */
function readFrame({ framesFd, ring, frameBytes }: ReadOrder, address: number): boolean {
  const bytes = FRAME_HEADER.length + frameBytes;
  const frame = new Uint8Array(ring.memory.buffer, address - FRAME_HEADER.length, bytes);
  for (let at = 0; at < bytes;) {
    const got = readSync(framesFd, frame, at, bytes - at, null);
    if (got === 0) return false;
    at += got;
  }
  return true;
}

/** The times that the child writes beside its frames: a line `frame:N pts:N pts_time:S` for each, and one that is not looked at. */
class Times {
  private readonly chunk = Buffer.alloc(4096);
  private text = '';

  constructor(private readonly fd: number) {}

  /** Of the next frame, in ms; undefined where it has none. Blocks until its line is there. */
  next(): number | undefined {
    for (;;) {
      const end = this.text.indexOf('\n');
      if (end >= 0) {
        const line = this.text.slice(0, end);
        this.text = this.text.slice(end + 1);
        const pts = /^frame:\d+\s+pts:(-?\d+)?/.exec(line);
        if (pts === null) continue;
        return pts[1] === undefined ? undefined : (Number(pts[1]) / TIMES_PER_SECOND) * 1000;
      }
      const got = readSync(this.fd, this.chunk, 0, this.chunk.length, null);
      if (got === 0) return undefined;
      this.text += this.chunk.toString('latin1', 0, got);
    }
  }
}
