/**
 * A sound card that notes how loud it is: takes samples as fast as a card would, and writes a line for each 50 ms: when, peak, RMS, and the
 * level of each tone asked for. Arguments: file of notes, tones in Hz. Frames are two floats at 48 kHz.
 */
import { openSync, readSync, writeSync } from 'node:fs';

export const [RATE_HZ, BLOCK_FRAMES, FRAME_BYTES] = [48_000, 2400, 8];

/** One line of the notes. */
export interface Heard {
  readonly atMs: number;
  readonly peak: number;
  readonly rms: number;
  /** Amplitude of each tone, in the order asked for. */
  readonly tones: readonly number[];
}

/** Amplitude of a tone in a block of samples, by Goertzel's algorithm. */
function amplitude(samples: Float32Array, toneHz: number): number {
  const turn = 2 * Math.cos((2 * Math.PI * toneHz) / RATE_HZ);
  let [last, before] = [0, 0];
  for (const sample of samples) [last, before] = [sample + turn * last - before, last];
  return (2 * Math.sqrt(last * last + before * before - turn * last * before)) / samples.length;
}

function play(notes: number, tonesHz: readonly number[]): void {
  const block = Buffer.alloc(BLOCK_FRAMES * FRAME_BYTES);
  const left = new Float32Array(BLOCK_FRAMES);
  const pause = new Int32Array(new SharedArrayBuffer(4));
  let zeroMs = performance.timeOrigin + performance.now();
  let frames = 0;
  const nowMs = (): number => performance.timeOrigin + performance.now();
  for (;;) {
    let filled = 0;
    while (filled < block.length) {
      const got = readSync(0, block, filled, block.length - filled, null);
      if (got === 0) return;
      filled += got;
    }
    // One that had to wait goes on later, as cards do.
    zeroMs = Math.max(zeroMs, nowMs() - (frames / RATE_HZ) * 1000 - 200);
    const atMs = zeroMs + (frames / RATE_HZ) * 1000;
    let [peak, sum] = [0, 0];
    for (let at = 0; at < BLOCK_FRAMES; at++) {
      const [one, other] = [block.readFloatLE(at * FRAME_BYTES), block.readFloatLE(at * FRAME_BYTES + 4)];
      left[at] = one;
      peak = Math.max(peak, Math.abs(one), Math.abs(other));
      sum += one * one + other * other;
    }
    const heard: Heard = {
      atMs,
      peak,
      rms: Math.sqrt(sum / (2 * BLOCK_FRAMES)),
      tones: tonesHz.map((toneHz) => Number(amplitude(left, toneHz).toFixed(4))),
    };
    writeSync(notes, `${JSON.stringify(heard)}\n`);
    frames += BLOCK_FRAMES;
    const earlyMs = zeroMs + (frames / RATE_HZ) * 1000 - nowMs();
    if (earlyMs > 0) Atomics.wait(pause, 0, 0, earlyMs);
  }
}

if (require.main === module) play(openSync(process.argv[2]!, 'w'), process.argv.slice(3).map(Number));
