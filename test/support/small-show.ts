/** Small shows for tests that run the whole program: a folder, a few pictures of one colour each, a show file. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';

export const COLOURS = ['#c02020', '#20c020', '#2020c0'] as const;

export interface SmallShow {
  readonly folder: string;
  readonly pictures: string;
  readonly file: string;
}

export async function makeSmallShow(
  scene = '{themes: [all], every: 400ms, transition: {type: crossfade, duration: 200ms}}',
): Promise<SmallShow> {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine run '));
  const pictures = join(folder, 'pictures');
  mkdirSync(pictures);
  for (const [index, background] of COLOURS.entries()) {
    await sharp({ create: { width: 320, height: 180, channels: 3, background } })
      .png()
      .toFile(join(pictures, `${index}.png`));
  }
  const file = join(folder, 'show.yaml');
  writeShowFile(file, scene);
  return { folder, pictures, file };
}

export function writeShowFile(file: string, scene: string, name = 'Small'): void {
  writeFileSync(
    file,
    `version: 1
name: ${name}
themes: {all: {images: [pictures], texts: [Hello]}}
scenes: {only: ${scene}}
cuelist: {loop: forever, cues: [{name: first, duration: 1h, scenes: [{scene: only}]}, {name: second, duration: 1h, scenes: [{scene: only}]}]}
`,
  );
}
