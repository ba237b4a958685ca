/** Signals that ask the program to end, as one abort signal. */

/** What a shell reports for a process that SIGINT ended: 128 + 2. */
const ENDED_BY_SIGINT = 130;

let interruption: AbortController | undefined;

/** Takes SIGINT and SIGTERM over from now on: the first of them aborts, a second SIGINT ends the process at once. */
export function takeSignals(): AbortSignal {
  if (interruption !== undefined) return interruption.signal;
  const controller = new AbortController();
  interruption = controller;
  const abort = (name: string): void => controller.abort(new DOMException(`${name} received`, 'AbortError'));
  process.on('SIGTERM', () => abort('SIGTERM'));
  process.on('SIGINT', () => {
    if (controller.signal.aborted) process.exit(ENDED_BY_SIGINT);
    abort('SIGINT');
  });
  return controller.signal;
}
