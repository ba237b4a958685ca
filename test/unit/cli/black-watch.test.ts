/** Black frames are logged with what the stage held, and not more often than somebody can read. */
import { logBlackFrames } from '../../../runtime/cli/black-watch';
import type { Log } from '../../../runtime/core/log';
import { openScope } from '../../../runtime/core/scope';
import type { FromRenderThread } from '../../../runtime/render/messages';

it('are logged once in ten seconds, until the run ends', async () => {
  jest.useFakeTimers();
  const heard = new Set<(message: FromRenderThread) => void>();
  const render = { listen: (take: (message: FromRenderThread) => void) => (heard.add(take), () => heard.delete(take)) };
  const warn = jest.fn();
  const scope = openScope('test');
  logBlackFrames(render, () => ({ cue: 'first' }), { warn } as unknown as Log, scope);
  const black = (atMs: number): void =>
    heard.forEach((take) => take({ kind: 'black', atMs, layers: [`clip ${atMs}`] }));
  black(1);
  black(2);
  heard.forEach((take) => take({ kind: 'held' }));
  expect(warn.mock.calls).toEqual([['a frame is black', { cue: 'first', layers: ['clip 1'] }]]);
  jest.advanceTimersByTime(10_000);
  black(3);
  expect(warn).toHaveBeenCalledTimes(2);
  jest.useRealTimers();
  await scope.close(1000);
  expect(heard.size).toBe(0);
});
