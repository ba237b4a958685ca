/** The director: plays one show by its score, putting every change on the stage ahead of time. */
import type { Emitter } from '../core/events';
import type { ErrorLog } from '../core/error-log';
import { BLANK_SCENE, sceneOf, type Cue, type Scene, type Show } from '../show/types';
import type { ClipPlace, MediaProvider, StageItem } from '../stage/media';
import type { StageCommand } from '../stage/commands';
import { isClip } from '../stage/layer';
import { targetOf, type Seek, type Sought } from '../stage/seek';
import type { CardSound, SoundDesk } from '../stage/sound';
import { Cards } from './cards';
import { ItemLengths } from './item-lengths';
import { kenBurns, longestSeenMs, looksLike } from './ken-burns';
import { SceneReels } from './scene-reels';
import { SceneTexts } from './scene-texts';
import type { Beat, Score, Wish } from './score';
import { seekOutcome, type SeekOutcome } from './seeking';
import type { SessionEvents } from './session-events';
import type { Stage, StageReceipt } from './stage';
import type { StageClock } from './stage-clock';
import { refuse, Wishes, type Asked } from './wishes';

/** A change is on the stage this long before it is due, so that a main thread that hangs meanwhile is not seen. */
const LEAD_MS = 2000;
/** Longer than a frame of the slowest display. */
const ENTER_MS = 100;
/** How long a clip may go on beyond its expected end before it is looked at again. */
const FOLLOW_SLACK_MS = 500;
/** A layer is off the stage with the first frame after its end: two frames of the slowest usual display. */
const RETIRE_MS = 40;
/** A person waits no longer for a clip that goes on elsewhere. */
const SEEK_LIMIT_MS = 5000;
/** A clip that was sent to the stage is looked for so often, for two seconds. */
const BEGIN_LOOK_MS = 20;
const BEGIN_LOOKS = 100;
/** How long an empty theme is left alone before it is asked again. */
const EMPTY_RETRY_MS = 500;

/** How often a first cue that waits for its sounds looks for them, should nobody wake it. */
const OPENING_LOOK_MS = 1000;

export interface DirectorParts {
  readonly sessionId: string;
  readonly show: Show;
  readonly score: Score;
  readonly stage: Stage;
  readonly clock: StageClock;
  readonly providers: readonly MediaProvider[];
  readonly events: Emitter<SessionEvents>;
  readonly errors: ErrorLog;
  readonly random: () => number;
  /** Time a batch needs to reach the render thread before the frame it is meant for: two frames; untimed none. */
  readonly batchLeadMs: number;
  /** What is shown where a cue has only sounds. */
  blank(): StageItem | undefined;
  /** Where somebody plays the sounds of cues. */
  readonly sound?: SoundDesk;
}

/** What is on the screen, for the status. */
export interface NowPlaying {
  readonly cue: string;
  readonly cueNumber: number;
  readonly scene: string;
  readonly file: string | undefined;
  readonly theme: string | undefined;
}

export class Director {
  private readonly cards: Cards;
  /** What the first cue waits for. */
  private opening: Promise<unknown> | undefined;
  private readonly wishes: Wishes;
  private readonly reels: SceneReels;
  private readonly texts: SceneTexts;
  private playing: NowPlaying = { cue: '', cueNumber: 0, scene: '', file: undefined, theme: undefined };
  /** Changes that came late because their picture was not decoded in time. */
  lateChanges = 0;
  picturesShown = 0;
  /** The cue whose sounds were joined to those before it, while its picture is still on its way. */
  private joinedCue: Cue | undefined;
  private readonly lengths: ItemLengths;

  constructor(private readonly parts: DirectorParts) {
    this.cards = new Cards(parts.stage);
    this.wishes = new Wishes(parts.clock);
    this.lengths = new ItemLengths(() => this.wishes.nudge());
    this.reels = new SceneReels(parts);
    this.texts = new SceneTexts(parts);
  }

  get now(): NowPlaying {
    return this.playing;
  }

  get sound(): SoundDesk | undefined {
    return this.parts.sound;
  }

  /** Carries out a wish at the next opportunity: a running transition is finished first. */
  wish(wish: Wish): void {
    this.wishes.raise(wish);
  }

