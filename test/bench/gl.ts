/** The gl renderer against a bare loop over the same GL. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Figures } from './figures';
import { pictures } from './picture-sets';
import { median, play, steadyRate, writeShow } from './player';

const WIDTH = 1920;
const HEIGHT = 1080;
const ROUNDS = 5;

export async function benchGl(folder: string, figures: Figures): Promise<void> {
  await pictures(folder, 'pair');
  const show = writeShow(join(folder, 'gl.yaml'), {
    every: '1s',
    transition: 'crossfade',
    durationOfTransition: '999ms',
    images: 'pair',
  });
  const env = { XDG_STATE_HOME: join(folder, 'state') };
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const size = `${WIDTH}x${HEIGHT}`;
    const player = play(
      folder,
      ['--show', show, '--display', 'offscreen', '--renderer', 'gl', '--size', size, '--untimed'],
      env,
    );
    ours.push(await steadyRate(player));
    bare.push(await bareRate(3000));
  }
  figures.add(
    'gl: crossfade of two 1080p pictures, off-screen, against a bare loop over the same GL',
    median(ours.map((fps, at) => fps / bare[at]!)),
    'ratio',
    { least: 0.9 },
    `${median(ours).toFixed(0)} and ${median(bare).toFixed(0)} frames/s`,
  );
}

function bareRate(ms: number): Promise<number> {
  return new Promise((done, fail) => {
    const worker = new Worker(join(__dirname, 'bare-gl.js'), { workerData: { ms, widthPx: WIDTH, heightPx: HEIGHT } });
    worker.once('message', done);
    worker.once('error', fail);
  });
}
