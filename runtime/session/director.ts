/** The director: plays one show by its score, putting every change on the stage ahead of time. */
import { VitrineError } from '../core/errors';
import type { Emitter } from '../core/events';
import type { ErrorLog } from '../core/error-log';
import { limited } from '../core/limited';
import type { Show } from '../show/types';
import type { MediaProvider, StageItem } from '../stage/media';
import type { StageCommand } from '../stage/commands';
import type { Seek } from '../stage/seek';
import type { ClipSound, SoundDesk } from '../stage/sound';
import { Announcer, type NowPlaying } from './announcer';
import { ENTER_MS, looksAlike, placementOf, stays } from './card-placement';
import { Cards } from './cards';
import { CueSounds } from './cue-sounds';
import { ItemLengths } from './item-lengths';
import { roundBegins } from './rounds';
import { SceneReels } from './scene-reels';
import { SceneTexts } from './scene-texts';
import type { Aim, Beat, Score, Wish } from './score';
import { Seeker } from './seeker';
import type { SeekOutcome } from './seeking';
import type { SessionEvents } from './session-events';
import type { Stage, StageReceipt } from './stage';
import type { StageClock } from './stage-clock';
import { refuse, Wishes, type Asked } from './wishes';

/** A change is on the stage this long before it is due, so that a main thread that hangs meanwhile is not seen. */
const LEAD_MS = 2000;
/** How long a clip may go on beyond its expected end before it is looked at again. */
const FOLLOW_SLACK_MS = 500;
/** How long an empty theme is left alone before it is asked again. */
const EMPTY_RETRY_MS = 500;
/** Limit of one request to a reel, after which it is asked again: a large picture takes a small board up to 10 s, a slow network as long. */
const NEXT_LIMIT_MS = 20_000;
/** How often a first cue that waits for its sounds looks for them, should nobody wake it. */
const OPENING_LOOK_MS = 1000;
/** How long a seek waits for sounds that are due and have not begun: decoders that start on a busy board take a second. */
const SOUNDS_BEGIN_MS = 3000;

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
  /** The picture of a cue that has only sounds. */
  blank(): StageItem | undefined;
  /** Where somebody plays the sounds of cues. */
  readonly sound?: SoundDesk;
}

export class Director {
  private readonly cards: Cards;
  private readonly wishes: Wishes;
  private readonly lengths: ItemLengths;
  private readonly reels: SceneReels;
  private readonly texts: SceneTexts;
  private readonly sounds: CueSounds;
  private readonly seeker: Seeker;
  private readonly announcer: Announcer;
  /** The first cue waits for it. */
  private opening: Promise<unknown> | undefined;
  /** The item of a change that is planned, until it has come on. */
  private coming: StageItem | undefined;
  /** Changes that came late because their picture was not decoded in time. */
  lateChanges = 0;

  constructor(private readonly parts: DirectorParts) {
    this.cards = new Cards(parts.stage);
    this.wishes = new Wishes(parts.clock);
    this.lengths = new ItemLengths(() => this.wishes.nudge());
    this.reels = new SceneReels(parts);
    this.texts = new SceneTexts(parts);
    this.sounds = new CueSounds(parts.sound);
    const { cards, lengths, sounds } = this;
    this.seeker = new Seeker({ ...parts, cards, lengths, sounds });
    this.announcer = new Announcer(parts.events);
  }

  get now(): NowPlaying {
    return this.announcer.now;
  }

  get sound(): SoundDesk | undefined {
    return this.parts.sound;
  }

  /** Carries out a wish at the next opportunity: a running transition is finished first. Returns the cue that it leads to. */
  wish(wish: Wish): Aim {
    const { pending } = this.wishes;
    const aim = this.parts.score.aim(wish, pending?.to === 'aim' ? pending : undefined);
    this.wishes.raise(aim);
    return aim;
  }

