/** What an instance answers before its show is on the screen: that it starts. */
import { VitrineError } from '../core/errors';
import type { InstanceControls } from './methods';

type Listener = Parameters<InstanceControls['on']>[0];

export interface StartingControls {
  /** Those of the start; from `handOver` on, those of the show. */
  readonly controls: InstanceControls;
  /** Connections that watch since the start get the events of the show from here on. */
  handOver(to: InstanceControls): void;
}

/** `stop` ends the start. Everything else is refused, for a moment. */
export function startingControls(stop: () => void): StartingControls {
  const watching = new Map<Listener, () => void>();
  const refuse = (): Promise<never> =>
    Promise.reject(new VitrineError('VITRINE_E_REFUSED', 'no show is running yet, it starts; try again in a moment'));
  const controls: InstanceControls = {
    status: () => ({ state: 'starting', pid: process.pid }),
    stop: () => {
      stop();
      return Promise.resolve({ state: 'starting' });
    },
    on: (listener) => {
      watching.set(listener, () => {});
      return () => {
        watching.get(listener)?.();
        watching.delete(listener);
      };
    },
    next: refuse,
    previous: refuse,
    goto: refuse,
    seek: refuse,
    pause: refuse,
    resume: refuse,
    display: refuse,
    mastering: refuse,
    volume: refuse,
    cache: refuse,
    reload: refuse,
    screenshot: refuse,
  };
  return {
    controls,
    handOver(to) {
      for (const listener of watching.keys()) watching.set(listener, to.on(listener));
      Object.assign(controls, to);
    },
  };
}
