/** The desk: the sounds of one show, cue by cue. */
import type { CueSound, Show } from '../../runtime/show/types';
import type { SoundDesk, StageTime } from '../../runtime/stage/sound';
import { CueTrack } from './cue-track';
import type { Engine } from './engine';

/** Sounds of one role that end and begin this near to each other belong together. */
const JOIN_MS = 250;
/** Where a whole show gives way, nothing fades for longer. */
const LEAVE_MS = 1500;
/** Time for what is on its way to the clock. */
const LEAD_MS = 30;

interface Playing {
  readonly cue: string;
  readonly tracks: readonly CueTrack[];
}

/** Both without a fade where they meet: they may be pieces of one recording. */
const mayJoin = (before: CueSound, after: CueSound): boolean =>
  before.role === after.role && !before.loop && before.fadeOutMs === 0 && after.fadeInMs === 0;

/** Main thread only. */
export class Desk implements SoundDesk {
  private now: Playing | undefined;
  private before: Playing | undefined;
  /** Of the cue that is expected. */
  private ready: { readonly cue: string; readonly tracks: readonly CueTrack[] } | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** Every track that may still be heard. */
  private readonly tracks = new Set<CueTrack>();
  private left = false;

  constructor(
    private readonly engine: Engine,
    private readonly show: Show,
    private readonly time: StageTime,
  ) {
    // Of the first cue alone: more would only fill the memory.
    const first = show.cuelist.cues[0]!.name;
    this.prefetch(first);
  }

  private soundsOf(cue: string): readonly CueSound[] {
    return this.show.cuelist.cues.find(({ name }) => name === cue)?.sounds ?? [];
  }

  private prefetch(cue: string): void {
    if (this.ready?.cue === cue || this.left) return;
    this.drop();
    const tracks = this.soundsOf(cue)
      .filter((sound) => this.continued(sound) === undefined)
      .map((sound) => new CueTrack(this.engine, sound));
    for (const track of tracks) {
      this.tracks.add(track);
      track.prepare();
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

  enter(cue: string, fromMs: number): void {
    if (this.left) return;
    this.prefetch(cue);
    const atFrame = this.frameAt(fromMs);
    const kept = this.soundsOf(cue).flatMap((sound) => this.continued(sound) ?? []);
    const fresh = this.ready!.tracks;
    this.ready = undefined;
    const old = (this.now?.tracks ?? []).filter((track) => !kept.includes(track));
    const leaders = new Set<CueTrack>();
    for (const track of fresh) {
      const leader = old.find((candidate) => mayJoin(candidate.sound, track.sound) && !leaders.has(candidate));
      if (leader !== undefined) leaders.add(leader);
      // Where the one before it ends is known best when this one is ready.
      void track.start(() => (leader === undefined ? atFrame : this.joinFrame(leader, atFrame)));
    }
    for (const track of old) if (!leaders.has(track)) this.end(track, atFrame);
    this.before = this.now;
    this.now = { cue, tracks: [...fresh, ...kept] };
  }

  /** Where a sound follows another: at the end of that one where it is near, else where its cue says, and the other ends there. */
  private joinFrame(leader: CueTrack, atFrame: number): number {
    const { endFrame } = leader;
    const isNear = Math.abs(endFrame - atFrame) <= (JOIN_MS / 1000) * this.engine.rateHz;
    const frame = isNear ? endFrame : atFrame;
    this.end(leader, frame);
    return frame;
  }

  private end(track: CueTrack, atFrame: number, fadeMs?: number): void {
    track.stop(atFrame, fadeMs);
    this.tracks.delete(track);
    this.ending.add(track);
  }

  /** They fade, and are over by themselves. */
  private readonly ending = new Set<CueTrack>();

  expect(cue: string | undefined, atMs: number): void {
    clearTimeout(this.timer);
    if (cue === undefined || this.left) return;
    const inMs = atMs - this.engine.now.prefetchLeadMs - this.time.nowMs();
    if (inMs <= 0) this.prefetch(cue);
    // Looked at again when it comes: the show may have been paused meanwhile.
    else this.timer = setTimeout(() => this.expect(cue, atMs), Math.min(inMs, 60_000)).unref();
  }

  recall(): void {
    // What has begun already fades; the cue before was not told to go on, so it begins anew.
    const { now, before } = this;
    if (now === undefined || before === undefined) return;
    this.enter(before.cue, this.time.nowMs());
  }

  pause(): void {
    for (const track of this.tracks) track.pause();
  }

  resume(): void {
    for (const track of this.tracks) track.resume();
  }

  leave(): void {
    if (this.left) return;
    this.left = true;
    clearTimeout(this.timer);
    this.drop();
    const atFrame = this.frameAt(this.time.nowMs());
    for (const track of [...this.tracks]) this.end(track, atFrame, Math.min(LEAVE_MS, track.sound.fadeOutMs));
  }

  /** After the last fade. */
  async close(): Promise<void> {
    this.leave();
    const fades = [...this.ending].map(({ sound }) => Math.min(LEAVE_MS, sound.fadeOutMs));
    const waitMs = this.time.isTimed ? Math.max(0, ...fades) : 0;
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs + LEAD_MS));
    for (const track of this.ending) track.end();
    this.ending.clear();
  }

  private frameAt(stageMs: number): number {
    const { engine } = this;
    const inMs = Math.max(LEAD_MS, stageMs - this.time.nowMs());
    return engine.nowFrame + Math.round((inMs / 1000) * engine.rateHz);
  }
}
