/**
 * Signals, from the first line of the program on. `main.ts` and the program's bundle have a copy each of this module; what came in is kept where
 * both find it.
 */

interface Kept {
  interruption?: AbortController;
  hangups?: { isPending: boolean; act: (() => void) | undefined };
}

const KEPT = Symbol.for('vitrine.signals');
const kept: Kept = ((globalThis as { [KEPT]?: Kept })[KEPT] ??= {});

/** Takes SIGINT and SIGTERM over from now on: the first of them aborts, a second SIGINT ends the process at once. */
export function takeSignals(): AbortSignal {
  if (kept.interruption !== undefined) return kept.interruption.signal;
  const controller = new AbortController();
  kept.interruption = controller;
  const abort = (name: string): void => controller.abort(new DOMException(`${name} received`, 'AbortError'));
  const interrupt = (): void => {
    if (controller.signal.aborted) endByInterrupt(interrupt);
    else abort('SIGINT');
  };
  process.on('SIGTERM', () => abort('SIGTERM'));
  process.on('SIGINT', interrupt);
  return controller.signal;
}

/** As if it had never been taken: a shell sees what ended the program, and no thread that is at work is waited for. */
function endByInterrupt(handler: () => void): void {
  process.off('SIGINT', handler);
  process.kill(process.pid, 'SIGINT');
}

/** Takes SIGHUP over from now on; those that come before `onHangup` count as one. */
export function takeHangups(): void {
  if (kept.hangups !== undefined) return;
  const hangups: Kept['hangups'] = { isPending: false, act: undefined };
  kept.hangups = hangups;
  process.on('SIGHUP', () => {
    if (hangups.act === undefined) hangups.isPending = true;
    else hangups.act();
  });
}

/** What a SIGHUP does from now on, and at once where one is waiting. Returns the act of doing nothing any more. */
export function onHangup(act: () => void): () => void {
  takeHangups();
  const hangups = kept.hangups!;
  hangups.act = act;
  if (hangups.isPending) act();
  hangups.isPending = false;
  return () => (hangups.act = undefined);
}

/** Node opens its inspector to all users of the machine at SIGUSR1, unless somebody listens. */
export function ignoreInspector(): void {
  process.on('SIGUSR1', () => {});
}
