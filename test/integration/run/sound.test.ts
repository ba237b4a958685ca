/** The sound of a show that plays, as those see it who run it: events, volumes, mastering, caches, report; on a clock without a device. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { play, PROGRAM, type Player } from '../../bench/player';
import { faultyTools } from '../../support/faulty-tools';
import { makeSmallShow, type SmallShow } from '../../support/small-show';
import { chirp, RATE_HZ, writeWav } from '../../support/sound-rig';
import { until, vitrine, type Outcome } from './program';

const OFFSCREEN = ['--display', 'offscreen', '--size', '320x180', '--set', 'audio.sink=none'];

interface Tier {
  readonly chunks: number;
  readonly bytes: number;
  readonly hits: number;
  readonly misses: number;
  readonly hitRate: number;
}
interface Cache {
  readonly tier1: Tier;
  readonly tier2: Tier;
  readonly tracks: readonly { readonly file: string; readonly chunks: number; readonly of: number; plays: boolean }[];
  readonly clips: { readonly clips: number; readonly bytes: number };
  readonly bytes: number;
  readonly budgetBytes: number;
  readonly healthy: boolean;
  /** Files that are due and silent. */
  readonly silent: readonly string[];
}

let show: SmallShow;
let player: Player | undefined;

/** Two cues: a voice of a second and a half, which is decoded whole, and a bed of 20 s, which is streamed, in both; one file is not there. */
beforeEach(async () => {
  show = await makeSmallShow();
  mkdirSync(join(show.folder, 'sounds'));
  writeWav(join(show.folder, 'sounds', 'voice.wav'), [chirp(1.5 * RATE_HZ)]);
  writeWav(join(show.folder, 'sounds', 'bed.wav'), [chirp(20 * RATE_HZ)]);
  writeFileSync(
    show.file,
    `version: 1
name: Heard
themes: {all: {images: [pictures]}}
scenes: {only: {themes: [all], every: 400ms}}
cuelist:
  loop: forever
  cues:
    - name: first
      duration: 1h
      scenes: [{scene: only}]
      audio: [{file: sounds/voice.wav, role: voice}, {file: ./sounds/../sounds/bed.wav, role: background}]
    - name: second
      duration: 1h
      scenes: [{scene: only}]
      audio: [{file: sounds/none.wav, role: effect}, {file: sounds/voice.wav, role: voice}]
`,
  );
});

afterEach(() => {
  player?.child.kill('SIGKILL');
  player = undefined;
  rmSync(show.folder, { recursive: true, force: true });
});

async function playing(...args: string[]): Promise<Player> {
  player = play(show.folder, ['--show', show.file, ...OFFSCREEN, ...args]);
  player.ended.catch(() => {});
  await player.playing();
  return player;
}

const to = ({ socket }: Player, ...words: string[]): Promise<Outcome> =>
  vitrine([...words, '--control-socket', socket]);

/** Where the web server listens: told once it does, which may be after the first picture. */
const server = async ({ log }: Player): Promise<string> =>
  (await until(
    async () => /"url":"([^"]+)"/.exec(log())?.[1],
    (url) => url !== undefined,
  ))!;

async function fetched(url: string): Promise<{ status: number | undefined; body: unknown }> {
  return new Promise((done, fail) => {
    const asked = request(url, (response) => {
      let text = '';
      response.on('data', (piece: Buffer) => (text += piece.toString()));
      response.once('end', () => done({ status: response.statusCode, body: JSON.parse(text) as unknown }));
    });
    asked.once('error', fail);
    asked.end();
  });
}

