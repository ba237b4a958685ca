/** Drivers that fail, hang, crash or lie: each costs a fall-back and not the start, and is remembered. */
import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseGl } from '../../../runtime/display/gl-choice';
import { tryGl, type TrialOrder } from '../../../runtime/display/gl-trial';
import { glSignature } from '../../../runtime/hardware/gl-signature';
import { probe } from '../../../runtime/hardware/probe';
import { until, vitrine, type Outcome } from '../run/program';
import { GlRecord } from '../../../runtime/display/gl-record';
import { play } from '../../bench/player';
import { buildFaultyGles, FAULTS } from '../../support/faulty-gles';
import { card, openRig } from '../../support/render-rig';
import { noise } from '../../support/images';
import { makeSmallShow } from '../../support/small-show';
import { comesToHold } from '../../support/until';
import { startXProxy } from '../../support/x-proxy';
import { startXServer, type XServer } from '../../support/x-server';

const WIDTH = 160;
const HEIGHT = 90;
/** With a GPU, whoever asks for X11 gets GL on it. */
const wanted = { output: 'x11', renderer: 'auto' } as const;

let server: XServer;
let folder: string;
const libraryPath = process.env['LD_LIBRARY_PATH'];
beforeEach(async () => {
  server = await startXServer({ widthPx: WIDTH, heightPx: HEIGHT });
  folder = mkdtempSync(join(tmpdir(), 'vitrine-gl-'));
});
afterEach(async () => {
  if (libraryPath === undefined) delete process.env['LD_LIBRARY_PATH'];
  else process.env['LD_LIBRARY_PATH'] = libraryPath;
  rmSync(folder, { recursive: true, force: true });
  await server.kill();
});

/** As on a machine with a GPU: its driver is asked. */
const request = () => ({ size: undefined, env: { DISPLAY: server.display }, drivers: ['v3d'], framebuffers: [] });

/** Drivers that hang are the only ones that any limit is for: the others are told apart however busy the machine is. */
const patientTrial = (order: TrialOrder): ReturnType<typeof tryGl> => tryGl(order, 40_000);

const REASONS: Readonly<Record<string, RegExp>> = {
  missing: /libGLESv2/,
  hangs: /no picture within 3 s/,
  crashes: /the driver crashed \(SIGSEGV\)/,
  lies: /./,
};

describe.each(['missing', 'hangs', 'crashes', 'lies'] as const)('a GLES library that is %s', (fault) => {
  it('is found out in a process of its own, and the next backend shows the picture', async () => {
    const place = join(folder, fault);
    if (fault === 'missing') {
      mkdirSync(place);
      writeFileSync(join(place, 'libGLESv2.so.2'), 'not a library');
    } else buildFaultyGles(place, fault);
    process.env['LD_LIBRARY_PATH'] = place;
    const record = new GlRecord(join(folder, 'gl.json'), 'k');
    const { excluded, trusted } = await chooseGl(wanted, request(), record, fault === 'hangs' ? tryGl : patientTrial);
    expect(trusted).toBeUndefined();
    expect(excluded[0]).toMatchObject({
      output: 'x11',
      renderer: 'gl',
      reason: expect.stringMatching(REASONS[fault]!),
    });

    const rig = await openRig({ ...wanted, drivers: ['v3d'], env: { DISPLAY: server.display }, excluded });
    try {
      expect(rig.opened).toMatchObject({ output: 'x11', renderer: 'cpu' });
      expect(rig.opened.attempts.map(({ renderer, outcome }) => `${renderer} ${outcome}`)).toEqual(
        expect.arrayContaining(['gl does-not-fit', 'cpu ok']),
      );
      await rig.settle(
        rig.stage.add(card(1, rig.put(noise(WIDTH, HEIGHT, 1)).ref), () => {}),
        ...rig.clockAt(0),
      );
      expect(new Set(server.screen()).size).toBeGreaterThan(100);
    } finally {
      await rig.close();
    }
  });
});

/** As after a trial that went well: the next start makes none, whose limit a busy machine may miss. */
function trustGl(state: string): void {
  mkdirSync(join(state, 'vitrine'), { recursive: true });
  const record = new GlRecord(join(state, 'vitrine', 'gl.json'), glSignature(probe('/', {})));
  record.judge('x11', { usable: true, reason: 'it did well', software: false });
}

