/** When a run begins to count and what ends it. */
import type { RenderHandle } from '../render/handle';
import type { RenderStats } from '../render/stats';

/** Resolves when content is on the screen; looks at the counter, which costs nothing on the frame path. */
export function firstContent(stats: RenderStats, render: RenderHandle, signal: AbortSignal): Promise<void> {
  return new Promise((resolveShown) => {
    const deaf = render.listen(() => {
      if (stats.get('firstContentAtMs') === 0) return;
      deaf();
      resolveShown();
    });
    signal.addEventListener('abort', deaf, { once: true });
  });
}

export type EndReason = 'over' | 'stopped' | 'duration' | 'signal' | 'window closed';

/** Waits for the end, whatever it is. */
export function endOf(
  render: RenderHandle,
  over: Promise<void>,
  stop: AbortSignal,
  signal: AbortSignal,
  durationMs: number | undefined,
  first: Promise<void>,
): Promise<EndReason> {
  return new Promise((resolveEnd) => {
    let timer: NodeJS.Timeout | undefined;
    const end = (reason: EndReason): void => {
      clearTimeout(timer);
      deaf();
      resolveEnd(reason);
    };
    const deaf = render.listen((message) => {
      if (message.kind === 'closed') end('window closed');
    });
    void over.then(() => end('over'));
    stop.addEventListener('abort', () => end('stopped'), { once: true });
    if (signal.aborted) end('signal');
    signal.addEventListener('abort', () => end('signal'), { once: true });
    render.ended.catch(() => clearTimeout(timer));
    if (durationMs === undefined) return;
    // A duration counts from the first picture; from here where none comes.
    const count = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => end('duration'), durationMs);
    };
    count();
    void first.then(count);
  });
}
