/** The claim of a start: one instance has the control socket, and a second one ends before it opens anything that is seen. */
import type { Log } from '../core/log';
import type { Scope } from '../core/scope';
import { openControlServer } from '../control/server';
import { instanceSocketPath } from '../control/socket-path';
import { startingControls } from '../control/starting-controls';
import type { InstanceControls } from '../control/methods';
import type { CommandIo } from './command';
import type { Settings } from './settings';

export interface ClaimedControl {
  /** The show is on the screen: from now on callers reach it. Call once. */
  handOver(to: InstanceControls): void;
}

/**
 * Listens at the control socket and answers that the program starts; `stop` ends the start. Rejects with VITRINE_E_CONTROL where the socket is
 * not to be had.
 */
export async function claimControl(
  settings: Settings,
  { env }: CommandIo,
  scope: Scope,
  log: Log,
  stop: () => void,
): Promise<ClaimedControl> {
  const { controls, handOver } = startingControls(stop);
  const socketPath = instanceSocketPath({
    setting: String(settings.values['control.socket']),
    env,
    uid: process.geteuid!(),
  });
  const close = await openControlServer({ socketPath, env, controls, scope, log: log.child('control') });
  return {
    handOver(to) {
      handOver(to);
      // The server closes before the show does: callers get an answer that the program ends. Its own place in the scope would close it last.
      scope.defer('control socket', close);
    },
  };
}
