/** The print of a show's files tells every state of them from every other. */
import { mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveMedia } from '../../../runtime/show/glob';
import { mediaPrint } from '../../../runtime/show/media-print';
import { parseShow } from '../../../runtime/show/parse';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'vitrine-print-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const put = (name: string, text = 'x'): void => {
  writeFileSync(join(folder, name), text);
  utimesSync(join(folder, name), 1000, 1000);
};
const print = (): Promise<string> => mediaPrint(parseShow(join(folder, 'show.yaml')).show!, { resolve: resolveMedia });

it('stays while nothing changes, and is another one after each change of a picture, a clip or a sound', async () => {
  writeFileSync(
    join(folder, 'show.yaml'),
    `version: 1
name: x
themes: {t: {images: ['*.png'], videos: ['*.mp4']}}
scenes: {s: {themes: [t]}}
cuelist: {cues: [{name: c, duration: 1m, scenes: [{scene: s}], audio: [{file: bed.ogg, role: background}]}]}
`,
  );
  for (const name of ['a.png', 'b.png', 'c.mp4', 'bed.ogg']) put(name);
  const prints = new Set([await print()]);
  expect(await print()).toBe([...prints][0]);
  const changes = [
    () => put('d.png'),
    () => rmSync(join(folder, 'd.png')),
    () => put('b.png', 'longer'),
    () => utimesSync(join(folder, 'c.mp4'), 1001, 1001),
    () => put('e.mp4'),
    () => rmSync(join(folder, 'bed.ogg')),
    // Of the same size and time, and another file all the same.
    () => {
      put('beside');
      renameSync(join(folder, 'beside'), join(folder, 'a.png'));
    },
  ];
  for (const [at, change] of changes.entries()) {
    change();
    prints.add(await print());
    // A file that is gone again leaves what there was before it.
    expect(prints.size).toBe(at === 0 ? 2 : at + 1);
  }
});
