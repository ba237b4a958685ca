/** The sounds of cues, as the cues of one show come and go. */
import { JOIN_MS, mayJoin, MOST_SHIFT_MS } from '../../../runtime/show/joins';
import type { CueSound, Show } from '../../../runtime/show/types';
import type { Seek, Sought } from '../../../runtime/stage/seek';
import type { SoundNews, SoundState, StageTime } from '../../../runtime/stage/sound';
import type { Engine } from '../engine';
import { Voice } from '../play/voice';
import { CueTrack } from './cue-track';

/** Beyond the last fade: what is on its way to the clock and from there to be heard. */
const LINGER_MS = 50;
/** A cue that is far away is looked at again after so long: the show may have been paused meanwhile. */
const LONGEST_TIMER_MS = 60_000;

interface Playing {
  readonly cue: string;
  readonly tracks: readonly CueTrack[];
}

/** Main thread only. Times are stage ms. */
export class Cues {
  private now: Playing | undefined;
  /** Of the cue that is expected. */
  private ready: Playing | undefined;
  /** The cue that comes next, prepared or not. */
  private expected: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** Every track that is not ended. */
  private readonly tracks = new Set<CueTrack>();
  private left = false;
  private paused = false;
  /** The frame of the clock from which on the sounds that were paused last fall silent. */
  private pausedFrame = 0;

  constructor(
    private readonly engine: Engine,
    private readonly show: Show,
    private readonly time: StageTime,
    private readonly news: SoundNews,
  ) {}

  private soundsOf(cue: string): readonly CueSound[] {
    return this.show.cuelist.cues.find(({ name }) => name === cue)?.sounds ?? [];
  }

  private prefetch(cue: string): void {
    if (this.ready?.cue === cue || this.left) return;
    this.drop();
    for (const track of this.tracks) if (track.isOver) this.tracks.delete(track);
    const tracks = this.soundsOf(cue)
      .filter((sound) => this.continued(sound) === undefined)
      .map((sound) => new CueTrack(this.engine, sound, this.news));
    for (const track of tracks) {
      if (this.paused) track.pause(this.engine.soonFrame);
      this.tracks.add(track);
    }
    this.ready = { cue, tracks };
  }

  /** The sounds that were made ready are not needed. */
  private drop(): void {
    for (const track of this.ready?.tracks ?? []) this.forget(track);
    this.ready = undefined;
  }

  private forget(track: CueTrack): void {
    this.tracks.delete(track);
    track.end();
  }

  /** The track of the cue that is on which goes on in the next one: the same file going round in both. */
  private continued(sound: CueSound): CueTrack | undefined {
    return this.now?.tracks.find(
      (track) => track.sound.loop && sound.loop && track.sound.file === sound.file && track.sound.role === sound.role,
    );
  }

  /** Readies the first samples of the first cue. Resolves with the files whose are not there in time. */
  async warm(limitMs: number): Promise<readonly string[]> {
    const tracks = this.ready?.tracks ?? [];
    await Promise.all(tracks.map((track) => track.warm(limitMs)));
    return tracks.filter((track) => !track.isSettled).map(({ sound }) => sound.file);
  }

  /** Returns what takes it back, as long as the cue has not come. `mostShiftMs`: how far from its time a sound may join the one before. */
  enter(cue: string, fromMs: number, mostShiftMs = JOIN_MS): () => void {
    if (this.left) return () => {};
    this.expected = undefined;
    this.prefetch(cue);
    const atFrame = this.frameAt(fromMs);
    const before = this.now;
    const kept = this.soundsOf(cue).flatMap((sound) => this.continued(sound) ?? []);
    const fresh = this.ready!.tracks;
    this.ready = undefined;
    const old = (before?.tracks ?? []).filter((track) => !kept.includes(track));
    const leaders = new Set<CueTrack>();
    const mates: CueTrack[] = [];
    for (const track of fresh) {
      track.plannedMs = fromMs;
      const leader = old.find((candidate) => mayJoin(candidate.sound, track.sound) && !leaders.has(candidate));
      if (leader === undefined) mates.push(track);
      else {
        leaders.add(leader);
        void this.follow(track, leader, atFrame, (mostShiftMs / 1000) * this.engine.rateHz);
      }
    }
    void this.beginAll(mates, atFrame);
    for (const track of old) if (!leaders.has(track)) track.stop(atFrame);
    this.now = { cue, tracks: [...fresh, ...kept] };
    return () => {
      for (const track of fresh) this.forget(track);
      for (const track of old) track.goOn();
      this.now = before;
    };
  }

  /** Sounds of one cue begin at one frame of the clock: they wait for each other, but not for ever. */
  private async beginAll(tracks: readonly CueTrack[], atFrame: number): Promise<void> {
    const waiting = new Map(tracks.map((track) => [track, track.due(atFrame)]));
    await this.engine.until(() => tracks.every(({ isSettled }) => isSettled), this.engine.now.startTogetherMs);
    const settled = tracks.filter(({ isSettled }) => isSettled);
    for (const track of settled) waiting.delete(track);
    this.begin(settled, atFrame);
    for (const [track, due] of waiting) void due.then(() => this.begin([track], atFrame));
  }

  private begin(tracks: readonly CueTrack[], atFrame: number): void {
    Voice.beginTogether(tracks.flatMap((track) => track.start(atFrame) ?? []));
    this.engine.wake();
  }

