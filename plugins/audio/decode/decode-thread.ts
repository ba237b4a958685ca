/** The decode thread: makes chunks and clips, one at a time. Its children are its own and end with it. */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../../runtime/core/errors';
import type { ChunkPlace, DecodeThreadData, FromDecodeThread, ToDecodeThread } from './messages';
import { Interrupted, PcmStream } from './pcm-stream';
import { Producer, type TrackSpec } from './producer';

/** Decoders kept where they are: of two cues with two tracks each, and of the clips of both. */
const PRODUCERS_KEPT = 6;
/** A clip's planes grow by this much. */
const CLIP_PIECE_FRAMES = 1 << 16;

const { ffmpeg, progress: shared } = workerData as DecodeThreadData;
const progress = new Int32Array(shared);
const getOn = (): void => void Atomics.add(progress, 0, 1);
const port = parentPort!;
/** By key; the one longest unused first. */
const producers = new Map<string, Producer>();
let turn: Promise<void> = Promise.resolve();

port.on('message', (message: ToDecodeThread) => {
  turn = turn.then(() => serve(message));
});

async function serve(message: ToDecodeThread): Promise<void> {
  if (message.kind === 'stop') {
    for (const key of [...producers.keys()]) await forget(key);
    reply({ kind: 'stopped' });
    port.close();
  } else if (message.kind === 'forget') await forget(message.key);
  else {
    const { id, track } = message;
    getOn();
    try {
      if (message.kind === 'chunk')
        reply({ kind: 'chunk', id, ...(await chunk(track, message.fromFrame, message.place)) });
      else await clip(id, track, message.mostFrames);
    } catch (cause) {
      await forget(track.key);
      reply({ kind: 'failed', id, reason: messageOf(cause), accident: cause instanceof Interrupted });
    }
  }
}

function reply(message: FromDecodeThread, transferred: readonly ArrayBuffer[] = []): void {
  port.postMessage(message, transferred as ArrayBuffer[]);
}

async function forget(key: string): Promise<void> {
  const producer = producers.get(key);
  producers.delete(key);
  await producer?.close();
}

const newProducer = (track: TrackSpec): Producer => new Producer(track, (order) => new PcmStream(ffmpeg, order, getOn));

async function chunk(
  track: TrackSpec,
  fromFrame: number,
  { memory, original, processed, planeFrames }: ChunkPlace,
): Promise<{ frames: number; ended: boolean }> {
  const producer = producers.get(track.key) ?? newProducer(track);
  producers.delete(track.key);
  producers.set(track.key, producer);
  if (producers.size > PRODUCERS_KEPT) await forget(producers.keys().next().value!);
  const planes = (offset: number): Float32Array[] =>
    Array.from(
      { length: track.channels },
      (_, channel) => new Float32Array(memory, offset + channel * planeFrames * 4, planeFrames),
    );
  const produced = await producer.produce(fromFrame, planes(original), planes(processed));
  if (produced.ended) await forget(track.key);
  return produced;
}

async function clip(id: number, track: TrackSpec, mostFrames: number): Promise<void> {
  let stream: PcmStream | undefined;
  const producer = new Producer(track, (order) => (stream = new PcmStream(ffmpeg, order, getOn)));
  try {
    const pieces: { original: Float32Array[]; processed: Float32Array[]; frames: number }[] = [];
    let frames = 0;
    let ended = false;
    while (!ended && frames <= mostFrames) {
      const planes = (): Float32Array[] =>
        Array.from({ length: track.channels }, () => new Float32Array(CLIP_PIECE_FRAMES));
      const piece = { original: planes(), processed: planes(), frames: 0 };
      const produced = await producer.produce(frames, piece.original, piece.processed);
      piece.frames = produced.frames;
      pieces.push(piece);
      frames += produced.frames;
      ({ ended } = produced);
    }
    const decodeMs = performance.now() - (stream?.firstMs ?? performance.now());
    const joined = (state: 'original' | 'processed'): Float32Array<ArrayBuffer>[] =>
      Array.from({ length: track.channels }, (_, channel) => {
        const plane = new Float32Array(frames);
        let at = 0;
        for (const piece of pieces) {
          plane.set(piece[state][channel]!.subarray(0, piece.frames), at);
          at += piece.frames;
        }
        return plane;
      });
    const [original, processed] = [joined('original'), joined('processed')];
    const transferred = [...original, ...processed].map(({ buffer }) => buffer);
    const whole = ended && frames <= mostFrames;
    reply({ kind: 'clip', id, frames, whole, decodeMs, original, processed }, transferred);
  } finally {
    await producer.close();
  }
}
