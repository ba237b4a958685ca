/** The sound of a plugin behind its guard: where that has failed, nothing waits for it and nothing more is asked of it. */
import { hasCode, VitrineError } from '../core/errors';
import { hasMethods, type Guard } from '../core/guard';
import type { SoundControl, SoundDesk } from '../stage/sound';

const NOTHING = { otherwise: undefined };
const isMs = (answer: unknown): boolean => Number.isFinite(answer);

/** Wraps `desk`: no member throws, and `atHand` keeps its limit. */
export function guardedDesk(desk: SoundDesk, guard: Guard): SoundDesk {
  const order = (member: string, act: () => void): void => guard.call(`sound.${member}`, act, NOTHING);
  return {
    get leadMs() {
      return guard.call('sound.leadMs', () => desk.leadMs, { otherwise: 0, isRight: isMs });
    },
    ready: (clip) => order('ready', () => desk.ready(clip)),
    atHand: (clip, limitMs) =>
      guard.wait('sound.atHand', () => desk.atHand(clip, limitMs), { ...NOTHING, limitMs: limitMs + GRACE_MS }),
    card: (fromMs, overMs, clip) => order('card', () => desk.card(fromMs, overMs, clip)),
    enter: (cue, fromMs) => order('enter', () => desk.enter(cue, fromMs)),
    join: (cue, dueMs) => guard.call('sound.join', () => desk.join(cue, dueMs), { otherwise: dueMs, isRight: isMs }),
    beginning(limitMs) {
      const begun = guard.call('sound.beginning', () => desk.beginning(limitMs), NOTHING);
      if (begun === undefined) return undefined;
      return guard.wait<unknown>('sound.beginning', () => begun, { ...NOTHING, limitMs: limitMs + GRACE_MS });
    },
    seek: (seek) => guard.call('sound.seek', () => desk.seek(seek), { otherwise: [], isRight: Array.isArray }),
    expect: (cue, atMs) => order('expect', () => desk.expect(cue, atMs)),
    recall: () => order('recall', () => desk.recall()),
    pause: () => order('pause', () => desk.pause()),
    resume: () => order('resume', () => desk.resume()),
    leave: () => guard.giveBack('sound.leave', () => desk.leave()),
  };
}

/** What a desk may take beyond the limit it was given: timers of a busy machine are late. */
const GRACE_MS = 2000;

/** Whether what a plugin provides is a desk. */
export const isDesk = (value: unknown): value is SoundDesk =>
  hasMethods(value, 'ready', 'atHand', 'card', 'enter', 'join', 'beginning', 'seek') &&
  hasMethods(value, 'expect', 'recall', 'pause', 'resume', 'leave');

/**
 * As `control`, which may refuse what it is asked for. `guardNow` is the guard of the plugin that offers it, which is another one with each show.
 */
export function guardedControl(control: SoundControl, guardNow: () => Guard): SoundControl {
  const ask = <T>(member: string, act: () => T): T => {
    let refusal: Error | undefined;
    const tried = (): { readonly answer: T } | undefined => {
      try {
        return { answer: act() };
      } catch (cause) {
        if (!hasCode(cause, 'VITRINE_E_REFUSED')) throw cause;
        refusal = cause;
        return undefined;
      }
    };
    const done = guardNow().call(`sound.${member}`, tried, NOTHING);
    if (done !== undefined) return done.answer;
    throw (
      refusal ??
      new VitrineError('VITRINE_E_REFUSED', 'the plugin that plays sound has failed; see `plugins` in the status')
    );
  };
  const look = <T>(member: string, act: () => T): T | undefined => guardNow().call(`sound.${member}`, act, NOTHING);
  return {
    master: (on) => ask('master', () => control.master(on)),
    volume: (role, volume) => ask('volume', () => control.volume(role, volume)),
    status: () => look('status', () => control.status()),
    cache: () => look('cache', () => control.cache()),
    clearCache: () => ask('clearCache', () => control.clearCache()),
  };
}
