/** The whole program: plays, reports, obeys, reloads, stops. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { play, sleep, type Player } from '../../bench/player';
import { descriptorIn, deviceIn } from '../../support/devices';
import { makeSmallShow, writeShowFile, type SmallShow } from '../../support/small-show';
import { until, vitrine } from './program';

interface Status {
  readonly state: string;
  readonly cue: string;
  readonly file: string;
  readonly session: string;
  readonly show: { readonly name: string };
  readonly plugins: readonly { readonly id: string; readonly state: string; readonly reason?: string }[];
  readonly gauges: Record<string, Record<string, number>>;
  readonly report: {
    readonly frames: Record<string, number>;
    readonly images: Record<string, number>;
    readonly errors: readonly { code: string; plugin: string }[];
  };
}

interface Report {
  readonly attempts: readonly object[];
  readonly errors: readonly object[];
}

const SIZE = ['--display', 'offscreen', '--size', '320x180'];
const players: Player[] = [];
let show: SmallShow;

async function playing(...args: string[]): Promise<Player> {
  const player = play(show.folder, ['--show', show.file, ...SIZE, ...args]);
  players.push(player);
  player.ended.catch(() => {});
  await player.playing();
  return player;
}

beforeEach(async () => {
  show = await makeSmallShow();
});

afterEach(() => {
  for (const { child } of players.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
  rmSync(show.folder, { recursive: true, force: true });
});

describe('a show that plays', () => {
  it('shows pictures with transitions, nothing black, and reports them by the contract', async () => {
    const player = play(show.folder, ['--show', show.file, ...SIZE, '--duration', '2s']);
    const report = (await player.ended) as unknown as Record<string, Record<string, unknown>>;
    expect(report).toMatchObject({ version: 1, output: 'offscreen', renderer: 'cpu', size: [320, 180] });
    expect(report['frames']!['black']).toBe(0);
    expect(Number(report['frames']!['presented'])).toBeGreaterThan(10);
    expect(Number(report['seams']!['count'])).toBeGreaterThan(2);
    expect(report['images']).toMatchObject({ distinct: 3, misses: expect.any(Number), quarantined: [] });
    expect(Object.keys(report)).toEqual(
      expect.arrayContaining(['startToFirstFrameMs', 'durationMs', 'memory', 'reloads', 'errors']),
    );
    expect(existsSync(player.socket)).toBe(false);
  });

  it('ends after its duration where nothing can be shown', async () => {
    const empty = join(show.folder, 'empty');
    mkdirSync(empty);
    const file = join(empty, 'show.yaml');
    writeFileSync(
      file,
      [
        'version: 1',
        'name: empty',
        'themes: {none: {images: [none/*.jpg]}}',
        'scenes: {one: {media: images, themes: [none], every: 1s}}',
        'cuelist: {cues: [{name: only, duration: 1h, scenes: [{scene: one}]}]}',
      ].join('\n'),
    );
    const report = (await play(empty, ['--show', file, ...SIZE, '--duration', '500ms'])
      .ended) as unknown as Status['report'];
    expect(report.errors).toMatchObject([{ code: 'VITRINE_E_THEME_EMPTY' }]);
  });

  it.each([
    ['none/run.json', 'there is no folder'],
    ['.', 'it is a folder'],
    ['show.yaml/run.json', 'there is no folder'],
  ])('refuses before it starts to write its report to %s', async (name, because) => {
    const report = join(show.folder, name);
    const { code, err } = await vitrine(['run', show.file, ...SIZE, '--report', report, '--duration', '1h']);
    expect(code).toBe(1);
    expect(err).toContain(because);
  });

  it('writes its report to a device as it is, and says so where that takes nothing', async () => {
    const short = ['run', show.file, ...SIZE, '--set', 'telemetry.http=off', '--duration', '300ms'];
    const at = ['--set', `control.socket=${join(show.folder, 'c.sock')}`];
    const told = await vitrine([...short, ...at, '--report', descriptorIn(show.folder, 1)]);
    expect([told.code, (JSON.parse(told.out) as { version: number }).version]).toEqual([0, 1]);
    const device = deviceIn(show.folder, 'full');
    const full = await vitrine([...short, ...at, '--report', device]);
    expect([full.code, statSync(device).isCharacterDevice()]).toEqual([1, true]);
    expect(full.err).toMatch(/full could not be written \(ENOSPC/);
  });

  it('plays the same order for the same seed, as fast as it can when untimed', async () => {
    const first = await play(show.folder, [
      '--show',
      show.file,
      ...SIZE,
      '--untimed',
      '--seed',
      '5',
      '--duration',
      '1s',
    ]).ended;
    expect(first.frames.presented).toBeGreaterThan(120);
    expect(first.frames).toMatchObject({ black: 0, dropped: 0 });
  });

  it('is steered over its socket, one command after the other', async () => {
    const player = await playing();
    const at = ['--control-socket', player.socket];
    expect((await vitrine(['goto', 'second', ...at])).code).toBe(0);
    await until(
      () => player.call<Status>('status'),
      ({ cue }) => cue === 'second',
    );
    expect((await vitrine(['previous', ...at])).code).toBe(0);
    await until(
      () => player.call<Status>('status'),
      ({ cue }) => cue === 'first',
    );
    expect((await vitrine(['pause', ...at])).code).toBe(0);
    const { state } = await player.call<Status>('status');
    expect(state).toBe('paused');
    const presented = async (): Promise<number> => (await player.call<Status>('status')).report.frames['presented']!;
    // The frame of the moment it was paused at may come a little later; a show that goes on has one in any 900 ms.
    let before = await presented();
    await until(
      () => sleep(900).then(presented),
      (now) => before === (before = now),
    );
    expect((await vitrine(['resume', ...at])).code).toBe(0);
    await until(
      () => player.call<Status>('status'),
      ({ report }) => report.frames['presented']! > before,
    );
    const nowhere = await vitrine(['goto', 'nowhere', ...at]);
    expect(nowhere.code).toBe(5);
    expect(nowhere.err).toContain('first, second');
    const file = join(show.folder, 'shot.png');
    expect((await vitrine(['screenshot', file, ...at])).code).toBe(0);
    expect(await sharp(file).metadata()).toMatchObject({ width: 320, height: 180, format: 'png' });
    expect((await vitrine(['stop', ...at])).code).toBe(0);
    await player.ended;
    expect((await vitrine(['status', ...at])).code).toBe(69);
  });

  it('refuses a second instance on the same socket', async () => {
    const player = await playing();
    const second = await vitrine(['run', '--show', show.file, ...SIZE, '--set', `control.socket=${player.socket}`]);
    expect(second.code).toBe(1);
    expect(second.err).toContain(player.socket);
    expect((await player.call<Status>('status')).state).toBe('playing');
  });

  it('shows a picture the right way up on a turned display', async () => {
    const half = Buffer.alloc(180 * 320 * 3);
    half.fill(255, 0, half.length / 2); // upper half white
    const portrait = await sharp(half, { raw: { width: 180, height: 320, channels: 3 } })
      .png()
      .toBuffer();
    for (const name of readdirSync(show.pictures)) writeFileSync(join(show.pictures, name), portrait);
    writeShowFile(show.file, '{themes: [all], every: 1h}');
    const player = await playing('--set', 'display.rotate=90');
    const { png, widthPx, heightPx } = await player.call<{ png: string; widthPx: number; heightPx: number }>(
      'screenshot',
    );
    expect([widthPx, heightPx]).toEqual([180, 320]);
    const { data } = await sharp(Buffer.from(png, 'base64')).raw().toBuffer({ resolveWithObject: true });
    expect(data[(40 * 180 + 90) * 3]).toBeGreaterThan(250);
    expect(data[(280 * 180 + 90) * 3]).toBeLessThan(5);
  });
});

describe('reload', () => {
  it('swaps a checked show in at a frame edge and tells so', async () => {
    const player = await playing();
    const other = join(show.folder, 'other.yaml');
    writeShowFile(other, '{themes: [all], every: 300ms, transition: {type: cut}}', 'Other');
    const receipt = await player.call<Record<string, unknown>>('reload', { show: other });
    expect(receipt).toMatchObject({
      swapped: true,
      session: 's2',
      blackFrames: 0,
      showHash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    });
    expect((await player.call<Status>('status')).show.name).toBe('Other');
  });

  it('gives a larger show the memory it needs, and takes it back with a smaller one', async () => {
    const player = await playing();
    const budget = async (): Promise<number> =>
      (await player.call<Status>('status')).report.images['budgetBytes'] as number;
    const first = await budget();
    const moving = join(show.folder, 'moving.yaml');
    writeShowFile(moving, '{themes: [all], every: 300ms, motion: ken-burns, transition: {type: cut}}', 'Moving');
    await player.call('reload', { show: moving });
    expect((await budget()) / first).toBeCloseTo(1.15 ** 2, 1);
    await player.call('reload', { show: show.file });
    expect(await budget()).toBe(first);
  });

  it('swaps shows without a black frame where the budget has room for three pictures and no more', async () => {
    const moving = join(show.folder, 'moving.yaml');
    writeShowFile(moving, '{themes: [all], every: 200ms, motion: ken-burns, transition: {type: cut}}', 'Moving');
    const small = ['--size', '1920x1080', '--set', 'render.threads=1', '--set', 'theme.workers=1'];
    const plan = await vitrine(['plan', '--json', '--show', moving, ...small, '--set', 'theme.imageCacheEntries=3']);
    const { sumBytes } = JSON.parse(plan.out) as { sumBytes: number };
    const player = await playing(...small, '--set', `memory.budget=${sumBytes}`);
    for (const file of [moving, show.file, moving]) {
      expect(await player.call('reload', { show: file })).toMatchObject({ swapped: true, blackFrames: 0 });
    }
    expect((await player.call<Status>('status')).report.frames['black']).toBe(0);
  });

  it('changes nothing when the new show is invalid, and gives every reason', async () => {
    const player = await playing();
    const before = await player.call<Status>('status');
    const bad = join(show.folder, 'bad.yaml');
    writeFileSync(
      bad,
      'version: 1\nname: Bad\nthemes: {a: {imges: [x]}}\nscenes: {s: {themes: [b]}}\ncuelist: {cues: []}\n',
    );
    const refused = await vitrine(['reload', '--show', bad, '--control-socket', player.socket]);
    expect(refused.code).toBe(5);
    expect(refused.err).toContain('bad.yaml:3:');
    expect(refused.err).toContain('images');
    const missing = join(show.folder, 'empty.yaml');
    writeFileSync(missing, readFileSync(show.file, 'utf8').replace('[pictures]', '[nothing/*.jpg]'));
    expect((await vitrine(['reload', '--show', missing, '--control-socket', player.socket])).code).toBe(5);
    const status = await player.call<Status>('status');
    expect(status).toMatchObject({ state: 'playing', session: 's1', show: { name: 'Small' } });
    expect(status.report.images['budgetBytes']).toBe(before.report.images['budgetBytes']);
    expect(status.report.frames['black']).toBe(0);
  });

  it('reads the file again on SIGHUP', async () => {
    const player = await playing();
    writeShowFile(show.file, '{themes: [all], every: 500ms}', 'Changed');
    player.child.kill('SIGHUP');
    await until(
      () => player.call<Status>('status'),
      (status) => status.show.name === 'Changed',
    );
  });
});

describe('plugins', () => {
  const fixture = (name: string): string => join(__dirname, '../../fixtures/plugins', name);

  it('loads a third-party plugin with options of its own', async () => {
    const config = join(show.folder, 'config.yaml');
    writeFileSync(config, `plugins: {"${fixture('proof-of-play.js')}": required}\nproof-of-play: {every: 50ms}\n`);
    const player = await playing('--config', config);
    const status = await until(
      () => player.call<Status>('status'),
      ({ gauges }) => (gauges['proof-of-play']?.['frames_logged_count'] ?? 0) > 0,
    );
    expect(status.plugins).toContainEqual({ id: 'proof-of-play', mode: 'required', state: 'open' });
    await until(
      () => Promise.resolve(player.log()),
      (log) => log.includes('frames shown'),
    );
  });

  it('sets an optional plugin that fails aside, and ends the start for a required one', async () => {
    const config = join(show.folder, 'config.yaml');
    writeFileSync(config, `plugins: {"${fixture('failing.js')}": optional, "./nowhere.js": optional}\n`);
    const player = await playing('--config', config);
    const { plugins, report } = await player.call<Status>('status');
    expect(plugins).toContainEqual({
      id: 'failing',
      mode: 'optional',
      state: 'quarantined',
      reason: 'the sensor does not answer',
    });
    expect(report.errors.filter(({ code }) => code === 'VITRINE_E_PLUGIN_QUARANTINED')).toHaveLength(2);
    writeFileSync(config, `plugins: {"${fixture('failing.js')}": required}\n`);
    const required = await vitrine([
      'run',
      '--show',
      show.file,
      ...SIZE,
      '--config',
      config,
      '--set',
      `control.socket=${show.folder}/other.sock`,
    ]);
    expect(required.code).toBe(1);
    expect(required.err).toMatch(/failing.*the sensor does not answer/);
  });
});

describe('bad moments', () => {
  it('keeps the last picture when the theme becomes empty, and goes on when pictures come back', async () => {
    const player = await playing();
    const away = join(show.folder, 'away');
    renameSync(show.pictures, away);
    await sleep(3000);
    const empty = await player.call<Status>('status');
    expect(empty.state).toBe('playing');
    const { frames } = empty.report;
    expect(frames['black'] === 0 ? {} : { frames, log: player.log() }).toEqual({});
    const shown = empty.report.images['shown']!;
    renameSync(away, show.pictures);
    await until(
      () => player.call<Status>('status'),
      ({ report }) => report.images['shown']! > shown + 2,
    );
  });

  it('passes broken files over and reports them', async () => {
    writeFileSync(join(show.pictures, 'broken.jpg'), 'no picture at all');
    writeFileSync(join(show.pictures, 'empty.png'), '');
    writeFileSync(join(show.pictures, '-rf 😀 .png'), readFileSync(join(show.pictures, '0.png')));
    const player = await playing();
    const quarantined = ({ report }: Status): number =>
      (report.images as unknown as { quarantined: unknown[] }).quarantined.length;
    const status = await until(
      () => player.call<Status>('status'),
      (now) => now.report.images['shown']! > 6 && now.report.images['distinct']! >= 4 && quarantined(now) >= 2,
    );
    expect(status.report.frames['black']).toBe(0);
    expect(status.report.images['distinct']).toBe(4);
    expect(quarantined(status)).toBe(2);
  });

  it('ends cleanly when told to in any stage of its start', async () => {
    for (const afterMs of [0, 60, 120, 180, 240, 320, 450]) {
      const player = play(show.folder, ['--show', show.file, ...SIZE]);
      const closed = new Promise<number | null>((done) =>
        player.child.once('exit', (code, signal) => done(signal === null ? code : -1)),
      );
      player.ended.catch(() => {});
      await sleep(afterMs);
      player.child.kill('SIGTERM');
      const code = await closed;
      // Before the program has taken the signal over, the kernel ends it: that is as clean.
      expect([0, -1]).toContain(code);
      expect(existsSync(player.socket)).toBe(false);
      expect(player.log()).not.toMatch(/unexpected failure|not given back/);
    }
  });

  it.each([
    [
      ['--display', 'x11', '--renderer', 'cpu'],
      'use --display auto to fall back to offscreen',
      { output: 'x11', renderer: 'cpu', outcome: 'failed' },
    ],
    [
      ['--renderer', 'gl'],
      'leave --renderer gl out to be shown by the CPU; to draw with GL where nobody looks, add --display offscreen',
      { output: 'x11', renderer: 'gl', outcome: 'does-not-fit' },
    ],
  ])('advises and reports where no output can be opened: %j', async (args, advice, attempt) => {
    const file = join(show.folder, 'report.json');
    const env = { DISPLAY: '', WAYLAND_DISPLAY: '', XDG_RUNTIME_DIR: show.folder, XDG_STATE_HOME: show.folder };
    const ended = await vitrine(['run', '--show', show.file, ...args, '--report', file], env);
    expect([ended.code, ended.err.trim()]).toEqual([1, expect.stringContaining(`; ${advice}`)]);
    const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
    expect(report).toMatchObject({ version: 1, output: null, startToFirstFrameMs: null });
    expect(report.attempts).toContainEqual(expect.objectContaining(attempt));
    expect(report.errors).toEqual([
      expect.objectContaining({
        code: 'VITRINE_E_OUTPUT',
        message: expect.stringContaining('no output could be opened'),
      }),
    ]);
  });

  it('reports why a show was not begun', async () => {
    const file = join(show.folder, 'report.json');
    writeFileSync(show.file, 'version: 2\n');
    expect((await vitrine(['run', '--show', show.file, ...SIZE, '--report', file])).code).toBe(4);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ errors: [{ code: 'VITRINE_E_SHOW' }] });
  });

  it('says what is wrong with a show, a configuration or a command line, and with which exit code', async () => {
    const bad = join(show.folder, 'bad.yaml');
    writeFileSync(bad, 'version: 1\nname: [\n');
    expect((await vitrine(['run', '--show', bad, ...SIZE])).code).toBe(4);
    const missing = await vitrine(['run', '--show', join(show.folder, 'nowhere.yaml'), ...SIZE]);
    expect([missing.code, missing.err]).toEqual([4, expect.stringContaining('nowhere.yaml')]);
    const option = await vitrine(['run', '--show', show.file, ...SIZE, '--set', 'theme.lokahead=3']);
    expect([option.code, option.err]).toEqual([4, expect.stringContaining('lookahead')]);
    expect((await vitrine(['run', '--dislpay', 'x11'])).code).toBe(2);
    const display = await vitrine([
      'run',
      '--show',
      show.file,
      '--display',
      'x11',
      '--set',
      `control.socket=${show.folder}/x.sock`,
    ]);
    expect([display.code, display.err]).toEqual([1, expect.stringContaining('x11')]);
    const report = await vitrine([
      'run',
      '--show',
      show.file,
      ...SIZE,
      '--duration',
      '100ms',
      '--report',
      '/dev/null/report.json',
      '--set',
      `control.socket=${show.folder}/y.sock`,
    ]);
    expect([report.code, report.err]).toEqual([1, expect.stringContaining('cannot be written')]);
  });
});
