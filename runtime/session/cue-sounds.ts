/** The sounds of cues and of the clips in them, as the play loop orders them from whoever plays sound. */
import type { Cue } from '../show/types';
import type { StageItem } from '../stage/media';
import type { Seek, Sought } from '../stage/seek';
import type { CardSound, ClipSound, SoundDesk } from '../stage/sound';
import type { Beat, Score } from './score';

/** A change that was ordered waits no longer for the sound of its clip: a cold decoder takes about 150 ms, twice that on a board. */
const AT_HAND_MS = 400;

export class CueSounds {
  /** The cue whose sounds were joined to those before it, while its picture is still on its way. */
  private joinedCue: Cue | undefined;

  /** Without a desk nothing is heard. */
  constructor(private readonly desk: SoundDesk | undefined) {}

  /** The show begins with this cue, soon: its sounds are made ready, and of no other one. */
  first(cue: Cue, nowMs: number): void {
    this.desk?.expect(cue.name, nowMs);
  }

  /** A clip of the cue is being decoded: its sound is made ready beside it. */
  comes(sound: ClipSound, { clipVolume }: Cue): void {
    if (clipVolume !== undefined) this.desk?.ready({ sound, volume: clipVolume });
  }

  /** Waits a little for the first samples of a clip that comes on at once, so that it begins with them. */
  async atHand(item: StageItem | undefined, cue: Cue): Promise<void> {
    const sound = soundOf(item, cue);
    if (sound !== undefined) await this.desk?.atHand(sound, AT_HAND_MS);
  }

  /** An item comes on at `fromMs` over `overMs`, in stage ms; the sound of the clip before it goes. */
  card(item: StageItem | undefined, cue: Cue | undefined, fromMs: number, overMs: number): void {
    this.desk?.card(fromMs, overMs, cue === undefined ? undefined : soundOf(item, cue));
  }

  /**
   * The stage ms at which an item that comes on at `atMs` begins: a clip with sound not before its first sample can be on the clock,
   * everything else at once.
   */
  startMs(item: StageItem | undefined, cue: Cue | undefined, atMs: number, nowMs: number): number {
    if (cue === undefined || soundOf(item, cue) === undefined) return atMs;
    return Math.max(atMs, nowMs + (this.desk?.leadMs ?? 0));
  }

  /** The sounds of a cue begin at `atMs`. */
  enter(cue: Cue, atMs: number): void {
    this.desk?.enter(cue.name, atMs);
  }

  /** Announces the cue that comes next, and when. Call it again when that has changed. */
  expect({ following, endMs }: Score): void {
    this.desk?.expect(following?.name, endMs);
  }

  /**
   * Joins the sounds of the cue that a beat opens to those of the cue before, once, whether or not its picture is ready in time. Returns
   * the beat as it is due now: at the join.
   */
  join(beat: Beat, nowMs: number): Beat {
    if (beat.joinsMs === undefined || this.desk === undefined || this.joinedCue === beat.cue) return beat;
    this.joinedCue = beat.cue;
    const joinsMs = this.desk.join(beat.cue.name, Math.max(beat.joinsMs, nowMs));
    return { ...beat, atMs: joinsMs, joinsMs };
  }

  /** The picture of a beat comes on at `atMs`: the sounds of the cue that it opens begin, unless they have joined. */
  take(beat: Beat, item: StageItem, atMs: number): void {
    this.card(item, beat.cue, atMs, beat.transition.durationMs);
    this.begin(beat, atMs);
  }

  /** The same at `beat.atMs` where the clip that is on goes on: its own sound does, too. */
  goOn(beat: Beat): void {
    this.begin(beat, beat.atMs);
  }

  private begin({ opensCue, cue }: Beat, atMs: number): void {
    if (opensCue && this.joinedCue !== cue) this.enter(cue, atMs);
  }

  /** The picture of the beat last taken is on. */
  taken(): void {
    this.joinedCue = undefined;
  }

  /** The beat last taken does not come on. */
  recall(): void {
    this.desk?.recall();
    this.joinedCue = undefined;
  }

  /** Undefined where each sound of the cue that is on has begun or never will; else resolves once that is so, after `limitMs` at the latest. */
  beginning(limitMs: number): Promise<unknown> | undefined {
    return this.desk?.beginning(limitMs);
  }

  /** Moves the sounds of the cue that is on. Returns where each is now, or why it was not moved. */
  seek(seek: Seek): readonly Sought[] {
    return this.desk?.seek(seek) ?? [];
  }

  /** Everything fades out. */
  leave(): void {
    this.desk?.leave();
  }
}

/** The sound of a clip in a cue that lets it be heard. */
function soundOf(item: StageItem | undefined, { clipVolume }: Cue): CardSound | undefined {
  if (item?.sound === undefined || clipVolume === undefined) return undefined;
  return { sound: item.sound, volume: clipVolume };
}