  /** Moves what plays to another place at the next opportunity; also in a pause. Rejects with VITRINE_E_REFUSED where it cannot. */
  seek(seek: Seek): Promise<SeekOutcome> {
    if (this.wishes.isAimed && this.parts.clock.paused)
      return Promise.reject(new VitrineError('VITRINE_E_REFUSED', 'what was asked for comes when the show goes on'));
    return this.wishes.seek(seek);
  }

  /** Readies the first picture, so that `enter` shows it at once. Undefined when the theme has none. */
  async prepare(signal: AbortSignal): Promise<StageItem | undefined> {
    const { clock, score } = this.parts;
    const { scene, cue } = score.first();
    this.sounds.first(cue, clock.nowMs());
    return this.reels.of(scene).next(signal, false, (sound) => this.sounds.comes(sound, cue));
  }

  /**
   * Puts the first picture on the stage at the next frame edge, together with `others` (the commands that clear the stage for it), and
   * resolves with the frame that showed it.
   */
  enter(item: StageItem | undefined, others: readonly StageCommand[]): Promise<StageReceipt> {
    const { clock, stage, score } = this.parts;
    const atMs = clock.nowMs();
    const startMs = this.sounds.startMs(item, score.first().cue, atMs, atMs);
    const beat = score.begin(startMs, this.lengths.score(item));
    const commands: StageCommand[] = [...others, { op: 'expect-content', expected: true }];
    // Since before the frame edge it is meant for, which may be in the past already: so it is there whichever edge takes it.
    if (item !== undefined) commands.push(...this.show(item, beat.scene, atMs - ENTER_MS, startMs));
    this.announcer.announce(beat, item);
    this.sounds.card(item, beat.cue, startMs, 0);
    if (this.opening === undefined) this.enterFirstCue(beat, startMs);
    return stage.sendForReceipt(...commands);
  }

  /** The first cue begins once `ready` has settled, for a show that starts with a still picture: the picture is shown meanwhile. */
  beginAfter(ready: Promise<unknown>): void {
    this.opening = ready;
  }

  private enterFirstCue({ cue }: Beat, atMs: number): void {
    this.sounds.enter(cue, atMs);
    this.sounds.expect(this.parts.score);
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
    this.enterFirstCue(score.begin(atMs, this.lengths.score(this.cards.current?.item)), atMs);
    return seek;
  }

  /** Plays on from the first picture until the cuelist is over, or rejects with the signal's reason. */
  async play(signal: AbortSignal): Promise<void> {
    const { clock, score } = this.parts;
    const leave = clock.join();
    try {
      this.texts.follow(this.now.scene, clock.nowMs(), signal);
      const early = this.opening === undefined ? undefined : await this.begun(this.opening, signal);
      let beat = await this.nextBeat(early, signal);
      for (;;) {
        if (beat !== undefined) {
          beat = await this.change(beat, signal);
          continue;
        }
        // The last picture stays until the show is over, unless somebody wants it otherwise.
        const wish = await this.wishes.waitUntil(score.endMs, signal);
        if (wish === undefined) return;
        beat = await this.nextBeat(wish, signal);
      }
    } finally {
      this.wishes.end();
      leave();
      this.texts.stop();
    }
  }

