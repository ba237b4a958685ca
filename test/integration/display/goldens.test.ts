/** The golden pictures on displays: what their screens show, looked at from outside, for both renderers. */
import type { Layer } from '../../../runtime/stage/layer';
import { prepareCompositor } from '../../support/compositor';
import { GOLDENS, GoldenStage, type Source } from '../../support/golden-stage';
import { openRig } from '../../support/render-rig';
import { comesToHold } from '../../support/until';
import { startXServer } from '../../support/x-server';

/** Weston refuses sizes much smaller. */
const [WIDTH, HEIGHT] = [321, 203];

interface Display {
  readonly env: Readonly<Record<string, string>>;
  /** BGRX. */
  screen(): Promise<Uint8Array>;
  close(): Promise<void>;
}

async function x11(): Promise<Display> {
  const server = await startXServer({ widthPx: WIDTH, heightPx: HEIGHT });
  return { env: { DISPLAY: server.display }, screen: async () => server.screen(), close: () => server.kill() };
}

async function wayland(): Promise<Display> {
  const server = await startXServer({ widthPx: WIDTH, heightPx: HEIGHT });
  const compositor = prepareCompositor(WIDTH, HEIGHT, server.display);
  await compositor.start();
  return {
    env: compositor.env,
    // The compositor's window fills the screen of its X server; its own screenshots hold transparency that nobody sees.
    screen: async () => server.screen(),
    async close() {
      await compositor.close();
      await server.kill();
    },
  };
}

/** The fourth byte of a screen belongs to nobody. */
const sameColours = (a: Uint8Array, b: Uint8Array): boolean => a.every((byte, at) => at % 4 === 3 || byte === b[at]);

async function sourceOn(display: Display, output: 'x11' | 'wayland', renderer: 'cpu' | 'gl'): Promise<Source> {
  const rig = await openRig({ output, renderer, env: display.env });
  expect(rig.opened).toMatchObject({ output, renderer, widthPx: WIDTH, heightPx: HEIGHT });
  return {
    put: (image) => rig.put(image),
    async frameOf(layers: readonly Layer[], atMs: number) {
      await rig.settle(...layers.map((layer) => rig.stage.add(layer, () => {})), ...rig.clockAt(atMs));
      const frame = await rig.capture();
      // A display shows what it was handed some time later.
      let seen = await display.screen();
      await comesToHold(async () => sameColours((seen = await display.screen()), frame));
      rig.stage.send(...layers.map(({ id }) => ({ op: 'remove', id }) as const));
      return seen.map((byte, at) => (at % 4 === 3 ? 255 : byte));
    },
    close: () => rig.close(),
  };
}

describe.each([
  ['x11', 'cpu'],
  ['x11', 'gl'],
  ['wayland', 'cpu'],
  ['wayland', 'gl'],
] as const)('a screen of %s drawn by %s', (output, renderer) => {
  let display: Display | undefined;
  let stage: GoldenStage | undefined;
  beforeAll(async () => {
    display = await (output === 'x11' ? x11() : wayland());
    stage = new GoldenStage(await sourceOn(display, output, renderer), WIDTH, HEIGHT, 0);
  });
  afterAll(async () => {
    await stage?.source.close();
    await display?.close();
  });

  it.each(GOLDENS)('%s', (_name, check) => check(stage!));
});
