/** Files that change while they are shown: replaced, cut, garbled, renamed, taken away with their folder, and names of all kinds. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '../../runtime/show/random';
import { pictures } from '../bench/picture-sets';
import { play, sleep } from '../bench/player';
import type { Row } from './tally';
import { ended, watchPictures } from './watcher';

const LONGEST_STAND_MS = 6000;

export async function changingFiles(folder: string, count: number, seed: string): Promise<Row> {
  const source = await pictures(folder, 'hundred');
  const place = join(folder, 'changing');
  const away = `${place}.away`;
  mkdirSync(place, { recursive: true });
  const original = (at: number): string => join(source, `${String(at % 120).padStart(4, '0')}.jpg`);
  for (let at = 0; at < 20; at += 1) copyFileSync(original(at), join(place, `${at}.jpg`));
  // What no change takes away.
  mkdirSync(join(folder, 'steady'), { recursive: true });
  copyFileSync(original(1), join(folder, 'steady', 'a.jpg'));
  copyFileSync(original(2), join(folder, 'steady', 'b.jpg'));
  const show = join(folder, 'files.yaml');
  writeFileSync(
    show,
    `version: 1
name: Files
themes: {all: {images: [changing, steady]}}
scenes: {only: {media: images, themes: [all], every: 500ms, transition: {type: cut}}}
cuelist: {loop: forever, cues: [{name: one, duration: 24h, scenes: [{scene: only}]}]}
`,
  );
  const player = play(folder, ['--show', show, '--display', 'offscreen', '--size', '640x360']);
  await player.playing();
  const watch = watchPictures(player);
  const random = createRandom(seed);
  const any = (): string => join(place, `${Math.floor(random() * 20)}.jpg`);
  const acts: readonly (() => void | Promise<void>)[] = [
    () => copyFileSync(original(Math.floor(random() * 120)), any()),
    () => truncateSync(any(), Math.floor(random() * 5000)),
    () => writeFileSync(any(), Buffer.from(Array.from({ length: 3000 }, () => Math.floor(random() * 256)))),
    () => rmSync(any(), { force: true }),
    () => renameSync(any(), any()),
    () => symlinkSync(place, join(place, `circle-${Math.floor(random() * 1e9)}`)),
    () => symlinkSync('nowhere.jpg', join(place, `dangling-${Math.floor(random() * 1e9)}.jpg`)),
    () => void execFileSync('mkfifo', [join(place, `pipe-${Math.floor(random() * 1e9)}.jpg`)]),
    () => writeFileSync(join(place, `\u001b]0;x\u0007 ${'é'.repeat(40)} ${random()}.jpg`), 'x'),
    () => copyFileSync(original(3), join(place, `new-${Math.floor(random() * 30)}.jpg`)),
    async () => {
      renameSync(place, away);
      await sleep(1500);
      renameSync(away, place);
    },
  ];
  for (let at = 0; at < count; at += 1) {
    try {
      await acts[at % acts.length]!();
    } catch {
      // Another act was there first.
    }
    await sleep(150);
  }
  const { changes } = watch;
  const { failed, worstMs } = await ended(player, watch, LONGEST_STAND_MS);
  return {
    kind: 'files that change while they are shown',
    tried: count,
    failed,
    note: `${changes} changes, longest ${worstMs} ms`,
  };
}
