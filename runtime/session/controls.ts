/** The commands of a person to the running instance, as the control socket and the status page offer them. */
import type { InstanceControls } from '../control/methods';
import { VitrineError } from '../core/errors';
import type { SoundControl, SoundStatus } from '../stage/sound';
import { toPng, type Capturer } from './capture';
import type { Instance } from './instance';
import type { Aim } from './score';
import { EVENT_NAMES } from './session-events';

export interface ControlsParts {
  readonly instance: Instance;
  readonly capturer: Capturer;
  /** The document of `status`. */
  status(): unknown;
  display(on: boolean): Promise<unknown>;
  /** Undefined where nothing plays sound. */
  readonly sound: SoundControl | undefined;
  /** Begins the end of the program. */
  stop(): void;
}

export function instanceControls({
  instance,
  capturer,
  status,
  display,
  sound,
  stop,
}: ControlsParts): InstanceControls {
  const heard = <T>(act: (control: SoundControl) => T): Promise<T> => {
    if (sound === undefined)
      return Promise.reject(
        new VitrineError('VITRINE_E_REFUSED', 'nothing plays sound here; see `plugins` in the status'),
      );
    return Promise.resolve().then(() => act(sound));
  };
  const done = (act: () => void): Promise<unknown> => {
    try {
      act();
      return Promise.resolve(now());
    } catch (cause) {
      return Promise.reject(cause);
    }
  };
  /** With the cue that comes, and what it waits for. */
  const jumped = async (act: () => Aim): Promise<unknown> => {
    const { cue, cueNumber } = await Promise.resolve().then(act);
    const { paused } = instance;
    return { cue, cueNumber, paused, ...(paused ? { comesOn: 'with resume' } : {}) };
  };
  const statusOf = (control: SoundControl): SoundStatus => {
    const state = control.status();
    if (state === undefined) throw new VitrineError('VITRINE_E_REFUSED', 'the show has no sound');
    return state;
  };
  const now = (): unknown => ({ ...instance.director?.now, paused: instance.paused });
  return {
    status,
    next: () => jumped(() => instance.next()),
    previous: () => jumped(() => instance.previous()),
    goto: (cue) => jumped(() => instance.goto(cue)),
    seek: async (seek) => ({ ...(await instance.seek(seek)), paused: instance.paused }),
    pause: () => done(() => instance.pause()),
    resume: () => done(() => instance.resume()),
    display,
    mastering: (on) =>
      heard((control) => (on === undefined ? { mastered: statusOf(control).mastered } : control.master(on))),
    volume: async (role, volume) => {
      if (role === undefined || volume === undefined) return heard((control) => statusOf(control).volumes);
      const volumes = await heard((control) => control.volume(role, volume));
      if (volumes === undefined)
        throw new VitrineError(
          'VITRINE_E_REFUSED',
          `there is no role "${role}"; there are voice, background, effect, clips and master`,
        );
      return volumes;
    },
    cache: (act) =>
      heard((control) => {
        if (act === 'clear') control.clearCache();
        return control.cache();
      }),
    stop: () => done(stop),
    reload: ({ show }) => instance.reload(show),
    screenshot: async () => toPng(await capturer.capture()),
    on(listener) {
      const deaf = EVENT_NAMES.map((name) => instance.events.on(name, (event) => listener(name, event)));
      return () => deaf.forEach((stopListening) => stopListening());
    },
  };
}
