/** Reports a command that failed: a `VitrineError` by its issues and exit code, a limit of the system by its name, anything else as a defect. */
import { ERRORS, formatIssue, messageOf, VitrineError } from '../core/errors';
import type { CommandIo } from './command';
import { shortageOf } from './shortage';

/** Writes what went wrong to standard error and gives the exit code. */
export function reportFailure(io: CommandIo, cause: unknown): number {
  const shortage = shortageOf(cause);
  if (cause instanceof VitrineError) {
    io.stderr(`${cause.issues.length > 0 ? cause.issues.map(formatIssue).join('\n') : cause.message}\n`);
    if (shortage !== undefined) io.stderr(`${shortage}\n`);
    return cause.exitCode;
  }
  // A defect: the place it came from is what whoever mends it needs.
  const defect = cause instanceof Error ? (cause.stack ?? cause.message) : messageOf(cause);
  io.stderr(`${shortage ?? `unexpected failure: ${defect}`}\n`);
  return ERRORS.VITRINE_E_INTERNAL.exit;
}
