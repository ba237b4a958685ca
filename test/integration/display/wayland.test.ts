import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { sdlVersion } from '../../../runtime/display/sdl-library';
import { compositorInterfaces } from '../../../runtime/display/wayland-globals';
import { prepareCompositor, type Compositor } from '../../support/compositor';
import { noise } from '../../support/images';
import { holdings, settledHoldings } from '../../support/leftovers';
import { card, openRig, type Rig } from '../../support/render-rig';
import { comesToHold } from '../../support/until';
import { startXServer, type XServer } from '../../support/x-server';

const [WIDTH, HEIGHT] = [320, 200];

/** A BGRX frame as RGB. */
function rgbOf(frame: Uint8Array): Buffer {
  const rgb = Buffer.alloc((frame.length / 4) * 3);
  for (let pixel = 0; pixel < frame.length / 4; pixel += 1)
    for (let c = 0; c < 3; c += 1) rgb[pixel * 3 + c] = frame[pixel * 4 + 2 - c]!;
  return rgb;
}

/** Whether the frame and the screen come to show the same. */
const sameOnScreen = (rig: Rig, compositor: Compositor): Promise<boolean> =>
  comesToHold(async () => rgbOf(await rig.capture()).equals(await compositor.screen()));

async function show(rig: Rig, seed: number): Promise<void> {
  await rig.settle(
    rig.stage.add(card(seed, rig.put(noise(WIDTH, HEIGHT, seed)).ref), () => {}),
    ...rig.clockAt(0),
  );
}

describe('the wayland output', () => {
  let server: XServer;
  let compositor: Compositor;
  let seatless: Compositor | undefined;
  let rig: Rig | undefined;
  beforeAll(async () => (server = await startXServer({ widthPx: WIDTH, heightPx: HEIGHT })));
  afterAll(() => server.kill());
  beforeEach(async () => {
    compositor = prepareCompositor(WIDTH, HEIGHT, server.display);
    await compositor.start();
  });
  afterEach(async () => {
    await rig?.close();
    rig = undefined;
    await seatless?.close();
    seatless = undefined;
    await compositor.close();
  });

  it('is taken before all others and fills the screen with the frame', async () => {
    rig = await openRig({ output: 'auto', env: compositor.env });
    expect(rig.opened).toMatchObject({ output: 'wayland', driver: 'SDL wayland', widthPx: WIDTH, heightPx: HEIGHT });
    await show(rig, 1);
    expect(await sameOnScreen(rig, compositor)).toBe(true);
    await show(rig, 2);
    expect(await sameOnScreen(rig, compositor)).toBe(true);
  });

  it('goes on off-screen when the compositor dies, and is back with it', async () => {
    rig = await openRig({ output: 'auto', env: compositor.env });
    await show(rig, 1);
    const lost = rig.heard('lost');
    await compositor.kill();
    expect(await lost).toEqual({ kind: 'lost', output: 'wayland', because: 'it went away' });
    await show(rig, 2);
    expect(rgbOf(await rig.capture()).equals(Buffer.from(noise(WIDTH, HEIGHT, 2).data))).toBe(true);
    const back = rig.heard('opened');
    await compositor.start();
    expect(await back).toMatchObject({ output: 'wayland' });
    expect(await sameOnScreen(rig, compositor)).toBe(true);
  });

  it('leaves the environment of the next programs as it was', async () => {
    const before = execFileSync('env', { encoding: 'utf8' });
    rig = await openRig({ output: 'wayland', env: compositor.env });
    expect(execFileSync('env', { encoding: 'utf8' })).toContain(compositor.env.XDG_RUNTIME_DIR);
    await rig.close();
    rig = undefined;
    expect(execFileSync('env', { encoding: 'utf8' })).toBe(before);
  });

  it('is back with GL also where it could not be opened meanwhile', async () => {
    rig = await openRig({ output: 'wayland', renderer: 'gl', env: compositor.env });
    const { heard } = rig;
    await compositor.kill();
    expect(await heard('opened')).toMatchObject({ output: 'offscreen' });
    // Takes every connection and ends it, as a compositor does that is not ready.
    const socket = join(compositor.env.XDG_RUNTIME_DIR, compositor.env.WAYLAND_DISPLAY);
    const ends = createServer((client) => client.destroy()).listen(socket);
    await once(ends, 'connection');
    await once(ends, 'connection');
    await new Promise((done) => ends.close(done));
    const back = heard('opened');
    await compositor.start();
    expect(await back).toMatchObject({ output: 'wayland', renderer: 'gl' });
  });

  it('is left alone where the compositor has no seat and SDL would crash on it', async () => {
    seatless = prepareCompositor(WIDTH, HEIGHT);
    await seatless.start();
    expect(compositorInterfaces(join(compositor.env.XDG_RUNTIME_DIR, compositor.env.WAYLAND_DISPLAY))).toContain(
      'wl_seat',
    );
    expect(compositorInterfaces(join(seatless.env.XDG_RUNTIME_DIR, seatless.env.WAYLAND_DISPLAY))).not.toContain(
      'wl_seat',
    );
    rig = await openRig({ output: 'auto', env: seatless.env });
    const [major, minor] = sdlVersion();
    if (major === 2 && minor < 30) {
      expect(rig.opened.output).toBe('offscreen');
      expect(
        rig.opened.attempts.find(({ output, renderer }) => output === 'wayland' && renderer === 'cpu'),
      ).toMatchObject({
        output: 'wayland',
        outcome: 'failed',
        reason: expect.stringContaining('no seat'),
      });
    } else expect(rig.opened.output).toBe('wayland');
  });

  it('says why it cannot be opened when it was asked for by name', async () => {
    const socket = join(compositor.env.XDG_RUNTIME_DIR, 'nobody');
    await expect(openRig({ output: 'wayland', env: { WAYLAND_DISPLAY: socket } })).rejects.toThrow(
      `at ${socket} does not take connections`,
    );
    await expect(openRig({ output: 'wayland', env: { WAYLAND_DISPLAY: 'x' } })).rejects.toThrow(
      'XDG_RUNTIME_DIR is not set',
    );
  });

  it('leaves no thread and no file behind', async () => {
    const open = async (): Promise<void> => {
      const on = await openRig({ output: 'wayland', env: compositor.env });
      await show(on, 1);
      await on.close();
    };
    await open();
    const before = await settledHoldings({ ...holdings(), threads: 0, files: 0 }, 10);
    for (let round = 0; round < 3; round += 1) await open();
    const after = await settledHoldings(before);
    expect(after.threads).toBeLessThanOrEqual(before.threads);
    expect(after.files).toBeLessThanOrEqual(before.files);
  });
});
