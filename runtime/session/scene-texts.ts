/** The texts of the scene that is on: one text track at a time, faded out when another scene comes on. */
import type { ErrorLog } from '../core/error-log';
import { sceneOf, type Show } from '../show/types';
import type { StageCommand } from '../stage/commands';
import type { MediaProvider } from '../stage/media';
import type { Stage } from './stage';
import type { StageClock } from './stage-clock';
import { TextTrack } from './text-track';

export interface SceneTextsParts {
  readonly show: Show;
  readonly providers: readonly MediaProvider[];
  readonly stage: Stage;
  readonly clock: StageClock;
  readonly errors: ErrorLog;
}

export class SceneTexts {
  private running: { readonly scene: string; readonly track: TextTrack; readonly stop: AbortController } | undefined;

  constructor(private readonly parts: SceneTextsParts) {}

  /** `scene` is on since `atMs`: its texts run until another scene is on or the signal aborts. */
  follow(scene: string, atMs: number, signal: AbortSignal): void {
    if (this.running?.scene === scene) return;
    this.running?.stop.abort(new DOMException('another scene', 'AbortError'));
    this.running?.track.end(atMs);
    this.running = undefined;
    const { show, providers, stage, clock, errors } = this.parts;
    const { text } = sceneOf(show, scene);
    if (text === undefined) return;
    const reel = providers.find((candidate) => candidate.texts !== undefined)?.texts?.(scene);
    if (reel === undefined) return;
    const track = new TextTrack(stage, clock, reel, text.everyMs);
    const stop = new AbortController();
    const end = (): void => stop.abort(signal.reason);
    signal.addEventListener('abort', end, { once: true });
    void track
      .run(atMs, stop.signal)
      .catch((cause: unknown) =>
        errors.report('VITRINE_E_FONT', 'session', `the texts of ${scene} stopped: ${String(cause)}`, cause),
      )
      .finally(() => {
        signal.removeEventListener('abort', end);
        reel.close();
      });
    this.running = { scene, track, stop };
  }

  /** Shows no further text; those on the stage stay. */
  stop(): void {
    this.running?.stop.abort(new DOMException('the show ends', 'AbortError'));
  }

  /** Commands that take every text off at the next frame edge. */
  leave(): StageCommand[] {
    return this.running?.track.leave() ?? [];
  }
}
