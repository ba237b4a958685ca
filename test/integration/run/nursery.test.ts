/** The nursery of the JavaScript heap stays small, whatever threads are started. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const BUILT = join(__dirname, '../../..');
const MOST_MIB = 4;

/** Allocates what survives while the thread lives, and prints the size of the nursery in MiB. */
const program = (threadFile: string): string => `
const { Worker } = require('node:worker_threads');
const { getHeapSpaceStatistics } = require('node:v8');
const { boundNursery, SMALL_HEAP } = require(${JSON.stringify(join(BUILT, 'runtime/core/heap.js'))});
boundNursery();
const shared = () => new SharedArrayBuffer(65536);
const workerData = { progress: shared(), doorbell: shared(), stats: shared(), directory: shared(), clips: shared(), control: shared(), index: 0,
  memory: new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true }), scratch: 0, ffmpeg: 'ffmpeg' };
const thread = new Worker(${JSON.stringify(join(BUILT, threadFile))}, { workerData, resourceLimits: SMALL_HEAP });
thread.on('error', () => {});
thread.once('online', () => setTimeout(() => {
  const kept = [];
  for (let at = 0; at < 2e6; at++) kept.push({ at });
  const nursery = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  process.stdout.write(String(nursery.space_size / 2 ** 20));
  process.exit(kept.length === 2e6 ? 0 : 1);
}, 300));
`;

const nurseryMib = (threadFile: string): number =>
  Number(execFileSync(process.execPath, ['-e', program(threadFile)], { encoding: 'utf8' }));

it.each([
  ['that draws', 'runtime/render/thread.js'],
  ['that helps to draw', 'runtime/render/cpu/band-worker.js'],
  ['that reads frames', 'plugins/video/reader-thread.js'],
  ['that decodes sound', 'plugins/audio/decode/decode-thread.js'],
  ['that parses a show', 'runtime/show/parse-thread.js'],
])('beside a thread %s', (_which, threadFile) => {
  expect(nurseryMib(threadFile)).toBeLessThanOrEqual(MOST_MIB);
});
