/** Media that come and go beside a running show: whole, in pieces, broken, replaced, renamed, each under a name that was never there before. */
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Random } from '../../../runtime/show/random';
import { sleep } from '../player';
import type { Kind, Pool } from './media';
import { COMING_SOUND, PLACES } from './show';

const PRESENT: Readonly<Record<'pictures' | 'clips', { least: number; most: number }>> = {
  pictures: { least: 5, most: 40 },
  clips: { least: 2, most: 8 },
};
/** Of pictures and clips that stay: one in so many of the pool. */
const STEADY_EVERY = 6;
const PIECES = 5;
const PIECE_MS = 250;

export class Turnover {
  private readonly present = { pictures: [] as string[], clips: [] as string[] };
  private names = 0;
  private isSoundThere = false;
  /** So many files came so far, and so many went. */
  readonly counts = { came: 0, went: 0, broken: 0 };

  constructor(
    private readonly pool: Pool,
    private readonly folder: string,
    private readonly random: Random,
  ) {
    for (const place of Object.values(PLACES))
      for (const kind of ['pictures', 'clips', 'sounds']) mkdirSync(join(folder, place, kind), { recursive: true });
    const stay = (kind: Kind, files: readonly string[]): void => {
      for (const file of files) copyFileSync(file, join(folder, PLACES.steady, kind, file.split('/').at(-1)!));
    };
    stay('sounds', pool.sounds);
    for (const kind of ['pictures', 'clips'] as const) {
      stay(
        kind,
        pool[kind].filter((_, at) => at % STEADY_EVERY === 0),
      );
      while (this.present[kind].length < PRESENT[kind].least) copyFileSync(this.any(pool[kind]), this.newFile(kind));
    }
  }

  /** One change. Resolves once it is made. */
  async change(): Promise<void> {
    const kind = this.random() < 0.75 ? 'pictures' : 'clips';
    const { least, most } = PRESENT[kind];
    const files = this.present[kind];
    const draw = this.random();
    if (this.random() < 0.1) this.changeSound();
    else if (files.length >= most || (draw < 0.45 && files.length > least)) this.remove(kind);
    else if (draw < 0.55 && files.length > 0) this.rename(kind);
    else if (draw < 0.65) this.addBroken(kind);
    else if (draw < 0.8) await this.addSlowly(kind);
    else copyFileSync(this.any(this.pool[kind]), this.newFile(kind));
  }

  private any<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)]!;
  }

  private newFile(kind: 'pictures' | 'clips', like = this.any(this.pool[kind])): string {
    const file = join(this.folder, PLACES.coming, kind, `${(this.names += 1)}${extname(like)}`);
    this.present[kind].push(file);
    this.counts.came += 1;
    return file;
  }

  private remove(kind: 'pictures' | 'clips'): void {
    const [file] = this.present[kind].splice(Math.floor(this.random() * this.present[kind].length), 1);
    rmSync(file!, { force: true });
    this.counts.went += 1;
  }

  private rename(kind: 'pictures' | 'clips'): void {
    const [file] = this.present[kind].splice(Math.floor(this.random() * this.present[kind].length), 1);
    renameSync(file!, this.newFile(kind, file));
    this.counts.went += 1;
  }

  private addBroken(kind: 'pictures' | 'clips'): void {
    const source = this.any(this.pool[kind]);
    const bytes = readFileSync(source);
    writeFileSync(this.newFile(kind, source), bytes.subarray(0, Math.floor(this.random() * bytes.length)));
    this.counts.broken += 1;
  }

  private async addSlowly(kind: 'pictures' | 'clips'): Promise<void> {
    const source = this.any(this.pool[kind]);
    const bytes = readFileSync(source);
    const file = this.newFile(kind, source);
    const step = Math.ceil(bytes.length / PIECES);
    for (let at = 0; at < bytes.length; at += step) {
      appendFileSync(file, bytes.subarray(at, at + step));
      await sleep(PIECE_MS);
    }
  }

  private changeSound(): void {
    const file = join(this.folder, PLACES.coming, 'sounds', COMING_SOUND);
    if (this.isSoundThere) rmSync(file);
    else copyFileSync(this.any(this.pool.sounds.filter((sound) => sound.endsWith('.mp3'))), file);
    this.isSoundThere = !this.isSoundThere;
  }
}
