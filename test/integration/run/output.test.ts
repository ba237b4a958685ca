/** Output that goes nowhere, and a start from nowhere: told, with the exit code of a failure. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { PROGRAM } from '../../bench/player';
import { makeSmallShow, type SmallShow } from '../../support/small-show';

let show: SmallShow;
beforeAll(async () => {
  show = await makeSmallShow();
});
afterAll(() => rmSync(show.folder, { recursive: true, force: true }));

/** How a shell line about the program ends, and what it says on standard error. */
async function shell(line: string): Promise<{ code: unknown; err: string }> {
  const words = { NODE: process.execPath, PROGRAM, SHOW: show.file };
  const child = spawn('bash', ['-c', `v() { "$NODE" "$PROGRAM" "$@"; }; ${line}`], {
    env: { ...process.env, ...words, DISPLAY: '', WAYLAND_DISPLAY: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let err = '';
  child.stderr.on('data', (piece: Buffer) => (err += piece.toString()));
  const [code] = (await once(child, 'close')) as [unknown];
  return { code, err };
}

it.each(['explain', 'check "$SHOW"', 'plan "$SHOW"', 'probe'])(
  '%s says that its output could not be written',
  async (command) => {
    const { code, err } = await shell(`v ${command} >/dev/full`);
    expect([code, err]).toEqual([1, expect.stringContaining('standard output cannot be written: ENOSPC')]);
  },
);

it.each(['explain', 'plan "$SHOW"'])('%s ends quietly when its reader has left', async (command) => {
  const { code, err } = await shell(`v ${command} | true; exit "\${PIPESTATUS[0]}"`);
  expect([code, err]).toEqual([0, '']);
});

it('comes whole through a pipe whose reader is slow', async () => {
  const { code } = await shell('[ "$(v explain --json | (sleep 1; cat) | tail -c 2)" = "}" ]');
  expect(code).toBe(0);
});

it.each(['run', 'check show.yaml', 'screenshot a.png --control-socket c.sock'])(
  '%s started in a folder that is gone says so',
  async (command) => {
    const { code, err } = await shell(`cd "$(mktemp -d)"; rmdir "$PWD"; v ${command}`);
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/^the folder this was started in is gone; change to another one/),
    ]);
  },
);