  /** Moves what plays to another place at the next opportunity; also in a pause. Rejects with VITRINE_E_REFUSED where it cannot. */
  seek(seek: Seek): Promise<SeekOutcome> {
    return this.wishes.seek(seek);
  }

  /** Readies the first picture, so that `enter` shows it at once. Undefined when the theme has none. */
  async prepare(signal: AbortSignal): Promise<StageItem | undefined> {
    const { scene, cue } = this.parts.score.first();
    const item = await this.reels.of(scene).next(signal, false);
    const sound = soundOf(item, cue);
    if (sound !== undefined) this.sound?.ready(sound);
    return item;
  }

  /**
   * Puts the first picture on the stage at the next frame edge, together with `others` (what has to leave for it), and
   * resolves with the frame that showed it.
   */
  enter(item: StageItem | undefined, others: readonly StageCommand[]): Promise<StageReceipt> {
    const { clock, stage, score } = this.parts;
    const atMs = clock.nowMs();
    const beat = score.begin(atMs, this.lengths.score(item));
    const commands: StageCommand[] = [...others, { op: 'expect-content', expected: true }];
    // Since before the frame edge it is meant for, which may be in the past already: so it is there whichever edge takes it.
    if (item !== undefined) commands.push(...this.show(item, beat, atMs - ENTER_MS, true));
    this.announce(beat, item);
    this.sound?.card(atMs, 0, soundOf(item, beat.cue));
    if (this.opening === undefined) this.enterFirstCue(beat.cue.name, atMs);
    return stage.sendForReceipt(...commands);
  }

  /** The first cue begins once `ready` has settled, for a show that starts with a still picture: the picture is shown meanwhile. */
  beginAfter(ready: Promise<unknown>): void {
    this.opening = ready;
  }

  private enterFirstCue(cue: string, atMs: number): void {
    this.sound?.enter(cue, atMs);
    this.expectSound();
  }

  /** Begins the first cue when its sounds are ready. Returns a wish that came before: with one for another cue it never begins. */
  private async begun(ready: Promise<unknown>, signal: AbortSignal): Promise<Asked | undefined> {
    const { clock, score } = this.parts;
    const isReady = this.wishes.nudgeAfter(ready);
    let seek: Asked | undefined;
    while (!isReady()) {
      const wish = await this.wishes.waitUntil(clock.nowMs() + OPENING_LOOK_MS, signal, isReady);
      if (wish === undefined) continue;
      refuse(seek, 'another one came');
      if (wish.to !== 'place') return wish;
      seek = wish;
    }
    const atMs = clock.nowMs();
    const { cue } = score.begin(atMs, this.lengths.score(this.cards.current?.item));
    this.enterFirstCue(cue.name, atMs);
    return seek;
  }

  /** Plays on from the first picture until the cuelist is over, or rejects with the signal's reason. */
  async play(signal: AbortSignal): Promise<void> {
    const { clock, score } = this.parts;
    const leave = clock.join();
    try {
      this.texts.follow(this.playing.scene, clock.nowMs(), signal);
      const early = this.opening === undefined ? undefined : await this.begun(this.opening, signal);
      let beat = (early === undefined ? undefined : await this.carryOut(early, signal)) ?? score.next();
      for (;;) {
        if (beat !== undefined) {
          beat = await this.change(beat, signal);
          continue;
        }
        // The last picture stays until the show is over, unless somebody wants it otherwise.
        const wish = await this.wishes.waitUntil(score.endMs, signal);
        if (wish === undefined) return;
        beat = (await this.carryOut(wish, signal)) ?? score.next();
      }
    } finally {
      this.wishes.end();
      leave();
      this.texts.stop();
    }
  }

  /** Returns the beat that a wish brings; undefined where it brings none. */
  private async carryOut(wish: Asked, signal: AbortSignal): Promise<Beat | undefined> {
    const { clock, score } = this.parts;
    if (wish.to !== 'place') return score.jump(wish, clock.nowMs());
    try {
      wish.done(await this.seekNow(wish.seek, signal));
    } catch (cause) {
      wish.refused(cause);
    }
    return undefined;
  }

