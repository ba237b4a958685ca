/** Letters that no installed font has are named, with the package that brings them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { coverage, fontInspector } from '../../../runtime/cli/font-inspector';
import { formatIssue } from '../../../runtime/core/errors';
import { inspectShow } from '../../../runtime/show/inspect';
import type { FontInspector } from '../../../runtime/show/text-finding';
import { SMALLEST } from './shows';

/** As DejaVu Sans covers them, and little more. */
const LIST = '20-7e a0-24f 300-36f 370-3ff 400-4ff 600-6ff\n20-7e 2010-2027 20a0-20bf 2500-27bf\n';

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vitrine-texts-'));
  await sharp({ create: { width: 8, height: 8, channels: 3, background: 'teal' } }).toFile(join(folder, '1.jpg'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function warnings(texts: readonly string[], fonts: FontInspector): Promise<string[]> {
  const file = join(folder, 'show.yaml');
  writeFileSync(file, JSON.stringify({ ...SMALLEST, themes: { forest: { images: ['*.jpg'], texts } } }));
  const found = await inspectShow(file, { fonts });
  expect(found.errors).toEqual([]);
  return found.warnings.map((warning) => formatIssue(warning).split('themes.forest.texts')[1] ?? '');
}

const ask = (...texts: string[]): Promise<string[]> => warnings(texts, () => Promise.resolve(coverage(LIST)));

it.each([
  'Willkommen ä ß € – „gut“ …',
  'Ελληνικά, Русский, مرحبا',
  'two\nlines\tand a tab, a\u200Bzero width space, a soft\u00ADhyphen',
  // In parts, as some systems write names; the letter itself is in no font, and its parts are.
  'a\u0308 \u1EBF',
  '☕\uFE0F',
])('nothing is said of %j', async (text) => {
  expect(await ask(text)).toEqual([]);
});

it.each([
  ['営業時間', '営 業 時 間', 'fonts-noto-cjk'],
  ['ひらがな', 'ひ ら が な', 'fonts-noto-cjk'],
  ['환영', '환 영', 'fonts-noto-cjk'],
  ['「', '「', 'fonts-noto-cjk'],
  ['9時', '時', 'fonts-noto-cjk'],
  ['Café 🎉', '🎉', 'fonts-noto-color-emoji'],
  ['👩‍👩‍👧', '👩 👧', 'fonts-noto-color-emoji'],
  ['🇩🇪', '🇩 🇪', 'fonts-noto-color-emoji'],
  ['สวัสดี', 'ส ว ั ด ี', 'fonts-noto-core'],
  ['नमस्ते', 'न म स ् त े', 'fonts-noto-core'],
])('%s: %s, to be had from %s', async (text, letters, name) => {
  expect(await ask('plain', text)).toEqual([
    `[1]: no installed font has these letters, boxes are drawn in their place: ${letters}; install the package ${name}`,
  ]);
});

it('names every package a text needs, and a dozen letters at most', async () => {
  const [both, long] = await ask('時 🎉', 'ก'.repeat(3) + 'ขคฆงจฉชซฌญฎฏฐ');
  expect(both).toMatch(/: 時 🎉; install the packages fonts-noto-cjk and fonts-noto-color-emoji$/);
  expect(long).toMatch(/: ก ข ค ฆ ง จ ฉ ช ซ ฌ ญ ฎ …; install the package fonts-noto-core$/);
});

it('says so once where fonts cannot be listed, and only where there is a doubt', async () => {
  const unknown: FontInspector = () => Promise.resolve(undefined);
  expect(await warnings(['Café', 'größer'], unknown)).toEqual([]);
  expect(await warnings(['Café', 'Ελ', 'Ру'], unknown)).toEqual([
    '[1]: has letters beyond Latin; whether a font has them cannot be found out without fc-list; install the package fontconfig',
  ]);
});

it('knows the fonts of this machine', async () => {
  const has = await fontInspector(process.env)();
  expect(['a', 'ß', '€'].map((letter) => has?.(letter.codePointAt(0)!))).toEqual([true, true, true]);
  // Not a character.
  expect(has?.(0x10ffff)).toBe(false);
});

it('does without fc-list', async () => {
  expect(await fontInspector({ PATH: folder })()).toBeUndefined();
});
