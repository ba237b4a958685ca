/** What becomes of the output: the first one at the start, and every one that goes or comes while the show plays. */
import { monotonicMs } from '../core/clock';
import { messageOf, VitrineError, type ErrorCode } from '../core/errors';
import type { Log } from '../core/log';
import type { Scope } from '../core/scope';
import type { Runtime } from '../compose';
import type { Attempt, Wanted } from '../display/chain';
import type { RenderHandle } from '../render/handle';
import type { FromRenderThread, OpenedMessage } from '../render/messages';

/** After a warning of a lost display, none for so long. */
const WARNED_FOR_MS = 10 * 60_000;

/** No output could be opened. */
export class NoOutputError extends VitrineError {
  constructor(
    readonly attempts: readonly Attempt[],
    wanted: Wanted,
  ) {
    const tried = attempts.map(({ output, renderer, reason }) => `${output} with ${renderer}: ${reason}`).join('; ');
    super('VITRINE_E_OUTPUT', `no output could be opened (${tried}); ${adviceFor(wanted)}`);
  }
}

/** What a person who wants this can ask for instead. */
function adviceFor({ output, renderer }: Wanted): string {
  if (renderer !== 'gl') return 'use --display auto to fall back to offscreen';
  const unseen = 'to draw with GL where nobody looks, add --display offscreen';
  const other = output === 'auto' ? 'leave --renderer gl out' : 'use --display auto and leave --renderer gl out';
  return output === 'offscreen' ? other : `${other} to be shown by the CPU; ${unseen}`;
}

/** The output that the chain opened. Rejects with a NoOutputError when none could be. */
export function firstOutput(render: RenderHandle, wanted: Wanted): Promise<OpenedMessage> {
  return new Promise((resolveOpened, reject) => {
    const deaf = render.listen((message: FromRenderThread) => {
      if (message.kind === 'opened') {
        deaf();
        resolveOpened(message);
      } else if (message.kind === 'not-opened') {
        deaf();
        reject(new NoOutputError(message.attempts, wanted));
      }
    });
  });
}

/** A display that comes back, or another one: a surface of its size, and the show prepared for it. */
export function followDisplay(
  render: RenderHandle,
  { backend, instance, errors }: Runtime,
  scope: Scope,
  log: Log,
): void {
  const warnedAtMs = new Map<ErrorCode, number>();
  /** One that comes and goes is warned of once; the events have each time. */
  const warn = (code: ErrorCode, message: string, cause?: unknown): void => {
    const nowMs = monotonicMs();
    if (nowMs - (warnedAtMs.get(code) ?? -Infinity) <= WARNED_FOR_MS) return;
    warnedAtMs.set(code, nowMs);
    errors.report(code, 'display', message, cause);
  };
  const deaf = render.listen((message) => {
    if (message.kind === 'lost') {
      backend.lose();
      const { output, because } = message;
      const text = `the display (${output}) is lost: ${because}; the show goes on off-screen until it can be opened again`;
      warn('VITRINE_E_OUTPUT_LOST', text);
      instance.events.emit('output-lost', { output });
    } else if (message.kind === 'opened') {
      try {
        const resized = backend.adopt(message);
        const { output, driver, widthPx, heightPx } = message;
        instance.events.emit('output-opened', { output, driver, widthPx, heightPx });
        if (resized)
          instance
            .reload()
            .catch((cause: unknown) => log.warn('the show is shown scaled', { because: messageOf(cause) }));
      } catch (cause) {
        warn('VITRINE_E_OUTPUT', messageOf(cause), cause);
      }
    }
  });
  scope.defer('display watch', () => void deaf());
}
