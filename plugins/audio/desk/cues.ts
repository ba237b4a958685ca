/** The sounds of cues, as the cues of one show come and go. */
import { JOIN_MS, mayJoin } from '../../../runtime/show/joins';
import type { CueSound, Show } from '../../../runtime/show/types';
import type { Seek, Sought } from '../../../runtime/stage/seek';
import type { SoundNews, SoundState, StageTime } from '../../../runtime/stage/sound';
import type { Engine } from '../engine';
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

  constructor(
    private readonly engine: Engine,
    private readonly show: Show,
    private readonly time: StageTime,
    private readonly news: SoundNews,
  ) {
    // Of the first cue alone: more would only fill the memory.
    this.prefetch(show.cuelist.cues[0]!.name);
  }

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
      if (this.paused) track.pause();
      this.tracks.add(track);
    }
    this.ready = { cue, tracks };
  }

  /** What was made ready is not needed. */
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

  /** Returns what takes it back, as long as the cue has not come. */
  enter(cue: string, fromMs: number): () => void {
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
    for (const track of fresh) {
      const leader = old.find((candidate) => mayJoin(candidate.sound, track.sound) && !leaders.has(candidate));
      if (leader !== undefined) leaders.add(leader);
      // Where the one before it ends is known best when this one is ready.
      void track.start(() => (leader === undefined ? atFrame : this.joinFrame(leader, atFrame)), atFrame);
    }
    for (const track of old) if (!leaders.has(track)) track.stop(atFrame);
    this.now = { cue, tracks: [...fresh, ...kept] };
    return () => {
      for (const track of fresh) this.forget(track);
      for (const track of old) track.goOn();
      this.now = before;
    };
  }

  /** Where a sound follows another: at the end of that one where it is near, else where its cue says, and the other ends there. */
  private joinFrame(leader: CueTrack, atFrame: number): number {
    const { endFrame } = leader;
    const isNear = Math.abs(endFrame - atFrame) <= (JOIN_MS / 1000) * this.engine.rateHz;
    const frame = isNear ? endFrame : atFrame;
    leader.stop(frame);
    return frame;
  }

  /** Stage ms at which the first sound ends that one of `cue` follows without a gap; undefined where that is not known. */
  joinMs(cue: string): number | undefined {
    const { engine, time } = this;
    const after = this.soundsOf(cue);
    const leaders = (this.now?.tracks ?? []).filter(({ sound }) => after.some((next) => mayJoin(sound, next)));
    const endFrame = Math.min(...leaders.map((leader) => leader.endFrame));
    if (endFrame === Infinity) return undefined;
    return time.nowMs() + ((endFrame - engine.frameIn(0)) / engine.rateHz) * 1000;
  }

  /** Moves the sounds of the cue that is on. */
  seek(seek: Seek): Sought[] {
    return (this.now?.tracks ?? []).flatMap((track) => track.seek(seek) ?? []);
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
    for (const track of this.tracks) track.pause();
  }

  resume(): void {
    this.paused = false;
    for (const track of this.tracks) track.resume();
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

  private frameAt(stageMs: number): number {
    const { engine, time } = this;
    return Math.max(engine.frameIn(stageMs - time.nowMs()), engine.soonFrame);
  }
}
