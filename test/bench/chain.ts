/** The chain of backends: what it costs over opening the link alone that it comes to, with X11 and GL. */
import { join } from 'node:path';
import { openFirst, type Wanted } from '../../runtime/display/chain';
import { chooseGl } from '../../runtime/display/gl-choice';
import { GlRecord } from '../../runtime/display/gl-record';
import { x11Gl } from '../../runtime/display/gl-output';
import type { OutputRequest, OutputSpec } from '../../runtime/display/output';
import { x11Output } from '../../runtime/display/x11';
import type { Figures } from './figures';
import { median, play, writeShow } from './player';
import { pictures } from './picture-sets';
import { startXvfb } from './xvfb';

const ROUNDS = 15;

export async function benchChain(folder: string, figures: Figures): Promise<void> {
  const server = await startXvfb(640, 360);
  try {
    const surroundings = { env: { DISPLAY: server.display }, drivers: ['v3d'], framebuffers: [] };
    const request: OutputRequest = { size: undefined, ...surroundings };
    // An X server begins anew when its last client goes.
    const client = x11Output.open(request);
    await cost('x11+cpu', { output: 'auto', renderer: 'cpu' }, x11Output, request, folder, figures);
    await cost('x11+gl', { output: 'x11', renderer: 'gl' }, x11Gl, request, folder, figures);
    client.close();
    await changesWithGl(server.display, folder, figures);
  } finally {
    server.stop();
  }
}

/** Opens through the chain, as the program does with a driver it knows, and alone, in turns. */
async function cost(
  name: string,
  wanted: Wanted,
  link: OutputSpec,
  request: OutputRequest,
  folder: string,
  figures: Figures,
): Promise<void> {
  const file = join(folder, 'gl.json');
  await chooseGl(wanted, request, new GlRecord(file, 'bench')); // the trial, once in the life of a driver
  const chain: number[] = [];
  const alone: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    let startMs = performance.now();
    const { excluded } = await chooseGl(wanted, request, new GlRecord(file, 'bench'));
    const { output, attempts } = openFirst(wanted, request, excluded);
    chain.push(performance.now() - startMs);
    if (output === undefined || attempts.at(-1)?.outcome !== 'ok') throw new Error(`${name} was not opened`);
    output.close();
    startMs = performance.now();
    const single = link.open(request);
    alone.push(performance.now() - startMs);
    single.close();
  }
  figures.add(
    `chain: to ${name} with a known driver, over opening it alone`,
    median(chain.map((ms, at) => ms - alone[at]!)),
    'ms',
    { most: 30 },
    `${median(chain).toFixed(1)} and ${median(alone).toFixed(1)} ms; median of ${ROUNDS} pairs`,
  );
}

/** Pictures that change twice a second with GL at 640x360: uploads must not make a frame late. */
async function changesWithGl(display: string, folder: string, figures: Figures): Promise<void> {
  await pictures(folder, 'few');
  const show = writeShow(join(folder, 'chain.yaml'), {
    every: '500ms',
    transition: 'crossfade',
    durationOfTransition: '300ms',
    images: 'few',
  });
  const player = play(folder, ['--show', show, '--display', 'x11', '--renderer', 'gl', '--duration', '40s'], {
    DISPLAY: display,
    XDG_STATE_HOME: join(folder, 'state'),
  });
  const report = await player.ended;
  figures.add(
    'gl: time on the frame path for a picture change, 640x360 on X11, p99',
    report.images.changeMs.p99,
    'ms',
    {},
    `p50 ${report.images.changeMs.p50} of ${report.images.shown} changes, drawing with GL on the CPU included`,
  );
  figures.add(
    'gl: interval between frames, p99',
    report.frames.intervalMs.p99,
    'ms',
    { most: 25 },
    `longest ${report.frames.intervalMs.max}`,
  );
}
