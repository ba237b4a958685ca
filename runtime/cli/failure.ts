/** How a command that failed is told: a `VitrineError` by its issues and exit code, anything else as a defect. */
import { ERRORS, formatIssue, messageOf, VitrineError } from '../core/errors';
import type { CommandIo } from './command';

/** Writes what went wrong to standard error and gives the exit code. */
export function reportFailure(io: CommandIo, cause: unknown): number {
  if (cause instanceof VitrineError) {
    io.stderr(`${cause.issues.length > 0 ? cause.issues.map(formatIssue).join('\n') : cause.message}\n`);
    return cause.exitCode;
  }
  // A defect: the place it came from is what whoever mends it needs.
  io.stderr(`unexpected failure: ${cause instanceof Error ? (cause.stack ?? cause.message) : messageOf(cause)}\n`);
  return ERRORS.VITRINE_E_INTERNAL.exit;
}
