/** The announcer: emits the events of each beat that comes on, and keeps what is on for the status. */
import type { Emitter } from '../core/events';
import { BLANK_SCENE } from '../show/types';
import type { StageItem } from '../stage/media';
import type { Beat } from './score';
import type { SessionEvents } from './session-events';

/** The cue, scene and item on the screen; without an item in a cue that has only sounds. */
export interface NowPlaying {
  readonly cue: string;
  readonly cueNumber: number;
  readonly scene: string;
  readonly file: string | undefined;
  readonly theme: string | undefined;
}

export class Announcer {
  private playing: NowPlaying = { cue: '', cueNumber: 0, scene: '', file: undefined, theme: undefined };

  constructor(private readonly events: Emitter<SessionEvents>) {}

  get now(): NowPlaying {
    return this.playing;
  }

  /** Call it once for each beat, when it is on. */
  announce(beat: Beat, item: StageItem | undefined): void {
    const { events } = this;
    const { scene, cueNumber } = beat;
    const cue = beat.cue.name;
    const shown = scene === BLANK_SCENE ? undefined : item;
    if (beat.endedCue !== undefined) events.emit('cue-end', beat.endedCue);
    if (beat.opensCue) events.emit('cue-start', { cue, number: cueNumber, durationMs: beat.cue.durationMs });
    if (scene !== BLANK_SCENE && (beat.opensCue || scene !== this.playing.scene)) events.emit('scene', { scene, cue });
    this.playing = { cue, cueNumber, scene, file: shown?.label, theme: shown?.theme };
    if (shown !== undefined)
      events.emit('picture', { file: shown.label, theme: shown.theme, scene, transition: beat.transition.type });
  }
}
