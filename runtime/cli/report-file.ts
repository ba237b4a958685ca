/** The file of `run --report`: of a run that ended as it should, and of one that failed. */
import type { ReportedError } from '../core/error-log';
import { messageOf, VitrineError } from '../core/errors';
import { writeFile } from '../core/write-file';
import { NoOutputError } from './output-watch';

/** `file` is absolute. Throws where it cannot be written. */
export function writeReport(file: string, report: unknown): void {
  writeFile(file, `${JSON.stringify(report, undefined, 2)}\n`);
}

/**
 * Writes the report of a run that failed; `now` gives the report of the run so far, where there is one. Throws nothing: the caller throws the error
 * that ended the run.
 */
export function writeFailedReport(
  file: string,
  now: (() => Record<string, unknown>) | undefined,
  cause: unknown,
): void {
  try {
    writeReport(file, now === undefined ? failedReport(cause) : withError(now(), cause));
  } catch {
    // No room, or parts that are closed already.
  }
}

/** A report with the error that ended the run, where that is not in it. */
function withError(report: Record<string, unknown>, cause: unknown): Record<string, unknown> {
  const errors = report['errors'] as readonly ReportedError[];
  const last = reportedError(cause);
  const isKnown = errors.some(({ code, message }) => code === last.code && message === last.message);
  return isKnown ? report : { ...report, errors: [...errors, last] };
}

function reportedError(cause: unknown): ReportedError {
  const code = cause instanceof VitrineError ? cause.code : 'VITRINE_E_INTERNAL';
  const plugin = (cause instanceof VitrineError ? cause.plugin : undefined) ?? 'runtime';
  return { code, plugin, message: messageOf(cause), count: 1 };
}

/** The report of a run that ended before it showed anything: why, and which outputs were tried. */
function failedReport(cause: unknown): Record<string, unknown> {
  const attempts = cause instanceof NoOutputError ? cause.attempts : [];
  return {
    version: 1,
    output: null,
    renderer: null,
    attempts,
    startToFirstFrameMs: null,
    durationMs: 0,
    errors: [reportedError(cause)],
  };
}
