/**
 * The mixer: every sound comes in twice, as it is and mastered, by the volume of its role; which of both is heard is decided at the very
 * end, so that a switch is heard at once.
 */
import type { SoundState } from '../chunks/pool';
import type { BaseContext, Gain, Node } from './web-audio';

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
  private readonly master: Gain;
  private readonly lanes: Readonly<Record<SoundState, Gain>>;
  private readonly roles: Readonly<Record<SoundState, Readonly<Record<Role, Gain>>>>;
  private mastered: boolean;
  private readonly volumes = new Map<Role | 'master', number>();

  constructor(
    readonly context: BaseContext,
    mastered: boolean,
  ) {
    this.mastered = mastered;
    this.master = context.createGain();
    this.master.connect(context.destination);
    const lane = (state: SoundState): Gain => {
      const gain = context.createGain();
      gain.gain.value = (state === 'processed') === mastered ? 1 : 0;
      gain.connect(this.master);
      return gain;
    };
    this.lanes = { original: lane('original'), processed: lane('processed') };
    const rolesOf = (state: SoundState): Record<Role, Gain> => {
      const entries = ROLES.map((role) => {
        const gain = context.createGain();
        gain.connect(this.lanes[state]);
        return [role, gain] as const;
      });
      return Object.fromEntries(entries) as Record<Role, Gain>;
    };
    this.roles = { original: rolesOf('original'), processed: rolesOf('processed') };
  }

  input(role: Role, state: SoundState): Node {
    return this.roles[state][role];
  }

  get isMastered(): boolean {
    return this.mastered;
  }

  /** Switches what is heard, from the next frames that are rendered on. */
  switchTo(mastered: boolean): void {
    if (mastered === this.mastered) return;
    this.mastered = mastered;
    glide(this.lanes.processed, mastered ? 1 : 0, this.context, SWITCH_MS);
    glide(this.lanes.original, mastered ? 0 : 1, this.context, SWITCH_MS);
  }

  volume(of: Role | 'master'): number {
    return this.volumes.get(of) ?? 1;
  }

  /** 0 is silent, 1 as it is. */
  setVolume(of: Role | 'master', volume: number): void {
    this.volumes.set(of, volume);
    const gains = of === 'master' ? [this.master] : STATES.map((state) => this.roles[state][of]);
    for (const gain of gains) glide(gain, volume, this.context, VOLUME_MS);
  }
}

/** From where the gain is to `value`, evenly, beginning now. */
function glide({ gain }: Gain, value: number, { currentTime }: BaseContext, ms: number): void {
  const from = gain.value;
  gain.cancelScheduledValues(0);
  gain.setValueAtTime(from, currentTime);
  gain.linearRampToValueAtTime(value, currentTime + ms / 1000);
}
