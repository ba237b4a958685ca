/** The end of the process, with an exit code, whatever its threads are at. */
import { foreign, isKoffiLoaded, library } from './foreign';
import { within } from './within';

/** Resolves when what was written to standard output and error has left or never will, and whoever listens knows of errors; after `limitMs` in any case. */
export async function flushOutput(limitMs: number): Promise<void> {
  await within(Promise.all([process.stdout, process.stderr].map(flushed)), limitMs);
  await new Promise(setImmediate);
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableEnded) resolve();
    else stream.write('', () => resolve());
  });
}

/**
 * Ends now. `process.exit` joins the threads of libuv's pool, and one that decodes a picture may be at it for half a minute; where this thread
 * has koffi, which whatever decodes for a show has, nobody is waited for.
 */
export function endNow(exitCode: number): void {
  if (!isKoffiLoaded()) process.exit(exitCode);
  process.emit('exit', exitCode);
  foreign<[number], void>(library(null), 'void _exit(int status)')(exitCode);
}
