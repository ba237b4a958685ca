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
  /** Waits until the screen, of that size, shows the picture over all of it, pixel by pixel as the program composed it. */
  covers(screen: () => Promise<Seen> | Seen, widthPx: number, heightPx: number): Promise<void>;
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
    expect((await vitrine(['screenshot', file, '--control-socket', player.socket])).code).toBe(0);
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
    async covers(screen, wide, high) {
      let [own, seen] = [await shown(), await screen()];
      const isRight = (): boolean =>
        own.widthPx === wide && own.heightPx === high && own.rgb.equals(seen.rgb) && !isBlack(seen.rgb);
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

const sizeOf = ({ widthPx, heightPx }: Seen): string => `${widthPx}x${heightPx}`;

/** Noise has no row and no column without light. */
const isBlack = (rgb: Buffer): boolean => rgb.every((value) => value < 16);

export async function readPicture(file: string): Promise<Seen> {
  const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { rgb: data, widthPx: info.width, heightPx: info.height };
}
