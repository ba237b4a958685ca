/**
 * A process whose main thread gives its pages back again and again while another thread loads and unloads libraries of displays: a page of theirs
 * that goes too ends it. Prints how often each was done.
 */
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { foreign, library } from '../../runtime/core/foreign';
import { giveBackProgramPages, mappedFiles } from '../../runtime/core/program-pages';

const ROUNDS = 300;
const RTLD_NOW = 2;
const LIBRARIES = ['libEGL.so.1', 'libEGL_mesa.so.0', 'libSDL2-2.0.so.0', 'libxkbcommon.so.0'];

function loadAndUnload(done: Int32Array): void {
  const open = foreign<[string, number], bigint>(library(null), 'uintptr_t dlopen(const char *file, int flags)');
  const close = foreign<[bigint], number>(library(null), 'int dlclose(uintptr_t handle)');
  for (let round = 0; round < ROUNDS; round++) {
    const handles = LIBRARIES.map((name) => BigInt(open(name, RTLD_NOW)));
    for (const handle of handles.reverse()) if (handle !== 0n) close(handle);
    Atomics.add(done, 0, 1);
  }
}

async function giveBackMeanwhile(): Promise<void> {
  const startupFiles = mappedFiles();
  const done = new Int32Array(new SharedArrayBuffer(4));
  let isOver = false;
  new Worker(__filename, { workerData: done }).once('exit', () => (isOver = true));
  let looks = 0;
  for (; !isOver; looks++) await giveBackProgramPages(startupFiles);
  process.stdout.write(`${Atomics.load(done, 0)} ${looks}`);
}

if (isMainThread) void giveBackMeanwhile();
else loadAndUnload(workerData as Int32Array);