  private async seekNow(seek: Seek, signal: AbortSignal): Promise<SeekOutcome> {
    const { clock, score, events } = this.parts;
    const clips = await this.seekClip(seek, signal);
    const sounds = this.sound?.seek(seek) ?? [];
    const outcome = seekOutcome(this.playing.cue, seek, [...sounds, ...clips]);
    // A cue whose sound the next one joins ends with that sound.
    const joining = new Set(score.joining.map(({ file }) => file));
    const leader = outcome.moved.find(({ file, lengthMs }) => joining.has(file) && lengthMs !== undefined);
    if (leader !== undefined) score.endIn(leader.lengthMs! - leader.positionMs, clock.nowMs());
    this.expectSound();
    events.emit('seek', { ...outcome });
    return outcome;
  }

  /** A second decoder begins at the place and takes over at a frame edge, with its sound. */
  private async seekClip(seek: Seek, signal: AbortSignal): Promise<readonly Sought[]> {
    const { clock, score, stage, show, batchLeadMs } = this.parts;
    const { clip } = this.cards.current?.item ?? {};
    if (clip === undefined) return [];
    // Before a transition is over both decoders may be at work.
    if (!clock.paused) await clock.sleepUntil(this.handsFreeMs, signal);
    const positionMs = await this.positionOf(clip, signal);
    const { file, lengthMs, loops } = clip;
    if (positionMs === undefined) return [];
    const found = { file, role: 'clip' as const, positionMs, ...(lengthMs === undefined ? {} : { lengthMs }) };
    const target = targetOf(seek, { positionMs, lengthMs, loops });
    if ('because' in target) return [{ ...found, because: target.because }];
    const item = await clipFrom(clip, target.toMs, signal);
    if (item === undefined) return [{ ...found, because: 'could not be decoded from there' }];
    const { scene } = this.cards.current!;
    const { fit, background } = this.sceneOf(scene);
    // In a pause since before the frame that is on: the first one after it may be a little earlier than the pause was.
    const atMs = clock.nowMs() + (clock.paused ? -ENTER_MS : batchLeadMs);
    this.lengths.watch(item);
    stage.send(...this.cards.show(item, scene, { kind: 'card', fit, background }, 'cut', atMs, 0));
    const cue = show.cuelist.cues.find(({ name }) => name === this.playing.cue);
    this.sound?.card(atMs, 0, cue === undefined ? undefined : soundOf(item, cue));
    score.moved(atMs, this.lengths.score(item));
    return [{ ...found, positionMs: target.toMs }];
  }

  /** Waits for a clip that is about to be shown. Undefined where it does not come. */
  private async positionOf(clip: ClipPlace, signal: AbortSignal): Promise<number | undefined> {
    const { clock } = this.parts;
    for (let looks = 0; looks < BEGIN_LOOKS; looks++) {
      const positionMs = clip.positionMs(clock.nowMs());
      if (!Number.isNaN(positionMs)) return positionMs;
      if (clock.paused) return undefined;
      await clock.sleepUntil(clock.nowMs() + BEGIN_LOOK_MS, signal);
    }
    return undefined;
  }

  private expectSound(): void {
    const { score } = this.parts;
    this.sound?.expect(score.following?.name, score.endMs);
  }

  /** Gives the turn of a picture back that was planned and has not come on. For a show that has stopped playing. */
  withdraw(): void {
    const { current } = this.cards;
    if (current !== undefined && current.fromMs > this.parts.clock.nowMs()) current.item.takeBack?.();
  }

  /** Commands that take everything of this show off the stage at the next frame edge; its sounds fade. */
  leave(): StageCommand[] {
    this.sound?.leave();
    return [...this.cards.leave(), ...this.texts.leave()];
  }

  close(): void {
    this.texts.stop();
    this.reels.close();
  }

