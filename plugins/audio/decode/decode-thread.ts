/** The decode thread: makes chunks and clips, one at a time. Its children are its own and end with it. */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../../runtime/core/errors';
import { boundNursery } from '../../../runtime/core/heap';
import type { DecodeThreadData, FromDecodeThread, OrderAhead, ToDecodeThread } from './messages';
import { Interrupted, PcmStream } from './pcm-stream';
import { Producer, type TrackSpec } from './producer';

type ChunkMessage = Extract<ToDecodeThread, { kind: 'chunk' }>;
interface KeyedProducer {
  readonly key: string;
  readonly producer: Producer;
}

/** A clip's planes grow by this much. */
const CLIP_PIECE_FRAMES = 1 << 16;

boundNursery();
const { ffmpeg, progress: shared } = workerData as DecodeThreadData;
const progress = new Int32Array(shared);
const getOn = (): void => void Atomics.add(progress, 0, 1);
const port = parentPort!;
/** Decoders where they are, the one longest unused first. */
let producers: KeyedProducer[] = [];
/** Decoders that were started for orders still to come. */
let started: KeyedProducer[] = [];
let turn: Promise<void> = Promise.resolve();

port.on('message', (message: ToDecodeThread) => {
  if (message.kind === 'ahead') void startAhead(message.orders);
  else turn = turn.then(() => serve(message));
});

async function serve(message: Exclude<ToDecodeThread, { kind: 'ahead' }>): Promise<void> {
  if (message.kind === 'stop') {
    for (const { key } of [...producers, ...started]) await forget(key);
    reply({ kind: 'stopped' });
    port.close();
  } else if (message.kind === 'forget') await forget(message.key);
  else {
    const { id, track } = message;
    getOn();
    try {
      if (message.kind === 'chunk') reply({ kind: 'chunk', id, ...(await chunk(message)) });
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
  const own = [...producers, ...started].filter((one) => one.key === key);
  producers = producers.filter((one) => one.key !== key);
  started = started.filter((one) => one.key !== key);
  for (const { producer } of own) await producer.close();
}

const newProducer = (track: TrackSpec): Producer => new Producer(track, (order) => new PcmStream(ffmpeg, order, getOn));

/** The decoder that was started for this order; else a new one. */
function producerFor(track: TrackSpec, fromFrame: number): Producer {
  const found = started.find(({ key, producer }) => key === track.key && producer.nextFrame === fromFrame);
  started = started.filter((one) => one !== found);
  return found?.producer ?? newProducer(track);
}

/**
 * Starts the decoders of the next orders, and ends those of orders that are not wanted any more. A decoder's start takes longer than its
 * first second of sound: the sounds of a cue that nobody expected would begin one after the other.
 */
async function startAhead(orders: readonly OrderAhead[]): Promise<void> {
  const isWanted = ({ key, producer }: KeyedProducer): boolean =>
    orders.some(({ track, fromFrame }) => track.key === key && producer.nextFrame === fromFrame);
  const unwanted = started.filter((one) => !isWanted(one));
  started = started.filter(isWanted);
  for (const { track, fromFrame } of orders) {
    if ([...producers, ...started].some(({ key }) => key === track.key)) continue;
    const producer = newProducer(track);
    try {
      producer.begin(fromFrame);
      started.push({ key: track.key, producer });
    } catch {
      // No descriptor is left, say: its order tries again, and reports it.
    }
  }
  for (const { producer } of unwanted) await producer.close();
}

async function chunk({ track, fromFrame, place, decoders }: ChunkMessage): Promise<{ frames: number; ended: boolean }> {
  const own = producers.filter(({ key }) => key === track.key);
  // The one that stands there; else the one longest unused goes there, or another one begins.
  const spare = own.length < decoders.ofTrack ? undefined : own[0];
  const { producer } = own.find((one) => one.producer.nextFrame === fromFrame) ??
    spare ?? { producer: producerFor(track, fromFrame) };
  producers = [...producers.filter((one) => one.producer !== producer), { key: track.key, producer }];
  while (producers.length > decoders.inAll) await producers.shift()!.producer.close();
  const planes = (state: number): Float32Array[] =>
    place.cells.map((cell) => new Float32Array(cell, (state * place.planeFrames + place.atFrame) * 4, place.frames));
  const produced = await producer.produce(fromFrame, planes(0), planes(1));
  if (produced.ended) {
    producers = producers.filter((one) => one.producer !== producer);
    await producer.close();
  }
  return produced;
}

async function clip(id: number, track: TrackSpec, mostFrames: number): Promise<void> {
  const producer = newProducer(track);
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
    const decodeMs = performance.now() - (producer.firstMs ?? performance.now());
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
