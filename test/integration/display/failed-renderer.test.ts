/** A renderer that fails on a display that is there: the show goes on in memory, and is on the display again by itself. */
import type { ToRenderThread } from '../../../runtime/render/messages';
import { noise } from '../../support/images';
import { card, openRig, type Rig, type RigOptions } from '../../support/render-rig';
import { startXServer, type XServer } from '../../support/x-server';
import { until } from '../../support/until';

const SIZE = { widthPx: 160, heightPx: 90 };
/** A surface that no renderer can draw in: its memory ends before the frame. */
const unusable = (opening: number): ToRenderThread => ({
  kind: 'surface',
  opening,
  memory: new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }),
  canvas: { frame: 65536, plan: 0, scratches: [0] },
  strip: undefined,
  textures: { mostBytes: 0, idleMs: 0, sliceMs: 0 },
});

/** How the main thread answers where its memory has no room for the screen. */
const noRoom = (opening: number): ToRenderThread => ({ kind: 'no-surface', opening, because: 'there is no room' });

let server: XServer;
let rig: Rig;
beforeEach(async () => void (server = await startXServer(SIZE)));
afterEach(async () => {
  await rig.close();
  await server.kill();
});

interface Seen {
  readonly outputs: string[];
  readonly losses: string[];
}

/** Opens what is asked for; the renderer of each output of that name fails `times` times. */
async function openFailing(options: RigOptions, failing: string, times: number, failure = unusable): Promise<Seen> {
  const seen: Seen = { outputs: [], losses: [] };
  let left = times - 1;
  const answer: RigOptions['answer'] = ({ output, opening }) => {
    seen.outputs.push(output);
    return output === failing && (left -= 1) >= 0 ? failure(opening) : undefined;
  };
  rig = await openRig({ env: { DISPLAY: server.display }, answer, ...options });
  seen.outputs.push(rig.opened.output);
  rig.render.listen((message) => {
    if (message.kind === 'lost') seen.losses.push(message.because);
  });
  rig.render.send(failure(rig.opened.opening));
  return seen;
}

const colours = (pixels: Uint8Array): Buffer => Buffer.from(pixels.map((byte, at) => (at % 4 === 3 ? 0 : byte)));

async function showsNoise(seed: number): Promise<void> {
  await rig.settle(
    rig.stage.add(card(seed, rig.put(noise(SIZE.widthPx, SIZE.heightPx, seed)).ref), () => {}),
    ...rig.clockAt(seed * 100),
  );
}

it.each([
  ['chosen by itself', { output: 'auto', renderer: 'auto' }, unusable],
  ['asked for by name', { output: 'x11', renderer: 'auto' }, unusable],
  ['asked for by name, with its renderer', { output: 'x11', renderer: 'cpu' }, unusable],
  ['too large for the memory', { output: 'x11', renderer: 'auto' }, noRoom],
] as const)('an X11 display %s is drawn on again after each failure', async (_how, wanted, failure) => {
  const { outputs, losses } = await openFailing(wanted, 'x11', 2, failure);
  await until(() => outputs.filter((output) => output === 'x11').length === 3);
  expect(outputs).toEqual(['x11', 'offscreen', 'x11', 'offscreen', 'x11']);
  expect(losses).toHaveLength(2);
  // The reason is that of the failure, not that of a display which has gone.
  expect(losses).not.toContain('it went away');
  await showsNoise(1);
  expect(colours(server.screen()).equals(colours(await rig.capture()))).toBe(true);
  expect(new Set(server.screen()).size).toBeGreaterThan(100);
});

it('goes on in memory meanwhile', async () => {
  const { outputs } = await openFailing({ output: 'x11' }, 'x11', 3);
  await until(() => outputs.at(-1) === 'offscreen');
  await showsNoise(1);
  expect(new Set(await rig.capture()).size).toBeGreaterThan(100);
});

it.each([
  ['offscreen', unusable],
  ['offscreen', noRoom],
  ['null', unusable],
] as const)('%s, behind which there is nothing, is opened anew', async (output, failure) => {
  const { outputs, losses } = await openFailing({ output, ...SIZE }, output, 2, failure);
  await until(() => outputs.length === 3);
  expect(outputs).toEqual([output, output, output]);
  expect(losses).toEqual([]);
  await showsNoise(1);
});

it('goes on at the size it had where there is no room for a larger screen', async () => {
  const sizes: string[] = [];
  rig = await openRig({
    env: { DISPLAY: server.display },
    output: 'auto',
    answer({ output, widthPx, heightPx, opening }) {
      sizes.push(`${output} ${widthPx}x${heightPx}`);
      return widthPx > SIZE.widthPx ? noRoom(opening) : undefined;
    },
  });
  const { display } = server;
  await server.kill();
  server = await startXServer({ widthPx: 320, heightPx: 180, display });
  await until(() => sizes.length === 4);
  expect(sizes).toEqual(['x11 320x180', 'offscreen 160x90', 'x11 320x180', 'offscreen 160x90']);
  await showsNoise(1);
  expect(new Set(await rig.capture()).size).toBeGreaterThan(100);
});
