/** Shows whose pictures need the process that draws vectors: found by the files that are named as such. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasCostlyVector } from '../../../runtime/media/picture/vector-cost';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'vitrine-vectors-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, inside: string): string => {
  const file = join(folder, name);
  writeFileSync(file, `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">${inside}</svg>`);
  return file;
};

const plain = '<rect width="9" height="9"/>';
const costly = '<g id="g"/><use href="#g"/>';

it.each<[string, () => readonly string[], boolean]>([
  ['no files', () => [], false],
  ['plain ones', () => [write('a.svg', plain), write('b.SVG', plain)], false],
  ['a costly one among them', () => [write('a.svg', plain), write('c.SVG', costly)], true],
  ['one that is packed', () => [write('d.svgz', plain)].map((file) => (writeFileSync(file, '\x1f\x8b', 'latin1'), file)), true],
  ['files with other names, which are not read', () => [write('a.jpg', costly)], false],
  ['a file that is gone', () => [join(folder, 'gone.svg')], false],
  ['more than are read', () => Array.from({ length: 257 }, (_, at) => join(folder, `${at}.svg`)), true],
])('are told from %s', async (_what, paths, isCostly) => {
  expect(await hasCostlyVector(paths())).toBe(isCostly);
});
