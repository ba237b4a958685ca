/**
 * The chain of backends on a desktop, each link forced in turn by making those before it fail; the screen is looked at from outside.
 * The console's links are forced on whole machines (test/integration/console).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseGl } from '../../../runtime/display/gl-choice';
import { tryGl, type TrialOrder } from '../../../runtime/display/gl-trial';
import { GlRecord } from '../../../runtime/display/gl-record';
import type { RendererName, Surroundings } from '../../../runtime/display/output';
import { prepareCompositor, type Compositor } from '../../support/compositor';
import { buildFaultyGles } from '../../support/faulty-gles';
import { noise } from '../../support/images';
import { card, openRig } from '../../support/render-rig';
import { comesToHold } from '../../support/until';
import { startXServer, type XServer } from '../../support/x-server';

const [WIDTH, HEIGHT] = [320, 200];
const libraryPath = process.env['LD_LIBRARY_PATH'];

let server: XServer;
let compositor: Compositor;
let folder: string;
beforeEach(async () => {
  server = await startXServer({ widthPx: WIDTH, heightPx: HEIGHT });
  compositor = prepareCompositor(WIDTH, HEIGHT, server.display);
  folder = mkdtempSync(join(tmpdir(), 'vitrine-links-'));
});
afterEach(async () => {
  if (libraryPath === undefined) delete process.env['LD_LIBRARY_PATH'];
  else process.env['LD_LIBRARY_PATH'] = libraryPath;
  await compositor.close();
  await server.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** Drivers that hang are the only ones that any limit is for: the others are told apart however busy the machine is. */
const patientTrial = (order: TrialOrder): ReturnType<typeof tryGl> => tryGl(order, 40_000);

/** As the program does it: trials first, then the chain. Returns what was taken, what was tried, and whether the picture is seen. */
async function takes(env: Surroundings['env'], renderer: RendererName | 'auto' = 'auto', trial = patientTrial) {
  const wanted = { output: 'auto', renderer } as const;
  // As on a machine with a GPU: its driver is asked.
  const surroundings = { env, drivers: ['v3d'], framebuffers: [] };
  const record = new GlRecord(join(folder, 'gl.json'), 'k');
  const { excluded } = await chooseGl(wanted, { size: undefined, ...surroundings }, record, trial);
  const rig = await openRig({ ...wanted, ...surroundings, excluded, widthPx: WIDTH, heightPx: HEIGHT });
  try {
    const { ref } = rig.put(noise(WIDTH, HEIGHT, 1));
    await rig.settle(
      rig.stage.add(card(1, ref), () => {}),
      ...rig.clockAt(0),
    );
    const frame = await rig.capture();
    const isSeen = (): boolean => {
      const screen = server.screen();
      return frame.every((byte, at) => at % 4 === 3 || byte === screen[at]);
    };
    const seen = rig.opened.output !== 'offscreen' && (await comesToHold(isSeen));
    const drawn = new Set(frame).size > 100;
    const attempts = rig.opened.attempts.map(
      ({ output, renderer: by, outcome, reason }) => `${output}+${by} ${outcome}: ${reason}`,
    );
    return { took: `${rig.opened.output}+${rig.opened.renderer}`, seen, drawn, attempts: attempts.join('\n') };
  } finally {
    await rig.close();
  }
}

it('wayland+gl, where it is asked to draw on the CPU', async () => {
  await compositor.start();
  const { took, seen } = await takes(compositor.env, 'gl');
  expect([took, seen]).toEqual(['wayland+gl', true]);
});

it.each([
  ['draws on the CPU by itself', undefined, /^wayland\+gl does-not-fit: .*draws on the CPU/m],
  ['crashes', 'crashes', /^wayland\+gl does-not-fit: the driver crashed/m],
  ['hangs', 'hangs', /^wayland\+gl does-not-fit: no picture within 3 s/m],
  ['lies', 'lies', /^wayland\+gl does-not-fit: /m],
] as const)('wayland+cpu, where GL %s', async (_what, fault, reason) => {
  await compositor.start();
  if (fault !== undefined) {
    buildFaultyGles(join(folder, 'lib'), fault);
    process.env['LD_LIBRARY_PATH'] = join(folder, 'lib');
  }
  const { took, seen, attempts } = await takes(compositor.env, 'auto', fault === 'hangs' ? tryGl : patientTrial);
  expect([took, seen]).toEqual(['wayland+cpu', true]);
  expect(attempts).toMatch(reason);
});

it('x11+cpu, where there is no compositor behind its name', async () => {
  const { took, seen, attempts } = await takes({ ...compositor.env, DISPLAY: server.display });
  expect([took, seen]).toEqual(['x11+cpu', true]);
  expect(attempts).toMatch(/^wayland\+cpu (does-not-fit|failed): /m);
  expect(attempts).toMatch(/^x11\+gl does-not-fit: taken only where x11 is asked for/m);
});

it('offscreen+cpu, where there is no X server either, and no console', async () => {
  const { took, drawn, attempts } = await takes({ ...compositor.env, DISPLAY: ':9999' });
  expect([took, drawn]).toEqual(['offscreen+cpu', true]);
  for (const link of ['wayland', 'x11', 'kms', 'fbdev'])
    expect(attempts).toMatch(new RegExp(`^${link}\\+cpu (does-not-fit|failed): .`, 'm'));
});

it.each([
  ['passed over when it has failed', [{ output: 'wayland', renderer: 'gl', reason: 'it hung' }], undefined],
  ['opened when it has not, here to find that it is slow', [], 'wayland'],
] as const)('the GL of a compositor that appears later is tried first, and %s', async (_what, excluded, trusted) => {
  const rig = await openRig({
    output: 'auto',
    env: compositor.env,
    drivers: ['v3d'],
    widthPx: WIDTH,
    heightPx: HEIGHT,
  });
  try {
    const asked = rig.heard('untried');
    await compositor.start();
    await asked;
    const opened = rig.heard('opened');
    rig.render.send({ kind: 'tried', excluded, trusted });
    const { output, renderer, attempts } = await opened;
    expect([output, renderer]).toEqual(['wayland', 'cpu']);
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['ok']);
  } finally {
    await rig.close();
  }
});
