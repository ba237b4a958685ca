/** A reader thread: moves frames from a child's pipe into a ring, as fast as there is room. Serves one clip at a time, one child after the other. */
import { readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { ClipTable } from '../../runtime/arena/clip-table';
import { messageOf } from '../../runtime/core/errors';
import { boundNursery } from '../../runtime/core/heap';
import { FRAME_HEADER, TIMES_PER_SECOND } from './command';
import { closeQuietly } from '../../runtime/media/socket-pair';
import { endOf } from './length';
import { BEGINNING, nextRound, statedEnd, type Place, type ReaderReply, type ReadOrder } from './reader-messages';

type Done = Extract<ReaderReply, { kind: 'done' }>;

boundNursery();
const port = parentPort!;
/** The order before: the next child of a loop is handed over ahead, so that no other thread is needed at the seam. */
let before: Done | undefined;

port.on('message', (order: ReadOrder) => {
  const from = beginOf(order);
  if (from === undefined) {
    port.postMessage({ ...result(order.id, BEGINNING, 0), unread: true } satisfies ReaderReply);
    return;
  }
  before = serve(order, from);
  closeQuietly(order.framesFd);
  closeQuietly(order.timesFd);
  port.postMessage(before);
});

function beginOf({ from }: ReadOrder): Place | undefined {
  if (!('after' in from)) return from;
  if (before?.id !== from.after || before.lengthMs === undefined || before.repeats) return undefined;
  return nextRound(before.place, before.lengthMs);
}

const result = (id: number, place: Place, frames: number): Done => ({
  kind: 'done',
  id,
  frames,
  place,
  complete: false,
  repeats: false,
  unread: false,
});

function serve(order: ReadOrder, from: Place): Done {
  const { id, ring, prefill, frameMs, nearMs } = order;
  const { roundMs, partial, first } = from;
  const table = new ClipTable(ring.table);
  const doorbell = new Int32Array(ring.doorbell);
  const times = new Times(order.timesFd);
  /** Of this child, and of the round. */
  let frames = 0;
  let inRound = from.frames;
  let { lastMs, stepMs } = from;
  /** The time of the first frame, and what is taken from the times of this child: another one after a jump. */
  let originMs = from.zeroMs;
  let zeroMs = order.zeroMs ?? from.zeroMs;
  let told = false;
  const place = (): Place => ({
    roundMs,
    frames: inRound,
    lastMs,
    ...(stepMs === undefined ? {} : { stepMs }),
    ...(originMs === undefined ? {} : { zeroMs: originMs }),
    ...(partial === undefined ? {} : { partial }),
    ...(first === undefined ? {} : { first }),
  });
  const done = (fault?: string): Done => ({
    ...result(id, place(), frames),
    ...(fault === undefined ? {} : { fault }),
  });
  const complete = (lengthMs: number, repeats = false): Done => ({ ...done(), complete: true, lengthMs, repeats });
  try {
    passLine(order.framesFd);
    for (;;) {
      if (first !== undefined && inRound === first.frames) return complete(first.lengthMs);
      const address = table.nextAddress(ring);
      if (address === undefined) return done();
      if (!readFrame(order, address)) {
        if (inRound === 0 || first !== undefined) return done();
        // That the clip is over is needed at its last frame, when the main thread may have no time to hear why the child ended.
        const statedMs = statedEnd(order, originMs ?? 0);
        const { endMs, doubtful } = endOf({ lastMs, stepMs, frameMs, statedMs });
        if (statedMs === undefined || doubtful) return done();
        if (!order.loop) table.end(ring.clip, endMs);
        const repeats = order.loop && table.written(ring.clip) === inRound && table.frames(ring.clip) >= inRound;
        if (repeats) table.repeat(ring.clip, endMs);
        return complete(endMs, repeats);
      }
      const saidMs = times.next();
      zeroMs ??= saidMs ?? 0;
      originMs ??= zeroMs;
      // A frame without a time, or with one that goes back, follows the one before.
      const afterMs = lastMs === -Infinity ? 0 : lastMs + Math.min(frameMs, stepMs ?? frameMs);
      const ownMs = saidMs === undefined ? afterMs : saidMs - zeroMs;
      // A decoder that was begun again repeats some.
      if (frames === 0 && ownMs <= lastMs) continue;
      // Far back: another recording begins, with times of its own.
      if (saidMs !== undefined && ownMs < lastMs - JUMP_MS) zeroMs = saidMs - afterMs;
      const timeMs = ownMs <= lastMs ? afterMs : ownMs;
      if (inRound > 0) stepMs = timeMs - lastMs;
      table.commit(ring.clip, roundMs + timeMs);
      Atomics.add(doorbell, 0, 1);
      Atomics.notify(doorbell, 0);
      lastMs = timeMs;
      frames += 1;
      inRound += 1;
      if (frames === prefill) port.postMessage({ kind: 'filled', id } satisfies ReaderReply);
      if (!told && lastMs >= (first?.lengthMs ?? statedEnd(order, originMs) ?? 0) - nearMs) {
        told = true;
        port.postMessage({ kind: 'near', id } satisfies ReaderReply);
      }
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
