/** Beginning anew in the same process: for when a thread hangs in foreign code, which nothing else ends. */
import { foreign, library } from './foreign';

const F_SETFD = 2;

/**
 * Readies the act of replacing the running program by a new start of itself, with the same arguments, environment and standard
 * streams: all its threads are gone then, its number stays. The act does not return; it throws where the system refuses. Call
 * before anything can hang: a library that hangs while it is loaded keeps every other from being loaded.
 */
export function prepareRestart(): () => never {
  const execv = foreign<[string, readonly (string | null)[]], number>(
    library(null),
    'int execv(const char *path, const char **arguments)',
  );
  const fcntl = foreign<[number, number, number], number>(library(null), 'int fcntl(int file, int command, int value)');
  return () => {
    // Node keeps its streams from programs that it starts; this one is itself.
    for (const stream of [0, 1, 2]) fcntl(stream, F_SETFD, 0);
    execv(process.execPath, [process.execPath, ...process.execArgv, ...process.argv.slice(1), null]);
    throw new Error('the program could not be started anew');
  };
}
