/**
 * Clips and sounds made by ffmpeg for tests, kept over runs: most of them are the same each time, and a start of ffmpeg alone takes a
 * fifth of a second on a small machine.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { delimiter, extname, join } from 'node:path';

const CACHE = join(__dirname, '../../../node_modules/.cache/vitrine-test-media');
/** Longer than between two runs of somebody who works on this. */
const KEPT_MS = 14 * 24 * 3_600_000;

/** Has ffmpeg make `file` of these arguments, which may name other files by their whole paths; throws with its message. */
export function makeMedia(file: string, ...args: readonly string[]): string {
  const kept = join(CACHE, `${keyOf(args)}${extname(file)}`);
  if (taken(kept, file)) return file;
  const { status, stderr } = spawnSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args, file], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${file} was not made: ${stderr}`);
  mkdirSync(CACHE, { recursive: true });
  // Another process may be making the same one.
  const half = `${kept}.${process.pid}`;
  copyFileSync(file, half);
  renameSync(half, kept);
  return file;
}

/** Removes what has not been used for two weeks. */
export function forgetOldMedia(nowMs = Date.now()): void {
  mkdirSync(CACHE, { recursive: true });
  for (const name of readdirSync(CACHE)) {
    const path = join(CACHE, name);
    // Half a file of another process may have got its name meanwhile.
    const found = statSync(path, { throwIfNoEntry: false });
    if (found !== undefined && nowMs - found.mtimeMs > KEPT_MS) rmSync(path, { force: true });
  }
}

/** A copy: tests write into their files. */
function taken(kept: string, file: string): boolean {
  try {
    copyFileSync(kept, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  const now = new Date();
  utimesSync(kept, now, now);
  return true;
}

/** By the program, the arguments, and the content of files they name. */
function keyOf(args: readonly string[]): string {
  const hash = createHash('sha256').update(programOf(process.env['PATH'] ?? ''));
  for (const arg of args) hash.update(`\0${arg.startsWith('/') ? contentOf(arg) : arg}`);
  return hash.digest('hex').slice(0, 32);
}

const contentOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/** Another version has another size or date. */
function programOf(path: string): string {
  for (const folder of path.split(delimiter)) {
    const found = statSync(join(folder, 'ffmpeg'), { throwIfNoEntry: false });
    if (found !== undefined) return `${found.size} ${found.mtimeMs}`;
  }
  return '';
}
