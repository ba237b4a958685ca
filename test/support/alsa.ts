/** A machine with a sound card, as far as ALSA is concerned: what is played lies in a file. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const RATE_HZ = 48_000;
const FRAME_BYTES = 2 * 4;

export interface FakeCard {
  /** For the environment; the file is there once the card is. */
  readonly config: string;
  plugIn(): void;
  /** The card takes nothing any more. */
  pull(): void;
  /** Ends the programs behind cards that were pulled. */
  throwAway(): void;
  /** Left and right, all that was played since it was opened last. */
  played(): readonly [Float32Array, Float32Array];
}

export function fakeCard(folder: string): FakeCard {
  const config = join(folder, 'asound.conf');
  const file = join(folder, 'played.raw');
  const sink = join(__dirname, 'alsa-sink.js');
  const pid = (): number => Number(readFileSync(`${file}.pid`, 'utf8'));
  const pulled: number[] = [];
  return {
    config,
    plugIn() {
      const command = `${process.execPath} ${sink} ${file} ${RATE_HZ * FRAME_BYTES}`;
      writeFileSync(
        config,
        `<confdir:alsa.conf>\npcm.!default { type file slave.pcm { type null } file "| ${command}" format "raw" }\n`,
      );
    },
    pull() {
      rmSync(config);
      process.kill(pid(), 'SIGSTOP');
      pulled.push(pid());
    },
    throwAway() {
      for (const sleeper of pulled) process.kill(sleeper, 'SIGKILL');
    },
    played() {
      const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
      const frames = Math.floor(bytes.length / FRAME_BYTES);
      const plane = (channel: number): Float32Array =>
        Float32Array.from({ length: frames }, (_, at) => bytes.readFloatLE(at * FRAME_BYTES + channel * 4));
      return [plane(0), plane(1)];
    },
  };
}
