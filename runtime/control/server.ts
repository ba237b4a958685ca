/** The control server: listens at the socket and hands each caller its bounds. It ends with its scope. */
import { createServer } from 'node:net';
import type { Log } from '../core/log';
import type { Scope } from '../core/scope';
import { Caller, type CallerHost } from './caller';
import { claimSocket } from './claim';
import { CONTROL_LIMITS, type ControlLimits } from './limits';
import type { InstanceControls } from './methods';
import { errorLine, RPC_NUMBERS } from './protocol';
import { prepareSocketFolder, thisProcess } from './socket-folder';
import { instanceSocketPath } from './socket-path';

export interface ControlServerOptions {
  readonly socketPath: string;
  readonly env: NodeJS.ProcessEnv;
  readonly controls: InstanceControls;
  /** The server ends with it: callers get replies that are on their way, the socket is unlinked. */
  readonly scope: Scope;
  readonly log: Log;
  readonly limits?: ControlLimits;
}

/**
 * Opens the control server; resolves to the act of closing it before its scope does. Rejects with VITRINE_E_CONTROL when another instance
 * holds the socket or it cannot be made; then nothing is left behind. Main thread; never blocks on a caller.
 */
export async function openControlServer(options: ControlServerOptions): Promise<() => Promise<void>> {
  const { socketPath, env, controls, scope, log, limits = CONTROL_LIMITS } = options;
  const who = thisProcess();
  const ownSocket = instanceSocketPath({ setting: 'auto', env, uid: who.uid });
  prepareSocketFolder(socketPath, who);
  const callers = new Set<Caller>();
  let watchers = 0;
  const host: CallerHost = {
    controls,
    limits,
    enterWatch: () => watchers < limits.watchers && ++watchers > 0,
    leaveWatch: () => (watchers -= 1),
  };
  const server = createServer((socket) => {
    if (callers.size >= limits.callers) {
      const message = 'too many are calling already; try again';
      socket.on('error', () => {}).resume();
      socket.end(errorLine(null, { code: RPC_NUMBERS.VITRINE_E_REFUSED, message }), () => socket.destroy());
      return;
    }
    const caller = new Caller(socket, host);
    callers.add(caller);
    socket.once('close', () => callers.delete(caller));
    caller.start();
  });
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const caller of callers) caller.farewell(limits.farewellMs);
    await closed;
  };
  scope.defer('control socket', close);
  await claimSocket(server, socketPath, ownSocket, who, log, scope.signal);
  // Accepting can fail for a moment (no file descriptors left); the socket stays.
  server.on('error', (cause) => log.warn('a caller could not be accepted', { because: cause.message }));
  if (scope.closed) {
    await new Promise<void>((resolve) => server.close(() => resolve()));
    scope.check();
  }
  log.debug('control socket open', { path: socketPath });
  return close;
}