  /** Prepares one change, puts it on the stage, waits until it is there. Returns the beat after it. */
  private async change(planned: Beat, signal: AbortSignal): Promise<Beat | undefined> {
    const { clock, score, stage, show, batchLeadMs } = this.parts;
    const askMs = Math.max(planned.atMs - LEAD_MS, score.lastMs, this.cards.handsFreeMs);
    const wish = await this.wishes.waitUntil(askMs, signal, () => this.isMistimed);
    if (wish !== undefined) return this.nextBeat(wish, signal);
    if (this.isMistimed) return this.retimed();
    const beat = this.sounds.join(planned, clock.nowMs());
    const comes = (sound: ClipSound): void => this.sounds.comes(sound, beat.cue);
    const current = this.goingOn(beat);
    const urgent = clock.nowMs() >= beat.atMs;
    const item = await limited(signal, NEXT_LIMIT_MS, (ends) =>
      this.reels.of(beat.scene).next(ends, urgent, comes, current),
    );
    if (item !== undefined && item === current) return this.goOn(beat, item, signal);
    if (clock.nowMs() >= beat.atMs) await this.sounds.atHand(item, beat.cue);
    if (signal.aborted) {
      item?.takeBack?.();
      item?.release();
    }
    signal.throwIfAborted();
    if (item === undefined) return this.tryLater(beat, signal);
    const itStays = stays(item, beat.scene, this.cards.current, show);
    const dueMs = Math.max(beat.atMs, this.cards.current?.thereMs ?? 0);
    const readyMs = clock.nowMs() + batchLeadMs;
    const atMs = Math.max(dueMs, readyMs);
    // A loop has no end of its own at which the next item could come on.
    const follows = beat.follows && this.cards.current?.item.clip?.isEndless !== true;
    const startMs = follows ? atMs : this.sounds.startMs(item, beat.cue, atMs, clock.nowMs());
    if (!beat.forced && readyMs > dueMs) this.countLate(item, readyMs - beat.atMs);
    this.coming = item;
    if (itStays) item.release();
    else stage.send(...this.show(item, beat.scene, atMs, startMs, { ...beat, follows }));
    this.sounds.take(beat, item, startMs);
    const { cameOnMs = atMs, late } = follows
      ? await this.follow(atMs, signal)
      : { cameOnMs: atMs, late: await this.wishes.waitUntil(atMs, signal) };
    this.coming = undefined;
    if (late !== undefined && (itStays ? clock.nowMs() < atMs : this.cards.recall(clock.nowMs()))) {
      item.takeBack?.();
      this.sounds.recall();
      return this.nextBeat(late, signal);
    }
    this.sounds.taken();
    score.taken(beat, cameOnMs, this.lengths.score(item));
    this.wishes.arrived();
    if (beat.opensCue) this.sounds.expect(score);
    this.announcer.announce(beat, item);
    this.texts.follow(beat.scene, cameOnMs, signal);
    return this.nextBeat(late, signal);
  }

  /** The clip that is on, where it may go on in a beat: not where somebody asked for another cue, nor in another cue or look. */
  private goingOn({ cue, scene, opensCue, forced }: Beat): StageItem | undefined {
    const { current } = this.cards;
    if (current?.item.clip?.isEndless !== true || (opensCue && (forced || cue.name !== this.now.cue))) return undefined;
    return looksAlike(current.scene, scene, this.parts.show) ? current.item : undefined;
  }

  /** The clip that is on begins another round, with its sound. Returns the beat after it. */
  private async goOn(beat: Beat, item: StageItem, signal: AbortSignal): Promise<Beat | undefined> {
    const { clock, score } = this.parts;
    const late = await this.wishes.waitUntil(beat.atMs, signal);
    if (late !== undefined && clock.nowMs() < beat.atMs) return this.nextBeat(late, signal);
    this.sounds.goOn(beat);
    this.sounds.taken();
    const roundMs = this.lengths.goesOn(item);
    const atMs =
      roundMs === undefined
        ? beat.atMs
        : roundBegins(item.clip!.positionMs(beat.atMs), roundMs, beat.atMs, score.lastMs);
    score.taken(beat, atMs, roundMs);
    this.wishes.arrived();
    if (beat.opensCue) this.sounds.expect(score);
    this.announcer.announce(beat, item);
    this.texts.follow(beat.scene, atMs, signal);
    return this.nextBeat(late, signal);
  }

  /** Commands that bring an item on at `atMs`, a clip standing on its first frame until `startMs`; without a `beat` with a cut. */
  private show(item: StageItem, scene: string, atMs: number, startMs: number, beat?: Beat): StageCommand[] {
    const { type: kind, durationMs } = beat?.transition ?? { type: 'cut', durationMs: 0 };
    this.lengths.watch(item);
    const placement = placementOf(item, scene, this.parts.show, atMs, this.parts.random);
    const entrance = { kind, fromMs: atMs, durationMs, follows: beat?.follows ?? false, movesMs: startMs };
    return this.cards.show(item, scene, placement, entrance);
  }

