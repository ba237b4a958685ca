/** Makes the demo media in a folder, on all cores: what is there already stays. */
import { access } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { builtFile } from '../core/paths';
import { Worker } from 'node:worker_threads';
import { PICTURES } from './pictures';

/** A painter holds about 100 MB at its peak; four of them fit the small boards that have four cores. */
const MOST_PAINTERS = 4;

export interface MadeMedia {
  readonly made: number;
  readonly kept: number;
}

/** Paints what is missing below `folder`; `onPicture` hears of each once it is stored. Rejects with the first failure. */
export async function makeMedia(folder: string, onPicture: (file: string) => void): Promise<MadeMedia> {
  const missing: number[] = [];
  for (const [index, picture] of PICTURES.entries()) {
    if (!(await exists(path.join(folder, picture.file)))) missing.push(index);
  }
  const made = missing.length;
  const painters = Math.min(availableParallelism(), MOST_PAINTERS, made);
  const next = (): number | undefined => missing.shift();
  const runs = Array.from({ length: painters }, () =>
    runPainter(folder, next, onPicture).catch((cause: unknown) => {
      missing.length = 0; // the others end with the picture they are at
      throw cause;
    }),
  );
  for (const run of await Promise.allSettled(runs)) if (run.status === 'rejected') throw run.reason;
  return { made, kept: PICTURES.length - made };
}

/** One painter, from its first picture to the last there is. */
async function runPainter(
  folder: string,
  next: () => number | undefined,
  onPicture: (file: string) => void,
): Promise<void> {
  const worker = new Worker(builtFile('demo', 'painter-thread.js'), { workerData: { folder } });
  try {
    await new Promise<void>((resolve, reject) => {
      const send = (): void => {
        const index = next();
        if (index === undefined) resolve();
        else worker.postMessage(index);
      };
      worker.on('error', reject);
      worker.on('message', (index: number) => {
        onPicture(PICTURES[index]?.file ?? '');
        send();
      });
      send();
    });
  } finally {
    await worker.terminate();
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
