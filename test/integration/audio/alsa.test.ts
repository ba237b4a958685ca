/** Sound cards: what a card is given is what the files hold, and a card may come late, be pulled and come back. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fakeCard } from '../../support/alsa';
import { makeSmallShow } from '../../support/small-show';
import { chirp, RATE_HZ, worstDb, writeWav } from '../../support/sound-rig';
import { vitrine } from '../run/program';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'vitrine-card-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('gives a sound card the samples of the file, from its first to its last', async () => {
  const card = fakeCard(folder);
  card.plugIn();
  const show = await makeSmallShow();
  const tone = chirp(3 * RATE_HZ);
  writeWav(join(show.folder, 'tone.wav'), [tone]);
  writeFileSync(
    show.file,
    `version: 1
name: Tone
themes: {all: {images: [pictures]}}
scenes: {only: {themes: [all]}}
cuelist: {loop: once, cues: [{name: one, duration: 6s, scenes: [{scene: only}], audio: [{file: tone.wav, role: voice, fadeIn: 0ms, fadeOut: 0ms}]}]}
`,
  );
  const report = join(folder, 'report.json');
  const args = ['run', '--show', show.file, '--display', 'offscreen', '--report', report];
  const { code } = await vitrine(args, { ALSA_CONFIG_PATH: card.config });
  expect(code).toBe(0);
  const [left, right] = card.played();
  const from = left.findIndex((x) => x !== 0) - 1;
  expect(from).toBeGreaterThan(0);
  expect(worstDb(left.subarray(from, from + tone.length), tone)).toBeLessThan(-90);
  expect(worstDb(right.subarray(from, from + tone.length), tone)).toBeLessThan(-90);
  expect(left.subarray(from + tone.length).every((x) => x === 0)).toBe(true);
  rmSync(show.folder, { recursive: true });
}, 60_000);

it('takes a card that comes later, goes on in silence when it is pulled or of no use, and takes it again', async () => {
  const card = fakeCard(folder);
  const script = join(__dirname, '..', '..', 'support', 'output-main.js');
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, ALSA_CONFIG_PATH: card.config, XDG_RUNTIME_DIR: folder },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'close');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const told = async (): Promise<unknown> => {
    const line = (await lines.next()).value as string;
    // The sound library has its own opinion of what there is.
    return line.startsWith('{') ? JSON.parse(line) : told();
  };
  expect(await told()).toEqual({ sink: 'none' });
  card.plugIn();
  expect(await told()).toEqual({ sink: 'default', goesOn: true });
  expect(card.played()[0].length).toBeGreaterThan(0);
  card.pull();
  expect(await told()).toEqual({ fault: 'the sink default has stopped; silence until one is there again' });
  expect(await told()).toEqual({ sink: 'none', goesOn: true });
  writeFileSync(card.config, 'pcm.!default { type hw card 31 }\n');
  expect(await told()).toEqual({ fault: expect.stringContaining('the sink auto cannot be opened: ') as string });
  writeFileSync(join(folder, 'pipewire-0'), '');
  card.plugIn();
  expect(await told()).toEqual({ sink: 'default', goesOn: true });
  card.throwAway();
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
}, 60_000);
