/**
 * The mixer: every sound comes in twice, as it is and mastered, by the volume of its role; which of both is heard is decided at the very
 * end, so that a switch is heard at once.
 */
import type { SoundState } from '../chunks/pool';
import { Fader } from './fader';
import type { Output } from './output';
import type { BaseContext, Node } from './web-audio';

export const ROLES = ['voice', 'background', 'effect', 'clips'] as const;
/** What a sound is for; `clips` is the sound of moving pictures. */
export type Role = (typeof ROLES)[number];

export const STATES: readonly SoundState[] = ['original', 'processed'];

/** A switch between both states: long enough not to click, short enough to be at once. */
export const SWITCH_MS = 8;
/** A change of volume: a hand on a fader. */
const VOLUME_MS = 30;

/** Main thread only. */
export class Mixer {
  private readonly master: Fader;
  private readonly lanes: Readonly<Record<SoundState, Fader>>;
  private readonly roles: Readonly<Record<SoundState, Readonly<Record<Role, Fader>>>>;
  private mastered: boolean;

  readonly context: BaseContext;

  constructor(
    readonly output: Output,
    mastered: boolean,
  ) {
    const { context } = output;
    const leadS = (): number => output.leadS;
    this.context = context;
    this.mastered = mastered;
    const fader = (to: Node, value = 1): Fader => {
      const gain = context.createGain();
      gain.connect(to);
      return new Fader(gain, context, leadS, value);
    };
    this.master = fader(context.destination);
    this.lanes = {
      original: fader(this.master.gain, mastered ? 0 : 1),
      processed: fader(this.master.gain, mastered ? 1 : 0),
    };
    const rolesOf = (state: SoundState): Record<Role, Fader> => ({
      voice: fader(this.lanes[state].gain),
      background: fader(this.lanes[state].gain),
      effect: fader(this.lanes[state].gain),
      clips: fader(this.lanes[state].gain),
    });
    this.roles = { original: rolesOf('original'), processed: rolesOf('processed') };
  }

  input(role: Role, state: SoundState): Node {
    return this.roles[state][role].gain;
  }

  /** All that is heard, for who wants to look at it. */
  get sum(): Node {
    return this.master.gain;
  }

  get isMastered(): boolean {
    return this.mastered;
  }

  /** Switches what is heard. Returns the second of the clock at which that begins; undefined where it was so already. */
  switchTo(mastered: boolean): number | undefined {
    if (mastered === this.mastered) return undefined;
    this.mastered = mastered;
    const { original, processed } = this.lanes;
    const fromS = Math.max(original.earliestS, processed.earliestS);
    original.to(mastered ? 0 : 1, SWITCH_MS, fromS);
    processed.to(mastered ? 1 : 0, SWITCH_MS, fromS);
    return fromS;
  }

  volume(of: Role | 'master'): number {
    return of === 'master' ? this.master.target : this.roles.original[of].target;
  }

  /** 0 is silent, 1 as it is. */
  setVolume(of: Role | 'master', volume: number): void {
    const faders = of === 'master' ? [this.master] : STATES.map((state) => this.roles[state][of]);
    for (const fader of faders) fader.to(volume, VOLUME_MS);
  }

  /** The volumes of another one, at once. */
  takeVolumes(from: Mixer): void {
    for (const of of [...ROLES, 'master' as const]) if (from.volume(of) !== 1) this.setVolume(of, from.volume(of));
  }
}