/** Listens to everything until the words were heard. */
async function heard({ socket }: Player, ...words: string[]): Promise<string> {
  const child = spawn(process.execPath, [PROGRAM, 'watch', '--control-socket', socket], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let told = '';
  child.stdout.on('data', (text: Buffer) => (told += text.toString()));
  // It listens once it has told anything: the pictures change all the time.
  await until(
    () => Promise.resolve(told),
    (text) => text.includes('picture: '),
  );
  await player!.call('next');
  await until(
    () => Promise.resolve(told),
    (text) => words.every((word) => text.includes(word)),
  );
  child.kill('SIGTERM');
  return told;
}

it('is told as it happens, and what cannot be heard is told too', async () => {
  const watched = await playing();
  const told = await heard(watched, 'none.wav: is not there', 'role voice, from', 'none.wav of second: failed');
  expect(told).toMatch(
    /^\d\d:\d\d:\d\d\.\d{3} sound: file .*\/sounds\/voice\.wav, role voice, from (memory|chunks), late \d+ ms$/m,
  );
  expect(told).toMatch(/^[\d:.]{12} sounds-ready: \d of \d; .*none\.wav of second: failed, is not there/m);
  expect(told).toMatch(
    /^[\d:.]{12} error: code VITRINE_E_SOUND, plugin audio, message .*none\.wav: is not there, count 1$/m,
  );
});

it('has volumes and mastering that are set while it plays, and refuses what is neither', async () => {
  const running = await playing();
  expect((await to(running, 'volume', 'voice', '0.5')).out).toBe(
    'volume: voice 0.5, background 1, effect 1, clips 1, master 1\n',
  );
  expect(await running.call('volume', { role: 'master', volume: '0' })).toMatchObject({ voice: 0.5, master: 0 });
  // Both can be read without being set.
  expect((await to(running, 'volume')).out).toBe('volume: voice 0.5, background 1, effect 1, clips 1, master 0\n');
  expect((await to(running, 'mastering')).out).toBe('mastering: mastered false\n');
  await expect(running.call('volume', { role: 'voice' })).rejects.toThrow('params.volume: is missing');
  const loud = await to(running, 'volume', 'voice', '1.5');
  expect(loud).toMatchObject({ code: 5, err: 'params.volume: must be a number from 0 to 1\n' });
  expect((await to(running, 'volume', 'flute', '1')).err).toContain('voice, background, effect, clips, master');
  expect((await to(running, 'mastering', 'on')).out).toBe('mastering: mastered true\n');
  await expect(running.call('mastering', { state: 'loud' })).rejects.toThrow();
  const { audio } = (await running.end()) as unknown as { audio: Record<string, unknown> };
  expect(audio).toMatchObject({ sink: 'none', rateHz: RATE_HZ, mastered: true });
});

it('is seen in the status: where it goes and why not, how loud, what is heard, and what is ready', async () => {
  const running = await playing();
  const seen = await until(
    async () => (await to(running, 'status')).out,
    (text) => text.includes('2 of 4 ready') && text.includes('bed.wav (background)'),
  );
  expect(seen).toMatch(/^sound +none \(silence: audio\.sink is none\), not mastered$/m);
  expect(seen).toMatch(/^volumes +voice 1, background 1, effect 1, clips 1, master 1$/m);
  expect(seen).toMatch(/^heard +.*bed\.wav \(background\) [\d.]+ m?s of 20 s$/m);
  expect(seen).toMatch(/^ +none\.wav of second: waiting, is prepared 8 s before its cue$/m);
  expect(seen).toMatch(/^audio +sink none/m);
  const { sound } = await running.call<{ sound: object }>('status');
  expect(sound).toMatchObject({ sink: 'none', because: 'audio.sink is none', mastered: false, ready: 2, of: 4 });
});

it('goes on at another place, also in a pause, and refuses what is beyond the end', async () => {
  // A voice that is not over while orders are on their way: 15 s, decoded in chunks, beside 20 s that loop; each is moved as far as it is long.
  writeWav(join(show.folder, 'sounds', 'voice.wav'), [chirp(15 * RATE_HZ)]);
  const running = await playing();
  await until(
    () => running.call<{ moved: object[] }>('seek', { time: '500ms' }).catch(() => ({ moved: [] })),
    ({ moved }) => moved.length === 2,
  );
  const both = await to(running, 'seek', '1s');
  expect(both.out).toMatch(/^seek: voice\.wav at 1 s of 15 s; bed\.wav at 1 s of 20 s\n$/);
  expect(await running.call('seek', { time: '1m5s' })).toMatchObject({
    cue: 'first',
    paused: false,
    moved: [{ role: 'background', positionMs: 5000, lengthMs: 20_000 }],
    left: [{ role: 'voice', because: 'ends after 15.0 s' }],
  });
  await running.call('pause');
  const back = JSON.parse((await to(running, 'seek', '-1m', '--json')).out) as { moved: { positionMs: number }[] };
  expect(back).toMatchObject({ paused: true, moved: [{ role: 'voice', positionMs: 0 }, { role: 'background' }] });
  const at = back.moved[1]!.positionMs;
  expect(await running.call('seek', { time: '+100ms' })).toMatchObject({
    moved: [{}, { positionMs: expect.closeTo(at + 100, 0) }],
  });
  await running.call('resume');
  await running.call('next');
  await until(
    async () => (await to(running, 'status')).out,
    (text) => /^heard +.*voice\.wav \(voice\)/m.test(text) && /^cue +second/m.test(text),
  );
  expect(await to(running, 'seek', '1m')).toMatchObject({
    code: 5,
    out: '',
    err: '1m is beyond the end: voice.wav ends after 15.0 s\n',
  });
  await expect(running.call('seek', { time: 'soon' })).rejects.toThrow('params.time: must be a position such as 1m30s');
});

it('tells of its caches, empties them, and serves the same under /api/cache', async () => {
  const running = await playing('--set', 'audio.chunk=2s');
  const stats = (): Promise<Cache> => running.call('cache', { act: 'stats' });
  // 20 s of one channel are made ready while they play. The voice comes in one chunk of its own where its decode was slow.
  const full = await until(stats, ({ tracks }) =>
    tracks.some(({ file, chunks, of }) => file.endsWith('bed.wav') && chunks === of),
  );
  expect(full.tier1.bytes).toBeGreaterThan(0);
  expect(full.tier1.bytes).toBeLessThanOrEqual(15_000_000);
  expect(full.tier2.chunks).toBeGreaterThan(0);
  expect(full.bytes).toBe(full.tier1.bytes + full.tier2.bytes + full.clips.bytes);
  expect(full.bytes).toBeLessThan(full.budgetBytes);
  // By the path it has, however the show writes it.
  expect(full.tracks.map(({ file }) => file)).toContain(join(show.folder, 'sounds', 'bed.wav'));
  const url = await server(running);
  const served = await fetched(`${url}api/cache`);
  expect(served.status).toBe(200);
  expect(Object.keys(served.body as object)).toEqual(Object.keys(full));
  const cleared = JSON.parse((await to(running, 'cache', 'clear', '--json')).out) as Cache;
  expect(cleared).toMatchObject({ tier2: { chunks: 0, bytes: 0 }, clips: { clips: 0, bytes: 0 } });
  // What is heard now and next stays.
  expect(cleared.tier1.chunks).toBeGreaterThan(0);
  await expect(running.call('cache', { act: 'fill' })).rejects.toThrow();
});

it('reports a sound that is due and silent, is not healthy meanwhile, and plays it once its decoder gives something', async () => {
  const go = join(show.folder, 'go');
  const { tools } = faultyTools(`while [ ! -e '${go}' ]; do sleep 0.05; done; exec $real`);
  const running = await playing('--set', `audio.ffmpeg=${tools.ffmpeg}`);
  const stats = (): Promise<Cache> => running.call('cache', { act: 'stats' });
  // The bed has no samples; the voice is not decoded either.
  const silent = await until(stats, ({ silent }) => silent.some((file) => file.endsWith('bed.wav')));
  expect(silent.healthy).toBe(false);
  const { report } = await running.call<{ report: { audio: { silences: number } } }>('status');
  expect(report.audio.silences).toBeGreaterThan(0);
  writeFileSync(go, '');
  await until(stats, ({ silent }) => silent.length === 0);
  const { audio, errors } = (await running.end()) as unknown as {
    audio: { silences: number; silentMs: number };
    errors: { code: string; message: string }[];
  };
  expect(audio.silentMs).toBeGreaterThan(0);
  expect(errors.some(({ message }) => message.includes('bed.wav: is due and has no samples'))).toBe(true);
});

it('is heard where nothing can be written any more', async () => {
  // A file system of its own, full from the first byte on, in place of the state folder.
  const state = mkdtempSync(join(tmpdir(), 'vitrine-full-'));
  const words = 'mount -t tmpfs -o size=64k full "$STATE" && { head -c 100k /dev/zero > "$STATE/all"; exec "$@"; }';
  const file = join(show.folder, 'full.json');
  const args = ['run', '--show', show.file, ...OFFSCREEN, '--duration', '9s', '--report', file];
  // Others may have the usual port.
  args.push('--set', 'telemetry.http=off');
  const child = spawn('unshare', ['-rm', 'sh', '-c', words, 'sh', process.execPath, PROGRAM, ...args], {
    env: { ...process.env, STATE: state, XDG_STATE_HOME: state, XDG_RUNTIME_DIR: show.folder, DISPLAY: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const [code] = (await once(child, 'close')) as [number];
  rmSync(state, { recursive: true });
  expect({ code, said: code === 0 ? '' : said }).toEqual({ code: 0, said: '' });
  const { audio, errors } = JSON.parse(readFileSync(file, 'utf8')) as {
    audio: { clips: number; streams: number };
    errors: object[];
  };
  expect(audio.clips + audio.streams).toBeGreaterThanOrEqual(2);
  expect(errors).toEqual([]);
});

it('is refused and not there in a show without any', async () => {
  writeFileSync(
    show.file,
    'version: 1\nname: Silent\nthemes: {all: {images: [pictures]}}\nscenes: {only: {themes: [all]}}\n' +
      'cuelist: {loop: forever, cues: [{name: first, duration: 1h, scenes: [{scene: only}]}]}\n',
  );
  const running = await playing();
  expect(await to(running, 'seek', '1s')).toMatchObject({
    code: 5,
    err: 'cue "first" plays nothing that can be moved: neither a sound nor a clip is on\n',
  });
  expect(await to(running, 'cache', 'clear')).toMatchObject({ code: 5, err: 'the show has no sound\n' });
  for (const [method, params] of [
    ['volume', { role: 'voice', volume: '0.5' }],
    ['mastering', { state: 'on' }],
  ] as const)
    await expect(running.call(method, params)).rejects.toThrow('the show has no sound');
  const url = await server(running);
  expect(await fetched(`${url}api/cache`)).toEqual({ status: 404, body: { error: 'no sound is played' } });
});
