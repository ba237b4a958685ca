import { ramp } from '../../../runtime/stage/envelope';
import { noise, veil } from '../../support/images';
import { holdings, settledHoldings } from '../../support/leftovers';
import { card, nextMessage, openRig, overlay, type Rig } from '../../support/render-rig';
import { comesToHold } from '../../support/until';
import { startXProxy } from '../../support/x-proxy';
import { startXServer, type XServer } from '../../support/x-server';

const [WIDTH, HEIGHT] = [321, 203];

/** BGR of every pixel; the fourth byte of the screen belongs to nobody. */
function colours(pixels: Uint8Array): Buffer {
  return Buffer.from(pixels.map((byte, at) => (at % 4 === 3 ? 0 : byte)));
}

/** Whether the frame and the screen come to show the same. */
const sameOnScreen = (rig: Rig, server: XServer): Promise<boolean> =>
  comesToHold(async () => colours(await rig.capture()).equals(colours(server.screen())));

/** Whether the frame comes to be the one that is wanted. */
const capturedAs = (rig: Rig, wanted: Uint8Array): Promise<boolean> =>
  comesToHold(async () => Buffer.compare(await rig.capture(), wanted) === 0);

/** Noise of the whole screen with a text that fades in between 100 and 200 ms. */
async function show(rig: Rig, seed = 1): Promise<void> {
  const text = overlay(seed * 2 + 1, rig.put(veil(80, 30, seed)).ref, 100, 120, { opacity: ramp(100, 0, 200, 1) });
  const picture = card(seed * 2, rig.put(noise(WIDTH, HEIGHT, seed)).ref);
  await rig.settle(
    rig.stage.add(picture, () => {}),
    rig.stage.add(text, () => {}),
    ...rig.clockAt(0),
  );
}

