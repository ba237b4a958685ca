/** The sounds of clips, as the pictures of one show come and go. */
import type { CardSound, SoundNews, SoundState, StageTime } from '../../../runtime/stage/sound';
import type { Engine } from '../engine';
import { FilmTrack } from './film-track';

/** Main thread only. */
export class Films {
  private now: FilmTrack | undefined;
  private ready: FilmTrack | undefined;
  private readonly tracks = new Set<FilmTrack>();
  private unwatch: (() => void) | undefined;
  private paused = false;

  constructor(
    private readonly engine: Engine,
    private readonly time: StageTime,
    private readonly news: SoundNews,
  ) {}

  /** It is going to come on. */
  prepare(clip: CardSound): void {
    if (this.ready?.sound === clip.sound) return;
    if (this.ready !== undefined) this.forget(this.ready);
    this.ready = new FilmTrack(this.engine, this.time, clip, this.news);
    if (this.paused) this.ready.pause();
    this.tracks.add(this.ready);
  }

  /** Waits for the first samples of the clip that was prepared last; not for another one. */
  async atHand({ sound }: CardSound, limitMs: number): Promise<void> {
    if (this.ready?.sound === sound) await this.ready.warm(limitMs);
  }

  /** Readies the first samples of the clip that comes on first. Resolves with its file where they are not there in time. */
  async warm(limitMs: number): Promise<readonly string[]> {
    const { ready } = this;
    if (ready === undefined) return [];
    return (await ready.warm(limitMs)) ? [] : [ready.sound.file];
  }

  /** Another picture comes on at `fromMs`, with a sound or without. Returns what takes that back, as long as it has not come. */
  card(fromMs: number, overMs: number, clip?: CardSound): () => void {
    const before = this.now;
    before?.stop(fromMs, overMs);
    const fresh = clip === undefined ? undefined : this.take(clip);
    // Another picture came in its place.
    if (this.ready !== undefined) this.forget(this.ready);
    this.ready = undefined;
    this.now = fresh;
    void fresh?.start(fromMs, overMs);
    if (this.tracks.size > 0) this.unwatch ??= this.engine.watch(() => this.look());
    return () => {
      if (fresh !== undefined) this.forget(fresh);
      before?.goOn();
      this.now = before;
    };
  }

  private take(clip: CardSound): FilmTrack {
    this.prepare(clip);
    const track = this.ready!;
    this.ready = undefined;
    return track;
  }

  private forget(track: FilmTrack): void {
    track.end();
    this.tracks.delete(track);
  }

  /** The sound of the clip that is on. */
  get states(): Omit<SoundState, 'cue'>[] {
    return this.now === undefined ? [] : [this.now.state];
  }

  private look(): void {
    for (const track of this.tracks) if (!track.follow()) this.tracks.delete(track);
    if (this.tracks.size === 0) this.watchNoMore();
  }

  private watchNoMore(): void {
    this.unwatch?.();
    this.unwatch = undefined;
  }

  pause(): void {
    this.paused = true;
    for (const track of this.tracks) track.pause();
  }

  resume(): void {
    this.paused = false;
    for (const track of this.tracks) track.resume();
  }

  /** Everything fades. Returns how long that takes. */
  leave(atMs: number, overMs: number): number {
    const { now } = this;
    now?.stop(atMs, overMs);
    this.now = undefined;
    if (this.ready !== undefined) this.forget(this.ready);
    this.ready = undefined;
    return now === undefined ? 0 : overMs;
  }

  /** At once. */
  end(): void {
    this.watchNoMore();
    for (const track of this.tracks) track.end();
    this.tracks.clear();
  }
}