  /** Waits until the card just sent has come on behind the clip it follows, which is expected at `atMs`. */
  private async follow(
    atMs: number,
    signal: AbortSignal,
  ): Promise<{ cameOnMs: number | undefined; late: Asked | undefined }> {
    let cameOnMs: number | undefined;
    const began = this.parts.stage.began(this.cards.currentId!).then((beganMs) => (cameOnMs = beganMs));
    const isSettled = this.wishes.nudgeAfter(began);
    for (let untilMs = atMs + FOLLOW_SLACK_MS; ; untilMs += FOLLOW_SLACK_MS) {
      const late = await this.wishes.waitUntil(untilMs, signal, isSettled);
      if (cameOnMs !== undefined) this.cards.cameOn(cameOnMs);
      if (late !== undefined || isSettled()) return { cameOnMs, late };
    }
  }

  /** Nothing can be shown now: the current picture stays, and the theme is asked again a little later. */
  private async tryLater(beat: Beat, signal: AbortSignal): Promise<Beat> {
    const { clock, score } = this.parts;
    const againMs = clock.nowMs() + EMPTY_RETRY_MS;
    this.wishes.arrived();
    const wish = await this.wishes.waitUntil(againMs, signal);
    return (await this.carryOut(wish, signal)) ?? score.postpone(beat, againMs);
  }

  private countLate(item: StageItem, lateMs: number): void {
    this.lateChanges += 1;
    this.parts.events.emit('late-picture', { file: item.label, lateMs: Math.round(lateMs) });
  }

  /** Whether the item that is on lasts longer or shorter than the score was given, and is to stay for as long as it lasts. */
  private get isMistimed(): boolean {
    return !this.wishes.isAimed && this.lengths.isMistimed(this.cards.current?.item);
  }

  /** The next beat, now that the length of the item that is on is known. */
  private retimed(): Beat | undefined {
    const { clock, score } = this.parts;
    score.lasts(this.lengths.score(this.cards.current?.item)!);
    const beat = score.next();
    // It could not be ready for an end that nobody knew of.
    return beat === undefined ? undefined : { ...beat, forced: beat.atMs < clock.nowMs() + LEAD_MS };
  }

  /** Carries a wish out, if there is one. Returns its beat; where it brings none, the next one of the score. */
  private async nextBeat(wish: Asked | undefined, signal: AbortSignal): Promise<Beat | undefined> {
    return (await this.carryOut(wish, signal)) ?? this.parts.score.next();
  }

  /** Returns the beat that a wish brings; undefined where it brings none. */
  private async carryOut(wish: Asked | undefined, signal: AbortSignal): Promise<Beat | undefined> {
    const { clock, score } = this.parts;
    if (wish === undefined) return undefined;
    if (wish.to !== 'place') return score.jump(wish, clock.nowMs());
    const beginning = wish.hasWaited === true ? undefined : this.sounds.beginning(SOUNDS_BEGIN_MS);
    if (beginning !== undefined) {
      this.wishes.raiseAfter(beginning, wish);
      return undefined;
    }
    try {
      wish.done(await this.seeker.seek(wish.seek, this.now.cue, signal));
    } catch (cause) {
      wish.refused(cause);
    }
    return undefined;
  }

  /**
   * Gives the turn of a picture back that was planned and has not come on, for a show that has stopped playing. On a busy machine it may be
   * due, and even seen for a moment, before anybody here knew of it: then the next show goes on with it.
   */
  withdraw(): void {
    this.coming?.takeBack?.();
    this.coming = undefined;
  }

  /** Commands that take everything of this show off the stage at the next frame edge; its sounds fade. */
  leave(): StageCommand[] {
    this.sounds.leave();
    return [...this.cards.leave(), ...this.texts.leave()];
  }

  close(): void {
    this.texts.stop();
    this.reels.close();
  }
}
