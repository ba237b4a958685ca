/** The whole program with a still picture in which every pixel counts, and a look whether a screen shows just what it composed. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { play, type Player } from '../bench/player';
import { vitrine } from '../integration/run/program';
import { noise } from './images';
import { makeSmallShow, writeShowFile } from './small-show';

/** A screen as it is seen from outside: RGB, rows tight. */
export interface Seen {
  readonly rgb: Buffer;
  readonly widthPx: number;
  readonly heightPx: number;
}

export interface StillShow {
  /** Plays it on a display with these arguments and this environment; resolves once it plays. */
  play(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Player>;
  /**
   * Waits until the screen, of that size, shows the picture over all of it, pixel by pixel as the program composed it; `stretched`: or
   * between such pixels, where a compositor has to stretch it by less than one.
   */
  covers(screen: () => Promise<Seen> | Seen, widthPx: number, heightPx: number, stretched?: boolean): Promise<void>;
  /** The frame as the program shows it. */
  shown(): Promise<Seen>;
  close(): void;
}

const TRIES = 100;
const APART_MS = 100;

export async function makeStillShow(widthPx: number, heightPx: number): Promise<StillShow> {
  const show = await makeSmallShow();
  for (const name of ['0.png', '1.png', '2.png']) rmSync(join(show.pictures, name));
  const { data } = noise(widthPx, heightPx, 5);
  const raw = { width: widthPx, height: heightPx, channels: 3 } as const;
  await sharp(Buffer.from(data), { raw }).toFile(join(show.pictures, 'noise.png'));
  writeShowFile(show.file, '{themes: [all], every: 1h}');
  let player: Player;
  const shown = async (): Promise<Seen> => {
    const file = join(show.folder, 'shown.png');
    const { code, err } = await vitrine(['screenshot', file, '--control-socket', player.socket]);
    // Where there is none, the log of the program says why.
    expect(code === 0 ? {} : { code, err, signal: player.child.signalCode, log: player.log() }).toEqual({});
    return readPicture(file);
  };
  return {
    shown,
    async play(args, env) {
      player = play(show.folder, ['--show', show.file, ...args], env);
      player.ended.catch(() => {});
      await player.playing();
      return player;
    },
    async covers(screen, wide, high, stretched = false) {
      let [own, seen] = [await shown(), await screen()];
      const isSame = (): boolean => (stretched ? liesBetween(seen, own) : own.rgb.equals(seen.rgb));
      const isRight = (): boolean =>
        own.widthPx === wide && own.heightPx === high && sizeOf(seen) === sizeOf(own) && isSame() && !isBlack(seen.rgb);
      for (let tries = TRIES; tries > 0 && !isRight(); tries -= 1) {
        await new Promise((resolve) => setTimeout(resolve, APART_MS));
        [own, seen] = [await shown(), await screen()];
      }
      const size = `${wide}x${high}`;
      const found = { composed: sizeOf(own), seen: sizeOf(seen), isRight: isRight(), log: player.log() };
      expect(found).toMatchObject({ composed: size, seen: size, isRight: true });
    },
    close() {
      rmSync(show.folder, { recursive: true, force: true });
    },
  };
}

/** Levels by which a mean may be rounded. */
const ROUNDED = 2;

/** Whether every pixel seen is a mean of the pixels composed around it: nothing else is on the screen, and nothing of it is free. */
function liesBetween(seen: Seen, own: Seen): boolean {
  const { rgb, widthPx, heightPx } = own;
  const rowBytes = widthPx * 3;
  for (let y = 0; y < heightPx; y++) {
    const [top, bottom] = [Math.max(0, y - 1), Math.min(heightPx - 1, y + 1)];
    for (let at = 0; at < rowBytes; at++) {
      let least = 255;
      let most = 0;
      const [left, right] = [at >= 3 ? at - 3 : at, at + 3 < rowBytes ? at + 3 : at];
      for (let row = top; row <= bottom; row++)
        for (let byte = left; byte <= right; byte += 3) {
          const level = rgb[row * rowBytes + byte]!;
          if (level < least) least = level;
          if (level > most) most = level;
        }
      const level = seen.rgb[y * rowBytes + at]!;
      if (level < least - ROUNDED || level > most + ROUNDED) return false;
    }
  }
  return true;
}

const sizeOf = ({ widthPx, heightPx }: Seen): string => `${widthPx}x${heightPx}`;

/** Noise has no row and no column without light. */
const isBlack = (rgb: Buffer): boolean => rgb.every((value) => value < 16);

export async function readPicture(file: string): Promise<Seen> {
  const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { rgb: data, widthPx: info.width, heightPx: info.height };
}
