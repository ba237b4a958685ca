/** Globs that name far more than the media of a show, up to everything on the machine. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { play, type Player } from '../../bench/player';
import { makeSmallShow, type SmallShow } from '../../support/small-show';
import { vitrine } from './program';

/** Beyond the bound of a walk, wherever this runs. */
const FOLDERS = 20_100;
let show: SmallShow;
let everything: string;

beforeAll(async () => {
  show = await makeSmallShow();
  for (let at = 0; at < FOLDERS; at++)
    mkdirSync(join(show.folder, 'deep', String(at % 100), String(at)), { recursive: true });
  everything = join(show.folder, 'everything.yaml');
  writeFileSync(
    everything,
    `version: 1
name: Everything
themes: {all: {images: ['/**/*']}}
scenes: {only: {media: images, themes: [all], every: 1s}}
cuelist: {cues: [{name: one, duration: 1h, scenes: [{scene: only}]}]}
`,
  );
});

afterAll(() => rmSync(show.folder, { recursive: true, force: true }));

const REFUSED = /the globs \/\*\*\/\* (name|lead|take) .*name the folders with the media alone/;

it.each([
  ['check', (): string[] => ['check', everything]],
  ['plan', (): string[] => ['plan', '--show', everything]],
  ['run', (): string[] => ['run', '--display', 'offscreen', '--size', '64x36', '--show', everything]],
])('are refused by %s', async (_, args) => {
  const { code, out, err } = await vitrine(args());
  expect(out + err).toMatch(REFUSED);
  expect(code).toBe(4);
});

describe('beside a show', () => {
  let player: Player;

  beforeEach(async () => {
    player = play(show.folder, ['--show', show.file, '--display', 'offscreen', '--size', '64x36']);
    player.ended.catch(() => {});
    await player.playing();
  });

  afterEach(() => player.child.kill('SIGKILL'));

  it('are refused, and the program answers meanwhile', async () => {
    let over = false;
    const reload = player.call('reload', { show: everything }).finally(() => (over = true));
    reload.catch(() => {});
    let answers = 0;
    while (!over) {
      await player.call('status');
      answers += 1;
    }
    await expect(reload).rejects.toThrow('name the folders with the media alone');
    expect(answers).toBeGreaterThan(1);
    expect(await player.call('status')).toMatchObject({ state: 'playing', session: 's1' });
  });

  it('do not keep it from its end', async () => {
    const reload = player.call('reload', { show: everything });
    reload.catch(() => {});
    await player.call('status');
    await player.end();
    expect(player.child.exitCode).toBe(0);
  });
});
