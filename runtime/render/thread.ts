/** The render thread's entry: sole owner of frame time. */
import { parentPort, workerData } from 'node:worker_threads';
import { RenderLoop } from './loop';
import type { RenderThreadData } from './messages';

new RenderLoop(workerData as RenderThreadData, parentPort!).run();
parentPort!.close();
