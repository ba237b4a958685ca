/** Files that are no shows, and very large ones, named to the program and to one that runs. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { PROGRAM, play, type Player } from '../../bench/player';
import { makeSmallShow, type SmallShow } from '../../support/small-show';

let show: SmallShow;
let player: Player;

beforeAll(async () => {
  show = await makeSmallShow();
  player = play(show.folder, ['--show', show.file, '--display', 'offscreen', '--size', '64x36']);
  player.ended.catch(() => {});
  await player.playing();
});

afterAll(() => {
  player.child.kill('SIGKILL');
  rmSync(show.folder, { recursive: true, force: true });
});

/** The words of the complaint about what `make` put at a path. */
const ODD: readonly [string, (path: string) => unknown, string][] = [
  ['a pipe that nobody feeds', (path) => execFileSync('mkfifo', [path]), 'is a pipe, not a file'],
  ['a link to a pipe', (path) => linkedPipe(path), 'is a pipe, not a file'],
  ['an endless device', (path) => symlinkSync('/dev/zero', path), 'is a device, not a file'],
  ['a device that is always empty', (path) => symlinkSync('/dev/null', path), 'is a device, not a file'],
  ['a file of the kernel that waits for news', (path) => symlinkSync('/proc/kmsg', path), ''],
  ['a file of the kernel without end', (path) => symlinkSync('/proc/kcore', path), ''],
  ['a folder', (path) => mkdirSync(path), 'is a folder, not a file'],
  ['a link in a circle', (path) => symlinkSync(path, path), 'cannot be read (ELOOP'],
  ['a link to nothing', (path) => symlinkSync('/nonexistent/show', path), 'cannot be read (ENOENT'],
  ['a file of a megabyte', (path) => writeFileSync(path, '#\n'.repeat(600_000)), 'is 1200000 bytes long'],
];

function linkedPipe(path: string): void {
  execFileSync('mkfifo', [`${path}.pipe`]);
  symlinkSync(`${path}.pipe`, path);
}

describe.each(ODD)('%s', (what, make, words) => {
  const path = (): string => join(show.folder, what.replaceAll(' ', '-'));
  beforeAll(() => void make(path()));

  it.each([
    ['check', (): string[] => ['check', path()]],
    ['plan', (): string[] => ['plan', '--show', path()]],
    ['run', (): string[] => ['run', '--display', 'offscreen', '--show', path()]],
    ['explain, as its configuration', (): string[] => ['explain', '--config', path()]],
  ])('is refused by %s', (_, args) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args()], {
      encoding: 'utf8',
      timeout: 40_000,
      killSignal: 'SIGKILL',
    });
    expect(stdout + stderr).toContain(words);
    expect(status).toBe(4);
  });

  it('is refused by a program that runs, which goes on', async () => {
    await expect(player.call('reload', { show: path() })).rejects.toThrow(words);
    expect(await player.call('status')).toMatchObject({ state: 'playing', session: 's1' });
  });
});

it('refuses a socket', async () => {
  const path = join(show.folder, 'socket');
  const server = createServer().listen(path);
  await new Promise((done) => server.once('listening', done));
  await expect(player.call('reload', { show: path })).rejects.toThrow('is a socket, not a file');
  server.close();
});

describe('a show of thousands of cues', () => {
  const MOST_CUES = 8000;
  const written = (name: string, duration: string, cueOf = (n: number): string => `name: c${n}`): string => {
    const path = join(show.folder, name);
    const cues = Array.from(
      { length: MOST_CUES },
      (_, n) => `{${cueOf(n)}, duration: ${duration}, scenes: [{scene: a}]}`,
    );
    const head = `version: 1\nname: Long\nthemes: {all: {images: [pictures]}}\nscenes: {a: {themes: [all], every: 1s}}\n`;
    writeFileSync(path, `${head}cuelist:\n  cues:\n    - ${cues.join('\n    - ')}\n`);
    return path;
  };

  /** Answers to `status` while a reload of `path` is at work. */
  async function answersDuring(path: string): Promise<{ answers: number; outcome: unknown }> {
    let over = false;
    const reload = player.call('reload', { show: path }).catch((cause: unknown) => cause);
    void reload.then(() => (over = true));
    let answers = 0;
    while (!over) {
      await player.call('status');
      if (!over) answers += 1;
    }
    return { answers, outcome: await reload };
  }

  it.each([
    ['that is invalid in each', () => written('wrong.yaml', 'soon'), /8000:.*is not a duration/],
    ['that is valid', () => written('long.yaml', '10s'), /"swapped":true/],
  ])('%s does not keep the program from answering', async (_, make, result) => {
    const { answers, outcome } = await answersDuring(make());
    const text = outcome instanceof Error ? outcome.message : JSON.stringify(outcome);
    expect(text).toMatch(result);
    expect(answers).toBeGreaterThan(10);
    expect(await player.call('status')).toMatchObject({ state: 'playing' });
  });

  it('that takes more memory than there is for it is refused', async () => {
    const path = join(show.folder, 'dense.yaml');
    writeFileSync(path, `themes: {a: {texts: [${'1,'.repeat(250_000)}]}}`);
    await expect(player.call('reload', { show: path })).rejects.toThrow('takes more than 128 MiB to read');
    expect(await player.call('status')).toMatchObject({ state: 'playing' });
  });
});
