/**
 * Runs inside the machine: a stage on whatever the chain of backends comes to, steered over the serial line by the test (`Order`). On
 * the kernel's command line: `vitrine.output`, `vitrine.renderer`, and what to take away before (`vitrine.without=/dev/dri`).
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, openSync, readdirSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { deserialize } from 'node:v8';
import type { OutputName, RendererName } from '../../runtime/display/output';
import { probe } from '../../runtime/hardware/probe';
import type { Layer, PictureRef } from '../../runtime/stage/layer';
import { arrival, departure } from '../../runtime/stage/transitions';
import { makeAgain, noise, type Recipe } from '../support/images';
import { card, openRig, type Rig, type RigOptions } from '../support/render-rig';
import { cardImage } from './card-image';
import type { Order } from './orders';

/** The driver of the display is loaded while the system starts. */
const APPEARS_WITHIN_MS = 60_000;
const LINE = '/dev/ttyS1';
const line = openSync(LINE, 'r+');
const tell = (what: object): void => void writeSync(line, `${JSON.stringify(what)}\n`);
const words = readFileSync('/proc/cmdline', 'utf8');
const word = (name: string): string | undefined => new RegExp(`vitrine\\.${name}=(\\S+)`).exec(words)?.[1];
const sleep = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms));

async function appears(path: string): Promise<void> {
  const endMs = performance.now() + APPEARS_WITHIN_MS;
  while (!existsSync(path) && performance.now() < endMs) await sleep(100);
}

/** What the kernel says of its screens: `On`, `Off`. */
function screenStates(): string[] {
  const folder = '/sys/class/drm';
  return readdirSync(folder)
    .filter((name) => existsSync(`${folder}/${name}/dpms`))
    .map((name) => readFileSync(`${folder}/${name}/dpms`, 'utf8').trim());
}

/** Digest of the colours of a frame; the fourth byte belongs to nobody. */
function digestOf(frame: Uint8Array): string {
  for (let at = 3; at < frame.length; at += 4) frame[at] = 0;
  return createHash('sha256').update(frame).digest('hex');
}

/** Of the last test card: beyond all that the test numbers. */
let cardId = 1_000_000;

/** Layers that are on the stage. */
let shown: readonly number[] = [];

/** Shows the test card, and counts what is drawn when nothing moves any more. */
async function showCard(rig: Rig, { widthPx, heightPx } = rig.opened): Promise<{ drawnAtRest: number }> {
  const picture = rig.put(cardImage(widthPx, heightPx));
  const leaving = shown.map((id) => ({ op: 'remove', id }) as const);
  shown = [(cardId += 1)];
  await rig.settle(
    ...leaving,
    rig.stage.add(card(cardId, picture.ref), () => picture.release()),
    ...rig.clockAt(0),
  );
  const presented = rig.stats.get('presented');
  await sleep(2000);
  return { drawnAtRest: rig.stats.get('presented') - presented };
}

/** Shows these layers alone, until the next order. */
async function showFrame(rig: Rig, layers: readonly Layer[], atMs: number): Promise<string> {
  const leaving = shown.map((id) => ({ op: 'remove', id }) as const);
  shown = layers.map(({ id }) => id);
  await rig.settle(...leaving, ...layers.map((layer) => rig.stage.add(layer, () => {})), ...rig.clockAt(atMs));
  return digestOf(await rig.capture());
}

/** A crossfade as fast as it goes. */
async function measureRate(options: RigOptions): Promise<object> {
  const rig = await openRig({ ...options, untimed: true });
  const { widthPx, heightPx } = rig.opened;
  const span = { kind: 'crossfade', fromMs: 0, untilMs: 4000 } as const;
  const [from, to] = [1, 2].map((seed) => rig.put(noise(widthPx, heightPx, seed))) as [
    ReturnType<Rig['put']>,
    ReturnType<Rig['put']>,
  ];
  const startMs = performance.now();
  const over = rig.heard('horizon');
  rig.stage.send(
    rig.stage.add(card(1, from.ref, departure(span)), () => {}),
    rig.stage.add(card(2, to.ref, { fromMs: 0, ...arrival(span) }), () => {}),
    { op: 'horizon', untilMs: span.untilMs },
  );
  await over;
  const rate = { frames: rig.stats.get('presented'), ms: Math.round(performance.now() - startMs), widthPx, heightPx };
  await rig.close();
  return rate;
}

async function main(): Promise<void> {
  for (const path of ['/dev/dri/card0', '/dev/fb0']) await appears(path);
  const without = word('without');
  if (without !== undefined) renameSync(without, `${without}.taken-away`);
  const { drivers, framebuffers } = probe('/', {}).graphics;
  const output = word('output') as OutputName | 'auto';
  const renderer = word('renderer') as RendererName | 'auto';
  const options: RigOptions = { output, renderer, drivers, framebuffers };
  const rig = await openRig(options);
  const { widthPx, heightPx, attempts, ...opened } = rig.opened;
  tell({
    shown: true,
    output: opened.output,
    renderer: opened.renderer,
    driver: opened.driver,
    widthPx,
    heightPx,
    drivers,
    attempts: attempts.map(({ output: name, renderer: by, outcome, reason }) => `${name}+${by} ${outcome}: ${reason}`),
    ...(await showCard(rig)),
  });
  // What happens to the display while nothing is asked for.
  const events: string[] = [];
  rig.render.listen((message) => {
    if (message.kind === 'lost') events.push('lost');
    // The trial that the program makes in a process of its own would come to the same: it works, whoever draws.
    else if (message.kind === 'untried') rig.render.send({ kind: 'tried', excluded: [], trusted: 'kms' });
    else if (message.kind === 'opened') {
      const { output: name, renderer: by, widthPx: width, heightPx: height } = message;
      events.push(`${name}+${by} ${width}x${height}`);
    }
  });
  const pictures = new Map<string, PictureRef>();
  const pictureOf = (recipe: Recipe): PictureRef => {
    const key = JSON.stringify(recipe);
    const picture = pictures.get(key) ?? rig.put(makeAgain(recipe)).ref;
    pictures.set(key, picture);
    return picture;
  };
  for await (const text of createInterface({ input: createReadStream(LINE) })) {
    const order = JSON.parse(text) as Order;
    if (order.kind === 'frame') {
      const layers = deserialize(Buffer.from(order.layers, 'base64')) as readonly Layer[];
      const staged = layers.map((layer, at) => ({ ...layer, picture: pictureOf(order.pictures[at]!) }));
      tell({ digest: await showFrame(rig, staged, order.atMs) });
    } else if (order.kind === 'card') {
      const surface = { ...rig.opened, widthPx: order.widthPx, heightPx: order.heightPx };
      tell(await showCard(rig, surface));
    } else if (order.kind === 'events') tell({ events });
    else if (order.kind === 'power') {
      const powered = rig.heard('powered');
      rig.render.send({ kind: 'power', id: 1, on: order.on });
      const { by = '', because = '' } = await powered;
      tell({ on: order.on, by, because, states: screenStates() });
    } else {
      await rig.close();
      tell({ closed: true, ...(await measureRate(options)) });
      return;
    }
  }
}

main().catch((cause: unknown) => tell({ failed: cause instanceof Error ? (cause.stack ?? '') : String(cause) }));