describe('the x11 output', () => {
  let server: XServer;
  let rig: Rig | undefined;
  const open = async (options: Partial<Parameters<typeof openRig>[0]> = {}): Promise<Rig> =>
    (rig = await openRig({ output: 'x11', env: { DISPLAY: server.display }, ...options }));
  beforeEach(async () => {
    server = await startXServer({ widthPx: WIDTH, heightPx: HEIGHT });
  });
  afterEach(async () => {
    await rig?.close();
    rig = undefined;
    await server.kill();
  });

  it('fills the screen with the frame, and parts of it with what changes', async () => {
    const { opened, ...on } = await open();
    expect(opened).toMatchObject({ output: 'x11', widthPx: WIDTH, heightPx: HEIGHT });
    expect(opened.attempts.filter(({ renderer }) => renderer === 'cpu')).toEqual([
      { output: 'x11', renderer: 'cpu', outcome: 'ok', reason: opened.driver, ms: expect.any(Number) },
    ]);
    await show(rig!);
    const still = colours(server.screen());
    expect(still.equals(colours(await on.capture()))).toBe(true);
    for (const atMs of [120, 160, 200]) {
      await on.settle(...on.clockAt(atMs));
      expect(colours(server.screen()).equals(colours(await on.capture()))).toBe(true);
    }
    expect(colours(server.screen()).equals(still)).toBe(false);
    expect(holdings()).toMatchObject({ maps: 1, segments: 1 });
  });

  it('shows a frame that is turned', async () => {
    const on = await open({ turn: 90 });
    const upright = noise(HEIGHT, WIDTH, 5);
    await on.settle(
      on.stage.add(card(1, on.put(upright).ref), () => {}),
      ...on.clockAt(0),
    );
    const screen = server.screen();
    // The upright picture's top left corner is the screen's top right.
    const corner = screen.subarray((WIDTH - 1) * 4, (WIDTH - 1) * 4 + 3);
    expect([...corner].reverse()).toEqual([...upright.data.subarray(0, 3)]);
    expect(await sameOnScreen(on, server)).toBe(true);
  });

  it('sends the pixels where the server shares no memory', async () => {
    const far = await startXServer({ widthPx: WIDTH, heightPx: HEIGHT, args: ['-extension', 'MIT-SHM'] });
    try {
      const on = await open({ env: { DISPLAY: far.display } });
      await show(on);
      expect(colours(far.screen()).equals(colours(await on.capture()))).toBe(true);
      await on.settle(...on.clockAt(150));
      expect(colours(far.screen()).equals(colours(await on.capture()))).toBe(true);
      expect(holdings()).toMatchObject({ maps: 0, segments: 0 });
      await on.close();
    } finally {
      rig = undefined;
      await far.kill();
    }
  });

  it('goes on off-screen when the server dies, also twice, and is back with it', async () => {
    const on = await open({ output: 'auto' });
    await show(on);
    const still = await on.capture();
    for (const seed of [2, 3]) {
      const lost = on.heard('lost');
      await server.kill();
      expect(await lost).toEqual({ kind: 'lost', output: 'x11', because: 'it went away' });
      // The show goes on, on the same frame, which the server's memory took with it.
      if (seed === 2) expect(await capturedAs(on, still)).toBe(true);
      await show(on, seed);
      await on.settle(...on.clockAt(200));
      const captured = await on.capture();
      expect(new Set(captured).size).toBeGreaterThan(200);
      const back = on.heard('opened');
      server = await startXServer({ widthPx: WIDTH, heightPx: HEIGHT, display: server.display });
      expect(await back).toMatchObject({ output: 'x11', widthPx: WIDTH, heightPx: HEIGHT });
      // The new frame and the new screen are the same before anything is drawn, too: the picture has to be there.
      expect(await comesToHold(async () => colours(server.screen()).equals(colours(captured)))).toBe(true);
      expect(await sameOnScreen(on, server)).toBe(true);
    }
    expect(on.stats.get('black')).toBe(0);
  });

  it('notices a server that goes away while the window is opened', async () => {
    // From 0, the window itself, to past the last request of the opening.
    for (let requests = 0; requests < 40; requests += 6) {
      const proxy = await startXProxy(server.display, requests);
      try {
        const on = await open({ output: 'auto', env: { DISPLAY: proxy.display } });
        if (on.opened.output === 'x11') {
          const lost = on.heard('lost');
          await show(on);
          proxy.cut();
          expect(await lost).toEqual({ kind: 'lost', output: 'x11', because: 'it went away' });
        } else expect(on.opened.output).toBe('offscreen');
        await on.close();
        rig = undefined;
      } finally {
        await proxy.close();
      }
    }
  });

  it('takes a server that appears after the start, of another size than expected', async () => {
    const { display } = server;
    await server.kill();
    const on = await open({ output: 'auto', env: { DISPLAY: display } });
    expect(on.opened).toMatchObject({ output: 'offscreen', widthPx: 1920, heightPx: 1080 });
    expect(on.opened.attempts.filter(({ renderer }) => renderer === 'cpu')).toMatchObject([
      { output: 'wayland', outcome: 'does-not-fit', reason: 'WAYLAND_DISPLAY is not set' },
      {
        output: 'x11',
        renderer: 'cpu',
        outcome: 'does-not-fit',
        reason: expect.stringContaining(`no X server at ${display}`),
      },
      { output: 'kms', outcome: 'does-not-fit' },
      { output: 'fbdev', outcome: 'does-not-fit' },
      { output: 'offscreen', outcome: 'ok' },
    ]);
    await show(on);
    const taken = on.heard('opened');
    server = await startXServer({ widthPx: WIDTH, heightPx: HEIGHT, display });
    expect(await taken).toMatchObject({ output: 'x11', widthPx: WIDTH, heightPx: HEIGHT });
    expect(await comesToHold(async () => new Set(colours(server.screen())).size > 200)).toBe(true);
    expect(await sameOnScreen(on, server)).toBe(true);
  });

  it('says why it cannot be opened when it was asked for by name', async () => {
    const few = await startXServer({ widthPx: 64, heightPx: 48, depth: 16 });
    const reasonOf = async (display: string): Promise<string> => {
      const attempt = openRig({ output: 'x11', env: { DISPLAY: display } });
      return attempt.then(
        () => 'opened',
        (cause: Error) => cause.message,
      );
    };
    expect(await reasonOf(few.display)).toContain('16 bits a pixel; 24 are needed');
    expect(await reasonOf(':4711')).toContain('does not take connections');
    await few.kill();
  });

  it('opens where a server cuts who connects while it begins anew', async () => {
    const proxy = await startXProxy(server.display, Infinity, 2);
    try {
      const on = await open({ env: { DISPLAY: proxy.display } });
      expect(on.opened).toMatchObject({ output: 'x11', renderer: 'cpu' });
      await on.close();
      rig = undefined;
    } finally {
      await proxy.close();
    }
  });

  it('opens again and again on a server that begins anew whenever it is left', async () => {
    for (let round = 0; round < 12; round += 1) {
      const on = await open();
      expect(on.opened.output).toBe('x11');
      await on.close();
    }
    rig = undefined;
  });

  it('leaves nothing behind: no thread, no file, no shared memory', async () => {
    // The libraries stay loaded once they are.
    await (await open()).close();
    const before = await settledHoldings({ threads: 0, files: 0, maps: 0, segments: 0 }, 10);
    for (let round = 0; round < 3; round += 1) {
      const on = await open({ threads: 3 });
      await show(on);
      await on.close();
    }
    const on = await open({ output: 'auto' });
    await show(on);
    const lost = nextMessage(on.render, 'lost');
    await server.kill();
    await lost;
    await on.close();
    rig = undefined;
    const after = await settledHoldings(before);
    expect(after).toMatchObject({ maps: 0, segments: 0 });
    expect(after.threads).toBeLessThanOrEqual(before.threads);
    expect(after.files).toBeLessThanOrEqual(before.files);
  });
});
