/** Sound cards: what a card is given is what the files hold, and a card may come late, be pulled and come back. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { endPlayers, play } from '../../bench/player';
import { fakeCard, type FakeCard } from '../../support/alsa';
import { makeSmallShow, type SmallShow } from '../../support/small-show';
import { chirp, RATE_HZ, worstDb, writeWav } from '../../support/sound-rig';
import { until, vitrine, type Outcome } from '../run/program';

interface Status {
  readonly sound: { readonly sounds: readonly { readonly positionMs?: number }[] };
}

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'vitrine-card-'))));
afterEach(() => {
  endPlayers();
  rmSync(folder, { recursive: true, force: true });
});

/** A show of one cue of so many seconds with this sound. */
async function showWith(sound: string, seconds: number): Promise<SmallShow> {
  const show = await makeSmallShow();
  writeFileSync(
    show.file,
    `version: 1
name: Tone
themes: {all: {images: [pictures]}}
scenes: {only: {themes: [all]}}
cuelist: {loop: once, cues: [{name: one, duration: ${seconds}s, scenes: [{scene: only}], audio: [${sound}]}]}
`,
  );
  return show;
}

const run = (show: SmallShow, card: FakeCard): Promise<Outcome> =>
  vitrine(['run', '--show', show.file, '--display', 'offscreen', '--report', join(folder, 'report.json')], {
    ALSA_CONFIG_PATH: card.config,
    XDG_RUNTIME_DIR: folder,
  });

it('gives a sound card the samples of the file, from its first to its last', async () => {
  const card = fakeCard(folder);
  card.plugIn();
  const show = await showWith('{file: tone.wav, role: voice, fadeIn: 0ms, fadeOut: 0ms}', 6);
  const tone = chirp(3 * RATE_HZ);
  writeWav(join(show.folder, 'tone.wav'), [tone]);
  // Nothing but the program itself speaks on standard output.
  expect(await run(show, card)).toMatchObject({ code: 0, out: '' });
  const [left, right] = card.played();
  const from = left.findIndex((x) => x !== 0) - 1;
  expect(from).toBeGreaterThan(0);
  expect(worstDb(left.subarray(from, from + tone.length), tone)).toBeLessThan(-90);
  expect(worstDb(right.subarray(from, from + tone.length), tone)).toBeLessThan(-90);
  expect(left.subarray(from + tone.length).every((x) => x === 0)).toBe(true);
  rmSync(show.folder, { recursive: true });
}, 60_000);

it('goes on where it was on a card that comes while the show plays', async () => {
  const card = fakeCard(folder);
  const show = await showWith('{file: tone.wav, role: voice, fadeIn: 0ms, fadeOut: 0ms}', 50);
  const tone = chirp(55 * RATE_HZ);
  writeWav(join(show.folder, 'tone.wav'), [tone]);
  const player = play(folder, ['--show', show.file, '--display', 'offscreen'], {
    ALSA_CONFIG_PATH: card.config,
    XDG_RUNTIME_DIR: folder,
  });
  await player.playing();
  // A busy machine takes its time to ready the sound.
  await until(
    () => player.call<Status>('status'),
    ({ sound }) => (sound.sounds[0]?.positionMs ?? 0) > 100,
  );
  card.plugIn();
  const loudFrom = (left: Float32Array): number => left.findIndex((x) => Math.abs(x) > 0.1);
  await until(
    () => sleep(500).then(() => card.played()[0]),
    (left) => loudFrom(left) >= 0 && left.length - loudFrom(left) > 3.5 * RATE_HZ,
  );
  const { audio } = (await player.end()) as unknown as { audio: object };
  expect(player.log()).toContain('"sink":"default","msg":"sound-output"');
  const [left] = card.played();
  const from = loudFrom(left) + RATE_HZ;
  const heard = left.subarray(from, from + 2 * RATE_HZ);
  const off = tone.findIndex((_, at) => heard.subarray(0, 50).every((x, i) => Math.abs(x - tone[at + i]!) < 1e-5));
  // It had been playing in silence before: for the tenth of a second, and the one that is left out here.
  expect(off).toBeGreaterThan(1.1 * RATE_HZ);
  expect(worstDb(heard, tone.subarray(off, off + heard.length))).toBeLessThan(-90);
  expect(audio).toMatchObject({ sink: 'default' });
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
  // Its program has to start first.
  while (card.played()[0].length === 0) await sleep(50);
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
