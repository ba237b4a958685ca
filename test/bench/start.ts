/** Start: from the process's begin to the first picture of the demo show. */
import { spawnSync } from 'node:child_process';
import type { Figures } from './figures';
import { DEMO, median, play } from './player';
import { startXvfb } from './xvfb';

const RUNS = 9;

/** What Node itself takes before it runs a line of ours, in ms: the machine's mood. */
function bareNodeMs(): number {
  const times = Array.from({ length: RUNS }, () => {
    const startMs = performance.now();
    spawnSync(process.execPath, ['-e', '0']);
    return performance.now() - startMs;
  });
  return median(times);
}

export async function benchStart(folder: string, figures: Figures): Promise<void> {
  const offscreen: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const report = await play(folder, ['--show', DEMO, '--display', 'offscreen', '--duration', '300ms']).ended;
    offscreen.push(report.startToFirstFrameMs);
  }
  figures.add(
    'start to first picture, demo show, off-screen (median)',
    median(offscreen),
    'ms',
    { most: 500 },
    `of ${RUNS}: ${Math.min(...offscreen)} to ${Math.max(...offscreen)}; an empty Node program takes ${bareNodeMs().toFixed(0)}`,
  );
  const server = await startXvfb();
  try {
    const onScreen: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      const report = await play(folder, ['--show', DEMO, '--display', 'x11', '--duration', '300ms'], {
        DISPLAY: server.display,
      }).ended;
      onScreen.push(report.startToFirstFrameMs);
    }
    figures.add(
      'start to first picture, demo show, X11 (median)',
      median(onScreen),
      'ms',
      { most: 500 },
      `of ${RUNS}: ${Math.min(...onScreen)} to ${Math.max(...onScreen)}`,
    );
  } finally {
    server.stop();
  }
}
