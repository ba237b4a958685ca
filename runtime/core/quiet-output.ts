/** Quiet output: what native libraries print goes to standard error, so that standard output carries what the program says alone. */
import { closeSync } from 'node:fs';
import { foreign, library } from './foreign';

const STDOUT_FD = 1;
const STDERR_FD = 2;

/** Does something at once during which nothing reaches standard output. Main thread; loads koffi, about 10 ms, at its first use. */
export function withQuietOutput<T>(act: () => T): T {
  const program = library(null);
  const dup = foreign<[number], number>(program, 'int dup(int fd)');
  const dup2 = foreign<[number, number], number>(program, 'int dup2(int from, int to)');
  const kept = dup(STDOUT_FD);
  // Without a standard output there is nothing to keep quiet.
  if (kept < 0) return act();
  try {
    dup2(STDERR_FD, STDOUT_FD);
    return act();
  } finally {
    dup2(kept, STDOUT_FD);
    closeSync(kept);
  }
}
