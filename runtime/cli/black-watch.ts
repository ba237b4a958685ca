/** Logs black frames that should have content, with what the stage held: the counter alone does not say why. */
import { monotonicMs } from '../core/clock';
import type { Log } from '../core/log';
import type { Scope } from '../core/scope';
import type { RenderHandle } from '../render/handle';

/** After one that was logged, none for so long. */
const QUIET_MS = 10_000;

/** `about` says what is on. Ends with the scope. */
export function logBlackFrames(
  render: Pick<RenderHandle, 'listen'>,
  about: () => Readonly<Record<string, unknown>>,
  log: Log,
  scope: Scope,
): void {
  let loggedMs = -Infinity;
  const deaf = render.listen((message) => {
    if (message.kind !== 'black' || monotonicMs() - loggedMs < QUIET_MS) return;
    loggedMs = monotonicMs();
    log.warn('a frame is black', { ...about(), layers: message.layers });
  });
  scope.defer('black watch', () => void deaf());
}
