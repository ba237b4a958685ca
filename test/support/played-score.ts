/** Plays a show with the director alone, without a render thread: every frame edge is there at once, and time goes from sleep to sleep. */
import { createErrorLog } from '../../runtime/core/error-log';
import { createEmitter } from '../../runtime/core/events';
import { Director } from '../../runtime/session/director';
import { createScore, type Wish } from '../../runtime/session/score';
import type { SessionEvents } from '../../runtime/session/session-events';
import { openStage } from '../../runtime/session/stage';
import { openUntimedClock } from '../../runtime/session/stage-clock';
import { createRandom } from '../../runtime/show/random';
import type { Show } from '../../runtime/show/types';
import type { StageBatch } from '../../runtime/stage/commands';
import type { Layer } from '../../runtime/stage/layer';
import type { StageItem } from '../../runtime/stage/media';

export interface Playing {
  readonly show: Show;
  readonly seed: number;
  /** Stage ms up to which it plays. */
  readonly forMs: number;
  readonly wishes?: readonly { readonly atMs: number; readonly wish: Wish }[];
  /** The next item of a scene; undefined where there is none now. `nowMs` is stage time. */
  readonly next: (nowMs: number, scene: string) => StageItem | undefined;
  /** How long a decode takes, in stage ms. */
  readonly decodeMs?: () => number;
}

/** What was on the stage: its layers as they were amended last, and the times at which beats were announced. */
export interface Played {
  readonly layers: readonly Layer[];
  readonly pictures: readonly string[];
}

export async function playScore({
  show,
  seed,
  forMs,
  wishes = [],
  next,
  decodeMs = () => 0,
}: Playing): Promise<Played> {
  const layers = new Map<number, Layer>();
  const pictures: string[] = [];
  const take = ({ commands }: StageBatch): void => {
    for (const command of commands) {
      if (command.op === 'add') layers.set(command.layer.id, command.layer);
      else if (command.op === 'remove') layers.delete(command.id);
      else if (command.op === 'amend') {
        const layer = layers.get(command.id);
        if (layer !== undefined) layers.set(command.id, { ...layer, ...command.change });
      }
    }
  };
  const stage = openStage(take);
  const ending = new AbortController();
  let horizons = 0;
  const left = [...wishes].sort((a, b) => a.atMs - b.atMs);
  const clock = openUntimedClock((command) => {
    if (command.op !== 'horizon') return;
    horizons += 1;
    setImmediate(() => go(command.untilMs));
  });
  const events = createEmitter<SessionEvents>(() => {});
  events.on('picture', ({ file }) => pictures.push(file));
  const reelOf = (scene: string) => ({
    async next(signal: AbortSignal): Promise<StageItem | undefined> {
      const takesMs = decodeMs();
      if (takesMs > 0) await clock.sleepUntil(clock.nowMs() + takesMs, signal);
      return next(clock.nowMs(), scene);
    },
    ready: true,
    size: 1,
    close: () => {},
  });
  const director = new Director({
    sessionId: 's1',
    show,
    score: createScore(show, createRandom(`${seed} score`)),
    stage,
    clock,
    providers: [{ media: 'images', reel: reelOf }],
    events,
    errors: createErrorLog(() => {}),
    random: createRandom(`${seed} director`),
    batchLeadMs: 0,
    blank: () => undefined,
  });
  const go = (untilMs: number): void => {
    const wish = left[0];
    if (wish !== undefined && wish.atMs <= untilMs) {
      left.shift();
      clock.reached(wish.atMs);
      director.wish(wish.wish);
      // Who is in the middle of a decode hears it later.
      const before = horizons;
      setTimeout(() => horizons === before && go(untilMs));
    } else if (untilMs > forMs) ending.abort();
    else clock.reached(untilMs);
  };
  const first = await director.prepare(ending.signal);
  director.enter(first, []).catch(() => {});
  await director.play(ending.signal).catch((cause: unknown) => {
    if (!ending.signal.aborted) throw cause;
  });
  director.close();
  stage.close();
  return { layers: [...layers.values()], pictures };
}