  /** Follows another sound: at the end of that one where it is near, else where the cue ends, and the other ends there. */
  private async follow(track: CueTrack, leader: CueTrack, atFrame: number, mostShiftFrames: number): Promise<void> {
    const { engine } = this;
    await track.due(atFrame);
    const isNear = (frame: number): boolean => Math.abs(frame - atFrame) <= mostShiftFrames;
    // The end of a long one is known once its last samples are there, and of a late one once it has begun.
    const mayEndThere = (): boolean =>
      leader.endFrame === Infinity && isNear(leader.expectedEndFrame) && engine.soonFrame <= atFrame + mostShiftFrames;
    await engine.until(() => track.isOver || !mayEndThere());
    const frame = isNear(leader.endFrame) ? leader.endFrame : atFrame;
    leader.stop(frame);
    this.begin([track], frame);
  }

  /**
   * The cue comes whose sounds follow those of the cue that is on without a gap: where the first of these truly ends. A sound that was
   * meant to end near `dueMs` may end later, where it began late or the clock of the sound goes slower: nothing of it is cut away for that.
   */
  join(cue: string, dueMs: number): { readonly atMs: number; readonly undo: () => void } {
    const { engine, time } = this;
    const after = this.soundsOf(cue);
    const leaders = (this.now?.tracks ?? []).filter(
      ({ sound, plannedEndMs = NaN }) =>
        after.some((next) => mayJoin(sound, next)) && Math.abs(plannedEndMs - dueMs) <= JOIN_MS,
    );
    const endFrame = Math.min(...leaders.map((leader) => leader.expectedEndFrame));
    const endMs = time.nowMs() + ((endFrame - engine.frameIn(0)) / engine.rateHz) * 1000;
    if (Math.abs(endMs - dueMs) > MOST_SHIFT_MS) return { atMs: dueMs, undo: this.enter(cue, dueMs) };
    return { atMs: endMs, undo: this.enter(cue, endMs, MOST_SHIFT_MS) };
  }

  /** Undefined where no sound of the cue that is on is still to begin; else resolves once that is so, after `limitMs` at the latest. */
  beginning(limitMs: number): Promise<unknown> | undefined {
    const haveBegun = (): boolean => (this.now?.tracks ?? []).every(({ hasBegun }) => hasBegun);
    return haveBegun() ? undefined : this.engine.until(haveBegun, limitMs);
  }

  /** Moves the sounds of the cue that is on. */
  seek(seek: Seek): Sought[] {
    return (this.now?.tracks ?? []).flatMap((track) => {
      const sought = track.seek(seek);
      if (sought === undefined) return [];
      if (sought.because === undefined) track.plannedMs = this.time.nowMs() - sought.positionMs;
      return sought;
    });
  }

  /** The cue that is on. */
  get cue(): string | undefined {
    return this.now?.cue;
  }

  /** How far the sounds of the cue that is on and those of the next one are. */
  get states(): SoundState[] {
    const { now, ready, expected } = this;
    const of = ({ cue, tracks }: Playing): SoundState[] => tracks.map((track) => ({ ...track.state, cue }));
    const next = ready?.cue ?? expected;
    if (next === undefined) return now === undefined ? [] : of(now);
    if (ready !== undefined) return [...(now === undefined ? [] : of(now)), ...of(ready)];
    const leadS = this.engine.now.prefetchLeadMs / 1000;
    const later = this.soundsOf(next).filter((sound) => this.continued(sound) === undefined);
    return [
      ...(now === undefined ? [] : of(now)),
      ...later.map(({ file, role }): SoundState => ({
        ...{ file, role, cue: next, state: 'waiting' },
        because: `is prepared ${leadS} s before its cue`,
      })),
    ];
  }

  expect(cue: string | undefined, atMs: number): void {
    this.expected = cue;
    clearTimeout(this.timer);
    if (cue === undefined || this.left) return;
    const inMs = atMs - this.engine.now.prefetchLeadMs - this.time.nowMs();
    if (inMs <= 0) this.prefetch(cue);
    else this.timer = setTimeout(() => this.expect(cue, atMs), Math.min(inMs, LONGEST_TIMER_MS)).unref();
  }

  pause(): void {
    this.paused = true;
    this.pausedFrame = this.engine.soonFrame;
    for (const track of this.tracks) track.pause(this.pausedFrame);
  }

  resume(): void {
    this.paused = false;
    const at = this.resumeFrame;
    const voices = [...this.tracks].flatMap((track) => track.resume(at) ?? []);
    // A sound that was still to come when the show was paused comes by itself.
    Voice.beginTogether(voices.filter(({ startFrame }) => startFrame === at));
    this.engine.wake();
  }

  /** Everything fades, for `mostMs` at most. Returns how long that takes. */
  leave(mostMs: number): number {
    this.left = true;
    clearTimeout(this.timer);
    this.drop();
    const atFrame = this.frameAt(this.time.nowMs());
    const fadeOf = ({ sound }: CueTrack): number => Math.min(mostMs, sound.fadeOutMs);
    for (const track of this.tracks) track.stop(atFrame, fadeOf(track));
    return Math.max(0, ...[...this.tracks].map(fadeOf)) + LINGER_MS;
  }

  /** At once. */
  end(): void {
    for (const track of this.tracks) track.end();
    this.tracks.clear();
  }

  /** Voices that begin need less time than fades; but none begins before the one that it follows goes. */
  private get resumeFrame(): number {
    const { startFrame, soonFrame } = this.engine;
    // Another context has a clock of its own.
    return Math.max(startFrame, Math.min(this.pausedFrame, soonFrame));
  }

  private frameAt(stageMs: number): number {
    const { engine, time } = this;
    return Math.max(engine.frameIn(stageMs - time.nowMs()), engine.soonFrame);
  }
}
