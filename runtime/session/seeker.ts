/** The seeker: moves the sounds and the clip that are on to another place, and the end of the cue with them. */
import type { Emitter } from '../core/events';
import type { Show } from '../show/types';
import type { Seek, Sought } from '../stage/seek';
import type { ClipSound } from '../stage/sound';
import { ENTER_MS, placementOf } from './card-placement';
import type { Cards } from './cards';
import { seekClip } from './clip-seek';
import type { CueSounds } from './cue-sounds';
import type { ItemLengths } from './item-lengths';
import type { Score } from './score';
import { joinedLeftMs, seekOutcome, type SeekOutcome } from './seeking';
import type { SessionEvents } from './session-events';
import type { Stage } from './stage';
import type { StageClock } from './stage-clock';

export interface SeekerParts {
  readonly show: Show;
  readonly score: Score;
  readonly stage: Stage;
  readonly clock: StageClock;
  readonly events: Emitter<SessionEvents>;
  readonly random: () => number;
  /** Time a batch needs to reach the render thread before the frame it is meant for. */
  readonly batchLeadMs: number;
  readonly cards: Cards;
  readonly lengths: ItemLengths;
  readonly sounds: CueSounds;
}

export class Seeker {
  constructor(private readonly parts: SeekerParts) {}

  /** Seeks in the cue of that name, which is on. Rejects with VITRINE_E_REFUSED where nothing can be moved there. */
  async seek(seek: Seek, cue: string, signal: AbortSignal): Promise<SeekOutcome> {
    const { clock, score, events, sounds } = this.parts;
    const clips = await this.moveClip(seek, cue, signal);
    const outcome = seekOutcome(cue, seek, [...sounds.seek(seek), ...clips]);
    const leftMs = joinedLeftMs(outcome, score.joining);
    if (leftMs !== undefined) score.endIn(leftMs, clock.nowMs());
    sounds.expect(score);
    events.emit('seek', { ...outcome });
    return outcome;
  }

  /** A second decoder begins at the place and takes over at a frame edge, with its sound. */
  private async moveClip(seek: Seek, cueName: string, signal: AbortSignal): Promise<readonly Sought[]> {
    const { show, score, stage, clock, random, batchLeadMs, cards, lengths, sounds } = this.parts;
    const { current } = cards;
    if (current?.item.clip === undefined) return [];
    // Before a transition is over both decoders may be at work.
    if (!clock.paused) await clock.sleepUntil(cards.handsFreeMs, signal);
    const cue = show.cuelist.cues.find(({ name }) => name === cueName);
    const comes = (sound: ClipSound): void => {
      if (cue !== undefined) sounds.comes(sound, cue);
    };
    const found = await seekClip(current.item.clip, seek, clock, signal, comes);
    if (found === undefined) return [];
    const { sought, item } = found;
    if (item === undefined) return [sought];
    if (cue !== undefined && !clock.paused) await sounds.atHand(item, cue);
    // In a pause since before the frame that is on: the first one after it may be a little earlier than the pause was.
    const atMs = clock.nowMs() + (clock.paused ? -ENTER_MS : batchLeadMs);
    const movesMs = clock.paused ? atMs : sounds.startMs(item, cue, atMs, clock.nowMs());
    lengths.watch(item);
    const placement = placementOf(item, current.scene, show, atMs, random);
    stage.send(...cards.show(item, current.scene, placement, { kind: 'cut', fromMs: atMs, durationMs: 0, movesMs }));
    sounds.card(item, cue, movesMs, 0);
    score.moved(movesMs, lengths.score(item));
    return [sought];
  }
}
