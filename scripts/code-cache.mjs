// Keeps what V8 compiles of the program's bundle while it starts a show, for `dist/runtime/main.js` to start with. A convenience:
// where it cannot be made, or another Node runs the program, everything works and starts slower.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import sharp from 'sharp';

const filename = resolve('dist/runtime/vitrine.js');
const cacheFile = resolve('dist/runtime/vitrine.cache');
const script = new Script(readFileSync(filename, 'utf8'), { filename });

const folder = mkdtempSync(join(tmpdir(), 'vitrine-build-'));
for (const [name, background] of Object.entries({ a: '#203040', b: '#504030' }))
  await sharp({ create: { width: 64, height: 36, channels: 3, background } }).toFile(join(folder, `${name}.jpg`));
writeFileSync(
  join(folder, 'show.yaml'),
  `version: 1
name: Build
themes: {all: {images: ['*.jpg'], texts: [Text]}}
scenes: {only: {media: images, themes: [all], every: 200ms, motion: ken-burns, text: {position: bottom, every: 1s}, transition: {type: crossfade, duration: 100ms}}}
cuelist: {loop: forever, cues: [{name: one, duration: 1h, scenes: [{scene: only}]}]}
`,
);

process.on('exit', (code) => {
  rmSync(folder, { recursive: true, force: true });
  if (code !== 0) return;
  // The data is only good for the flags it was made with: those of a fresh process, which runtime/core/heap.ts changes.
  setFlagsFromString('--semi-space-growth-factor=2');
  setFlagsFromString('--no-expose-gc');
  writeFileSync(cacheFile, script.createCachedData());
});

process.argv = [
  ...[process.argv[0], resolve('dist/runtime/main.js'), 'run', '--show', join(folder, 'show.yaml')],
  ...['--display', 'offscreen', '--size', '64x36', '--duration', '600ms'],
  ...['--set', `control.socket=${join(folder, 'control.sock')}`, '--set', 'telemetry.http=127.0.0.1:0'],
];
for (const name of Object.keys(process.env)) if (name.startsWith('VITRINE_')) delete process.env[name];
const bundled = { exports: {} };
script.runInThisContext()(bundled.exports, createRequire(filename), bundled, filename, dirname(filename));