it('begins anew without a driver that hangs after its trial went well', async () => {
  const state = join(folder, 'state');
  buildFaultyGles(join(folder, 'lib'), 'hangs');
  trustGl(state);
  const show = await makeSmallShow();
  try {
    const ended = await vitrine(
      ['run', '--show', show.file, '--display', 'x11', '--renderer', 'gl', '--duration', '1s'],
      { DISPLAY: server.display, LD_LIBRARY_PATH: join(folder, 'lib'), XDG_STATE_HOME: state },
    );
    // GL was asked for by name: the second start says why it does not have it.
    expect(ended.err).toMatch(/the driver hangs; starting again without it/);
    expect(ended.err).toMatch(/the program did not survive opening it the last time/);
    expect(ended.code).toBe(1);
  } finally {
    rmSync(show.folder, { recursive: true, force: true });
  }
});

it('takes GL where it works, and shows with it what the cpu renderer shows', async () => {
  const frames: Buffer[] = [];
  for (const renderer of ['gl', 'cpu'] as const) {
    const rig = await openRig({ output: 'x11', renderer, env: { DISPLAY: server.display } });
    try {
      expect(rig.opened).toMatchObject({ output: 'x11', renderer, widthPx: WIDTH, heightPx: HEIGHT });
      await rig.settle(
        rig.stage.add(card(1, rig.put(noise(WIDTH, HEIGHT, 1)).ref), () => {}),
        ...rig.clockAt(0),
      );
      // The window is drawn anew once the server has shown it.
      let seen: Buffer = Buffer.alloc(0);
      await comesToHold(() => {
        seen = Buffer.from(server.screen().map((byte, at) => (at % 4 === 3 ? 0 : byte)));
        return new Set(seen).size > 100;
      });
      frames.push(seen);
    } finally {
      await rig.close();
    }
  }
  expect(new Set(frames[0]).size).toBeGreaterThan(100);
  expect(frames[0]!.equals(frames[1]!)).toBe(true);
});

it('is opened where a server cuts who connects while it begins anew', async () => {
  const show = await makeSmallShow();
  const run = async (): Promise<Outcome> => {
    const proxy = await startXProxy(server.display, Infinity, 2);
    const args = ['run', '--show', show.file, '--display', 'x11', '--renderer', 'gl', '--duration', '1s'];
    const env = { DISPLAY: proxy.display, XDG_STATE_HOME: mkdtempSync(join(folder, 'state-')) };
    return vitrine(args, env).finally(() => proxy.close());
  };
  try {
    // A machine may be too busy for a trial in its time, and not for ever.
    const ended = await until(run, ({ err }) => !err.includes('no picture within 3 s'));
    expect(ended).toMatchObject({ code: 0, err: expect.not.stringContaining('VITRINE_E_OUTPUT') });
  } finally {
    rmSync(show.folder, { recursive: true, force: true });
  }
});

it('goes on with the cpu renderer on the same display when GL breaks while the show is on', async () => {
  expect(Object.keys(FAULTS)).toContain('breaks');
  buildFaultyGles(join(folder, 'lib'), 'breaks');
  trustGl(join(folder, 'state'));
  const show = await makeSmallShow();
  const player = play(show.folder, ['--show', show.file, '--display', 'x11', '--renderer', 'gl', '--duration', '5s'], {
    DISPLAY: server.display,
    LD_LIBRARY_PATH: join(folder, 'lib'),
    XDG_STATE_HOME: join(folder, 'state'),
  });
  try {
    const report = (await player.ended) as unknown as {
      output: string;
      renderer: string;
      attempts: readonly { renderer: string; outcome: string; reason: string }[];
      frames: { black: number };
    };
    expect(report).toMatchObject({ output: 'x11', renderer: 'cpu', frames: { black: 0 } });
    expect(report.attempts.map(({ renderer, outcome }) => `${renderer} ${outcome}`)).toEqual([
      'gl ok',
      'gl failed',
      'gl does-not-fit',
      'cpu ok',
    ]);
  } finally {
    player.child.kill('SIGKILL');
    rmSync(show.folder, { recursive: true, force: true });
  }
});
