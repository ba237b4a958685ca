/**
 * The mixer: every sound comes in twice, as it is and mastered, by the volume of its role. Each of both sums is held under its ceiling, and
 * which of them is heard is decided at the very end, so that a switch waits for nothing.
 */
import type { SoundState } from '../chunks/pool';
import { Fader } from './fader';
import type { Output } from './output';
import { LIMITER_DELAY_FRAMES, SumLimiter } from './sum-limiter';
import type { BaseContext, Gain, Node } from './web-audio';

export const ROLES = ['voice', 'background', 'effect', 'clips'] as const;
/** The roles of sounds; `clips` is the sound of moving pictures. */
export type Role = (typeof ROLES)[number];

export const STATES: readonly SoundState[] = ['original', 'processed'];

/** A switch between both states: long enough not to click, short enough to be at once. */
const SWITCH_MS = 8;
/** A change of volume: a hand on a fader. */
const VOLUME_MS = 30;
/** A mix is heard as it was made: only peaks that no converter can play are held back. */
const ORIGINAL_CEILING_DB = 0;

/** Main thread only. */
export class Mixer {
  private readonly roles: Readonly<Record<SoundState, Readonly<Record<Role, Gain>>>>;
  private readonly sums: Readonly<Record<SoundState, SumLimiter>>;
  private readonly heard: Gain;
  private readonly faders: Readonly<Record<Role | 'master', Fader>>;
  private readonly lanes: Fader;
  private mastered: boolean;

  readonly context: BaseContext;
  /** Frames between a sound's place on the clock and where it is heard. */
  readonly delayFrames = LIMITER_DELAY_FRAMES;

  constructor(
    readonly output: Output,
    mastered: boolean,
    ceilingDb: number,
  ) {
    const { context } = output;
    this.context = context;
    this.mastered = mastered;
    const gain = (to: Node): Gain => {
      const node = context.createGain();
      node.connect(to);
      return node;
    };
    this.heard = gain(context.destination);
    this.sums = {
      original: new SumLimiter(context, ORIGINAL_CEILING_DB),
      processed: new SumLimiter(context, ceilingDb),
    };
    const master = { original: gain(this.sums.original.input), processed: gain(this.sums.processed.input) };
    const rolesOf = (state: SoundState): Record<Role, Gain> => ({
      voice: gain(master[state]),
      background: gain(master[state]),
      effect: gain(master[state]),
      clips: gain(master[state]),
    });
    this.roles = { original: rolesOf('original'), processed: rolesOf('processed') };
    const fader = (of: (state: SoundState) => Gain): Fader => new Fader(context, STATES.map(of), 1, VOLUME_MS);
    this.faders = {
      master: fader((state) => master[state]),
      voice: fader((state) => this.roles[state].voice),
      background: fader((state) => this.roles[state].background),
      effect: fader((state) => this.roles[state].effect),
      clips: fader((state) => this.roles[state].clips),
    };
    const [original, processed] = [gain(this.heard), gain(this.heard)];
    this.sums.original.output.connect(original);
    this.sums.processed.output.connect(processed);
    this.lanes = new Fader(context, [processed], mastered ? 1 : 0, SWITCH_MS, [original]);
  }

  input(role: Role, state: SoundState): Node {
    return this.roles[state][role];
  }

  /** All that is heard, for who wants to look at it. */
  get sum(): Node {
    return this.heard;
  }

  get isMastered(): boolean {
    return this.mastered;
  }

  get limiters(): readonly SumLimiter[] {
    return STATES.map((state) => this.sums[state]);
  }

  /** The limiter of what is heard. */
  get limiter(): SumLimiter {
    return this.sums[this.mastered ? 'processed' : 'original'];
  }

  /** Switches what is heard, from the frames on that are rendered next. Returns whether that is a change. */
  switchTo(mastered: boolean): boolean {
    if (mastered === this.mastered) return false;
    this.mastered = mastered;
    this.lanes.to(mastered ? 1 : 0);
    return true;
  }

  /** Whether the first frames of the last switch have been rendered. */
  get hasSwitched(): boolean {
    return this.lanes.isUnderWay;
  }

  /** Highest true peak of what is mastered, in dBTP. */
  setCeiling(ceilingDb: number): void {
    this.sums.processed.setCeiling(ceilingDb);
  }

  volume(of: Role | 'master'): number {
    return this.faders[of].target;
  }

  /** 0 is silent, 1 as it is. */
  setVolume(of: Role | 'master', volume: number): void {
    this.faders[of].to(volume);
  }

  /** The volumes of another one, from the first frame on. */
  takeVolumes(from: Mixer): void {
    for (const of of [...ROLES, 'master' as const]) this.faders[of].begin(from.volume(of));
  }
}