  /** Prepares one change, puts it on the stage, waits until it is there. Returns the beat after it. */
  private async change(planned: Beat, signal: AbortSignal): Promise<Beat | undefined> {
    const { clock, score } = this.parts;
    const askMs = Math.max(planned.atMs - LEAD_MS, score.lastMs, this.handsFreeMs);
    const wish = await this.wishes.waitUntil(askMs, signal, () => this.isMistimed);
    if (wish !== undefined) return (await this.carryOut(wish, signal)) ?? score.next();
    if (this.isMistimed) return this.retimed();
    const beat = this.joined(planned);
    const item = await this.reels.of(beat.scene).next(signal, clock.nowMs() >= beat.atMs);
    if (signal.aborted) {
      item?.takeBack?.();
      item?.release();
    }
    signal.throwIfAborted();
    if (item === undefined) return this.tryLater(beat, signal);
    const stays = this.isShown(item, beat);
    const readyMs = clock.nowMs() + this.parts.batchLeadMs;
    const atMs = Math.max(beat.atMs, readyMs, this.cards.current?.thereMs ?? 0);
    if (!beat.forced && readyMs > Math.max(beat.atMs, this.cards.current?.thereMs ?? 0))
      this.countLate(item, readyMs - beat.atMs);
    if (stays) item.release();
    else this.parts.stage.send(...this.show(item, beat, atMs, false));
    this.sound?.card(atMs, beat.transition.durationMs, soundOf(item, beat.cue));
    if (beat.opensCue && this.joinedCue !== beat.cue) this.sound?.enter(beat.cue.name, atMs);
    const { cameOnMs = atMs, late } = beat.follows ? await this.follow(atMs, signal) : await this.waitFor(atMs, signal);
    if (late !== undefined && (stays ? clock.nowMs() < atMs : this.cards.recall(clock.nowMs()))) {
      item.takeBack?.();
      this.sound?.recall();
      this.joinedCue = undefined;
      return (await this.carryOut(late, signal)) ?? score.next();
    }
    this.joinedCue = undefined;
    score.taken(beat, cameOnMs, this.lengths.score(item));
    if (beat.opensCue) this.expectSound();
    this.announce(beat, item);
    this.texts.follow(this.playing.scene, cameOnMs, signal);
    return (late === undefined ? undefined : await this.carryOut(late, signal)) ?? score.next();
  }

  /** A cue whose sounds join those before: they do so whether or not its picture is ready in time. */
  private joined(beat: Beat): Beat {
    if (beat.joinsMs === undefined || this.sound === undefined || this.joinedCue === beat.cue) return beat;
    this.joinedCue = beat.cue;
    const joinsMs = this.sound.join(beat.cue.name, Math.max(beat.joinsMs, this.parts.clock.nowMs()));
    return { ...beat, atMs: joinsMs, joinsMs };
  }

  /** Whether this very picture is on already and would look the same: it stays on its layer, and nothing is drawn. */
  private isShown({ picture }: StageItem, { scene }: Beat): boolean {
    const { current } = this.cards;
    if (current === undefined || isClip(picture) || current.item.picture !== picture) return false;
    return looksLike(this.sceneOf(current.scene), this.sceneOf(scene));
  }

  private async waitFor(atMs: number, signal: AbortSignal): Promise<{ cameOnMs?: number; late: Asked | undefined }> {
    return { late: await this.wishes.waitUntil(atMs, signal) };
  }

  /** Waits until the card just sent has come on behind the clip it follows, which is expected at `atMs`. */
  private async follow(atMs: number, signal: AbortSignal): Promise<{ cameOnMs?: number; late: Asked | undefined }> {
    let cameOnMs: number | undefined;
    const began = this.parts.stage.began(this.cards.currentId!).then((beganMs) => (cameOnMs = beganMs));
    const isSettled = this.wishes.nudgeAfter(began);
    for (let untilMs = atMs + FOLLOW_SLACK_MS; ; untilMs += FOLLOW_SLACK_MS) {
      const late = await this.wishes.waitUntil(untilMs, signal, isSettled);
      if (cameOnMs !== undefined) this.cards.cameOn(cameOnMs);
      if (late !== undefined || isSettled()) return { late, ...(cameOnMs === undefined ? {} : { cameOnMs }) };
    }
  }

