/** Parses a show while another one plays: a large one in a thread of its own, so that the main thread goes on answering. */
import { Worker } from 'node:worker_threads';
import { readText, type SourceText } from '../core/document';
import { messageOf, type Issue } from '../core/errors';
import { SMALL_HEAP } from '../core/heap';
import { builtFile } from '../core/paths';
import { parseSourceText } from './parse';
import type { Show } from './types';

export type ShowOrIssues =
  | { readonly show: Show; readonly issues?: undefined }
  | { readonly show?: undefined; readonly issues: readonly Issue[] };

export interface ParseThreadData {
  readonly file: string;
  readonly source: SourceText;
}

/** Takes the main thread some 50 ms (measured on a PC: 30 cpu-ms for 1.3 KB, 112 for 7 KB, while the code is cold); a thread costs as much. */
const MOST_HERE_BYTES = 8 * 1024;

/** For the largest file of cues of one line each; V8 gives it back when the thread ends. */
const THREAD_HEAP_MIB = 128;

/** As `parseShow`, without the places of fields. Rejects when the signal is aborted. */
export async function parseShowBeside(file: string, signal: AbortSignal): Promise<ShowOrIssues> {
  signal.throwIfAborted();
  const source = readText(file);
  const parsed =
    source.issue !== undefined || source.bytes.length <= MOST_HERE_BYTES
      ? parseSourceText(file, source)
      : await inThread({ file, source }, signal);
  signal.throwIfAborted();
  return parsed;
}

async function inThread(workerData: ParseThreadData, signal: AbortSignal): Promise<ShowOrIssues> {
  const worker = new Worker(builtFile('show', 'parse-thread.js'), {
    workerData,
    name: 'vitrine-parse',
    resourceLimits: { ...SMALL_HEAP, maxOldGenerationSizeMb: THREAD_HEAP_MIB },
  });
  const end = (): void => void worker.terminate();
  signal.addEventListener('abort', end);
  try {
    return await new Promise<ShowOrIssues>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', (cause) => resolve({ issues: [failed(workerData.file, cause)] }));
      worker.once('exit', () => reject(new DOMException('the thread that parses was ended', 'AbortError')));
    });
  } finally {
    signal.removeEventListener('abort', end);
    await worker.terminate();
  }
}

function failed(file: string, cause: unknown): Issue {
  if ((cause as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY')
    return { file, message: `takes more than ${THREAD_HEAP_MIB} MiB to read`, remedy: 'make the show smaller' };
  return { file, message: `cannot be parsed (${messageOf(cause)})`, remedy: 'is this the right file?' };
}
