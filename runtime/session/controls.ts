/** What a person can do to the running instance, as the control socket and the status page offer it. */
import type { InstanceControls } from '../control/methods';
import { toPng, type Capturer } from './capture';
import type { Instance } from './instance';
import { EVENT_NAMES } from './session-events';

export interface ControlsParts {
  readonly instance: Instance;
  readonly capturer: Capturer;
  /** The document of `status`. */
  status(): unknown;
  display(on: boolean): Promise<unknown>;
  /** Begins the end of the program. */
  stop(): void;
}

export function instanceControls({ instance, capturer, status, display, stop }: ControlsParts): InstanceControls {
  const done = (act: () => void): Promise<unknown> => {
    try {
      act();
      return Promise.resolve(now());
    } catch (cause) {
      return Promise.reject(cause);
    }
  };
  const now = (): unknown => ({ ...instance.director?.now, paused: instance.paused });
  return {
    status,
    next: () => done(() => instance.next()),
    previous: () => done(() => instance.previous()),
    goto: (cue) => done(() => instance.goto(cue)),
    pause: () => done(() => instance.pause()),
    resume: () => done(() => instance.resume()),
    display,
    stop: () => done(stop),
    reload: ({ show }) => instance.reload(show),
    screenshot: async () => toPng(await capturer.capture()),
    on(listener) {
      const deaf = EVENT_NAMES.map((name) => instance.events.on(name, (event) => listener(name, event)));
      return () => deaf.forEach((stopListening) => stopListening());
    },
  };
}
