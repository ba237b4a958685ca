/** The render thread's entry: sole owner of frame time. */
import { parentPort, workerData } from 'node:worker_threads';
import { boundNursery } from '../core/heap';
import { RenderLoop } from './loop';
import type { RenderThreadData } from './messages';

boundNursery();
new RenderLoop(workerData as RenderThreadData, parentPort!).run();
parentPort!.close();
