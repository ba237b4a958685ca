/**
 * Runs inside the machine: shows the test card through the render thread and whatever the chain of backends comes to. On the kernel's
 * command line: `vitrine.output`, `vitrine.renderer`, and what to take away before (`vitrine.without=/dev/dri`).
 */
import { existsSync, openSync, readdirSync, readFileSync, readSync, renameSync, writeSync } from 'node:fs';
import type { OutputName, RendererName } from '../../runtime/display/output';
import { probe } from '../../runtime/hardware/probe';
import { card, openRig } from '../support/render-rig';
import { cardImage } from './card-image';

/** The driver of the display is loaded while the system starts. */
const APPEARS_WITHIN_MS = 60_000;
const line = openSync('/dev/ttyS1', 'r+');
const tell = (what: object): void => void writeSync(line, `${JSON.stringify(what)}\n`);
const words = readFileSync('/proc/cmdline', 'utf8');
const word = (name: string): string | undefined => new RegExp(`vitrine\\.${name}=(\\S+)`).exec(words)?.[1];

async function appears(path: string): Promise<void> {
  const endMs = performance.now() + APPEARS_WITHIN_MS;
  while (!existsSync(path) && performance.now() < endMs) await new Promise((wake) => setTimeout(wake, 100));
}

/** What the kernel says of its screens: `On`, `Off`. */
function screenStates(): string[] {
  const folder = '/sys/class/drm';
  return readdirSync(folder)
    .filter((name) => existsSync(`${folder}/${name}/dpms`))
    .map((name) => readFileSync(`${folder}/${name}/dpms`, 'utf8').trim());
}

async function main(): Promise<void> {
  for (const path of ['/dev/dri/card0', '/dev/fb0']) await appears(path);
  const without = word('without');
  if (without !== undefined) renameSync(without, `${without}.taken-away`);
  const { drivers, framebuffers } = probe('/', {}).graphics;
  const output = word('output') as OutputName | 'auto';
  const renderer = word('renderer') as RendererName | 'auto';
  const startMs = performance.now();
  const rig = await openRig({ output, renderer, drivers, framebuffers });
  const { widthPx, heightPx, attempts, ...opened } = rig.opened;
  const picture = rig.put(cardImage(widthPx, heightPx));
  await rig.settle(
    rig.stage.add(card(1, picture.ref), () => {}),
    ...rig.clockAt(0),
  );
  const presented = rig.stats.get('presented');
  // Nothing moves any more: nothing is drawn, and nothing is shown.
  await new Promise((wake) => setTimeout(wake, 2000));
  tell({
    shown: true,
    output: opened.output,
    renderer: opened.renderer,
    driver: opened.driver,
    widthPx,
    heightPx,
    drivers,
    attempts: attempts.map(({ output: name, renderer: by, outcome, reason }) => `${name}+${by} ${outcome}: ${reason}`),
    ms: Math.round(performance.now() - startMs),
    drawnAtRest: rig.stats.get('presented') - presented,
  });
  readSync(line, Buffer.alloc(1));
  for (const on of [false, true]) {
    const powered = rig.heard('powered');
    rig.render.send({ kind: 'power', id: 1, on });
    const { by = '', because = '' } = await powered;
    tell({ on, by, because, states: screenStates() });
    readSync(line, Buffer.alloc(1));
  }
  await rig.close();
  tell({ closed: true });
}

main().catch((cause: unknown) => tell({ failed: cause instanceof Error ? (cause.stack ?? '') : String(cause) }));
