/** Makes the demo sounds: WAV files, which need no encoder. */
import { access } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../core/make-folder';
import { writeFile } from '../core/write-file';
import { SOUND_RATE_HZ, SOUNDS, type DemoSound } from './sounds';

export interface MadeSounds {
  readonly made: number;
  readonly kept: number;
}

/** Makes what is missing below `folder`. Rejects with the first failure. */
export async function makeSounds(folder: string, onSound: (file: string) => void): Promise<MadeSounds> {
  let made = 0;
  for (const sound of SOUNDS) {
    const file = path.join(folder, sound.file);
    if (await exists(file)) continue;
    makeFolder(path.dirname(file));
    writeFile(file, wavOf(sound));
    onSound(sound.file);
    made += 1;
  }
  return { made, kept: SOUNDS.length - made };
}

const HEADER_BYTES = 44;
const CHANNELS = 2;
const SAMPLE_BYTES = 2;

/** Stereo, 16 bits (RIFF WAVE, format 1). */
function wavOf({ seconds, sample }: DemoSound): Buffer {
  const frames = Math.round(seconds * SOUND_RATE_HZ);
  const bytes = frames * CHANNELS * SAMPLE_BYTES;
  const wav = Buffer.alloc(HEADER_BYTES + bytes);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(HEADER_BYTES - 8 + bytes, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(CHANNELS, 22);
  wav.writeUInt32LE(SOUND_RATE_HZ, 24);
  wav.writeUInt32LE(SOUND_RATE_HZ * CHANNELS * SAMPLE_BYTES, 28);
  wav.writeUInt16LE(CHANNELS * SAMPLE_BYTES, 32);
  wav.writeUInt16LE(8 * SAMPLE_BYTES, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(bytes, 40);
  const level = (value: number): number => Math.round(Math.max(-1, Math.min(1, value)) * 32_767);
  for (let frame = 0, at = HEADER_BYTES; frame < frames; frame++, at += CHANNELS * SAMPLE_BYTES) {
    const sides = sample(frame / SOUND_RATE_HZ);
    wav.writeInt16LE(level(sides[0]), at);
    wav.writeInt16LE(level(sides[1]), at + SAMPLE_BYTES);
  }
  return wav;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