  /** Nothing can be shown now: what is on the screen stays, and the theme is asked again a little later. */
  private async tryLater(beat: Beat, signal: AbortSignal): Promise<Beat> {
    const { clock, score } = this.parts;
    const againMs = clock.nowMs() + EMPTY_RETRY_MS;
    const wish = await this.wishes.waitUntil(againMs, signal);
    return (wish === undefined ? undefined : await this.carryOut(wish, signal)) ?? score.postpone(beat, againMs);
  }

  private countLate(item: StageItem, lateMs: number): void {
    this.lateChanges += 1;
    this.parts.events.emit('late-picture', { file: item.label, lateMs: Math.round(lateMs) });
  }

  /** When what moves on both sides of a transition is down to one: before that there may be nobody to decode the next. */
  private get handsFreeMs(): number {
    const { current } = this.cards;
    return current !== undefined && isClip(current.item.picture) ? current.thereMs + RETIRE_MS : 0;
  }

  private get isMistimed(): boolean {
    return this.lengths.isMistimed(this.cards.current?.item);
  }

  /** The next beat, now that the length of what is on is known. */
  private retimed(): Beat | undefined {
    const { clock, score } = this.parts;
    score.lasts(this.lengths.score(this.cards.current?.item)!);
    const beat = score.next();
    // It could not be ready for an end that nobody knew of.
    return beat === undefined ? undefined : { ...beat, forced: beat.atMs < clock.nowMs() + LEAD_MS };
  }

  private show(item: StageItem, beat: Beat, atMs: number, first: boolean): StageCommand[] {
    const scene = this.sceneOf(beat.scene);
    const { type, durationMs } = first ? { type: 'cut' as const, durationMs: 0 } : beat.transition;
    // The first picture counts from a little before it is there, and a change may be a frame late.
    const seenMs = longestSeenMs(scene, this.parts.show) + ENTER_MS;
    // A clip moves by itself; enlarged it would only be less sharp.
    const moves = scene.motion === 'ken-burns' && !isClip(item.picture);
    const motion = moves ? { motion: kenBurns(atMs, atMs + seenMs, this.parts.random) } : {};
    if (beat.scene !== BLANK_SCENE) this.picturesShown += 1;
    this.lengths.watch(item);
    return this.cards.show(
      item,
      beat.scene,
      { kind: 'card', fit: scene.fit, background: scene.background, ...motion },
      type,
      atMs,
      durationMs,
      beat.follows,
    );
  }

  private announce(beat: Beat, item: StageItem | undefined): void {
    const { events } = this.parts;
    const cue = beat.cue.name;
    if (beat.endedCue !== undefined) events.emit('cue-end', beat.endedCue);
    if (beat.opensCue) events.emit('cue-start', { cue, number: beat.cueNumber, durationMs: beat.cue.durationMs });
    if (beat.scene === BLANK_SCENE) {
      this.playing = { cue, cueNumber: beat.cueNumber, scene: BLANK_SCENE, file: undefined, theme: undefined };
      return;
    }
    if (beat.opensCue || beat.scene !== this.playing.scene) events.emit('scene', { scene: beat.scene, cue });
    this.playing = { cue, cueNumber: beat.cueNumber, scene: beat.scene, file: item?.label, theme: item?.theme };
    if (item !== undefined) {
      events.emit('picture', {
        file: item.label,
        theme: item.theme,
        scene: beat.scene,
        transition: beat.transition.type,
      });
    }
  }

  private sceneOf(name: string): Scene {
    return sceneOf(this.parts.show, name);
  }
}

/** The sound of a clip in a cue that lets it be heard. */
function soundOf(item: StageItem | undefined, { clipVolume }: Cue): CardSound | undefined {
  if (item?.sound === undefined || clipVolume === undefined) return undefined;
  return { sound: item.sound, volume: clipVolume };
}

/** The clip from another place; undefined where it is not there in time. Rejects only with the signal's reason. */
async function clipFrom(clip: ClipPlace, toMs: number, signal: AbortSignal): Promise<StageItem | undefined> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new DOMException('too slow', 'AbortError')), SEEK_LIMIT_MS);
  try {
    return await clip.from(toMs, AbortSignal.any([signal, limit.signal]));
  } catch (cause) {
    signal.throwIfAborted();
    if (limit.signal.aborted) return undefined;
    throw cause;
  } finally {
    clearTimeout(timer);
  }
}
