/** The desk: the sounds of one show, those of its cues and those of its clips. */
import type { Show } from '../../../runtime/show/types';
import type { Seek, Sought } from '../../../runtime/stage/seek';
import {
  isReady,
  type CardSound,
  type SoundDesk,
  type SoundNews,
  type SoundState,
  type StageTime,
} from '../../../runtime/stage/sound';
import type { Engine, Player } from '../engine';
import type { SilenceChange } from '../health/silences';
import { Cues } from './cues';
import { Films } from './films';

/** Where a whole show gives way, nothing fades for longer. */
const LEAVE_MS = 1500;
/** The same where the program ends: all of it may take 2 s. */
const END_MS = 400;

/** Main thread only. */
export class Desk implements SoundDesk, Player {
  private readonly cues: Cues;
  private readonly films: Films;
  /** Takes the last change back. */
  private undo: (() => void)[] = [];
  /** The same of a cue whose picture was not there yet. */
  private undoAhead: (() => void) | undefined;
  /** Ms of the clock of the machine at which the last fade is over. */
  private silentMs: number | undefined;
  private paused = false;
  private readonly part: () => void;
  private readonly deaf: () => void;
  /** The last report of how many sounds are ready. */
  private saidReady = '';

  constructor(
    private readonly engine: Engine,
    show: Show,
    private readonly time: StageTime,
    private readonly news: SoundNews,
  ) {
    this.cues = new Cues(engine, show, time, news);
    this.films = new Films(engine, time, news);
    this.part = engine.join(this);
    this.deaf = engine.watch(() => this.tellReady());
  }

  get leadMs(): number {
    return this.time.isTimed ? this.engine.leadMs : 0;
  }

  /** Readies the sounds that the show begins with; those that are not ready in time are reported. */
  async warm(deadlineMs: number): Promise<'warm' | 'cold'> {
    const late = (await Promise.all([this.cues.warm(deadlineMs), this.films.warm(deadlineMs)])).flat();
    if (late.length === 0 || this.silentMs !== undefined) return 'warm';
    this.engine.services.log.warn('the show begins before its sounds are ready', { files: late, waitedMs: deadlineMs });
    return 'cold';
  }

  ready(clip: CardSound): void {
    this.films.prepare(clip);
  }

  atHand(clip: CardSound, limitMs: number): Promise<void> {
    return this.films.atHand(clip, limitMs);
  }

  card(fromMs: number, overMs: number, clip?: CardSound): void {
    if (this.silentMs !== undefined) return;
    this.undo = [this.films.card(fromMs, overMs, clip), ...(this.undoAhead === undefined ? [] : [this.undoAhead])];
    this.undoAhead = undefined;
  }

  enter(cue: string, fromMs: number): void {
    this.undo.push(this.cues.enter(cue, fromMs));
    this.undoAhead = undefined;
  }

  join(cue: string, dueMs: number): number {
    const { atMs, undo } = this.cues.join(cue, dueMs);
    this.undoAhead = undo;
    return atMs;
  }

  beginning(limitMs: number): Promise<unknown> | undefined {
    return this.cues.beginning(limitMs);
  }

  seek(seek: Seek): readonly Sought[] {
    return this.cues.seek(seek);
  }

  expect(cue: string | undefined, atMs: number): void {
    this.cues.expect(cue, atMs);
  }

  recall(): void {
    for (const undo of [...this.undo, this.undoAhead]) undo?.();
    this.undo = [];
    this.undoAhead = undefined;
  }

  pause(): void {
    this.paused = true;
    this.cues.pause();
    this.films.pause();
  }

  resume(): void {
    this.paused = false;
    this.cues.resume();
    this.films.resume();
  }

  get sounds(): readonly SoundState[] {
    if (this.silentMs !== undefined) return [];
    const cue = this.cues.cue ?? '';
    return [...this.cues.states, ...this.films.states.map((state) => ({ ...state, cue }))];
  }

  /** Tells how many sounds are ready, where that has changed. */
  private tellReady(): void {
    const states = this.cues.states;
    const sounds = states.filter((state) => !isReady(state));
    const said = JSON.stringify([states.length, sounds.map(({ file, state }) => [file, state])]);
    if (said === this.saidReady || this.silentMs !== undefined) return;
    this.saidReady = said;
    this.news.ready({ ready: states.length - sounds.length, of: states.length, sounds });
  }

  hold(): () => void {
    const goesOn = !this.paused;
    if (goesOn) this.pause();
    return () => {
      this.news.output(this.engine.output.name);
      if (goesOn) this.resume();
    };
  }

  silence({ file, lastedMs }: SilenceChange): void {
    this.news.silent(lastedMs === undefined ? { file } : { file, silentMs: Math.round(lastedMs) });
  }

  leave(): void {
    this.fadeOut(LEAVE_MS);
  }

  private fadeOut(overMs: number): void {
    if (this.silentMs !== undefined) return;
    this.undo = [];
    const fadesMs = [this.films.leave(this.time.nowMs(), overMs), this.cues.leave(overMs)];
    this.silentMs = performance.now() + Math.max(...fadesMs);
  }

  /** After the last fade. Where the show did not leave before, the program ends. */
  async close(): Promise<void> {
    this.fadeOut(END_MS);
    const waitMs = this.time.isTimed ? this.silentMs! - performance.now() : 0;
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    this.part();
    this.deaf();
    this.cues.end();
    this.films.end();
  }
}
