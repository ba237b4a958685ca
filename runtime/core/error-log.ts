/** The error log: counts reported errors by code, plugin and message, so that a report can list them bounded. */
import type { ErrorCode } from './errors';
import { token } from './token';

export interface ReportedError {
  readonly code: ErrorCode;
  readonly plugin: string;
  readonly message: string;
  readonly count: number;
}

/** Reports go here once, at the boundary that decides. */
export interface ErrorLog {
  report(code: ErrorCode, plugin: string, message: string, cause?: unknown): void;
  /** Calls `heard` at each report from now on, until the result is called. */
  listen(heard: (error: ReportedError) => void): () => void;
  /** Oldest first. */
  list(): readonly ReportedError[];
}

export const ERROR_LOG = token<ErrorLog>('error-log');

/** Different messages kept, some 100 KB; later ones are counted under the last line (a show runs for months). */
const LINES_KEPT = 500;
const FURTHER = `further errors than the ${LINES_KEPT} that are named; the log and vitrine watch name each`;

export function createErrorLog(onReport: (error: ReportedError, cause: unknown) => void): ErrorLog {
  const listeners = new Set<(error: ReportedError) => void>();
  const lines = new Map<string, { code: ErrorCode; plugin: string; message: string; count: number }>();
  return {
    report(code, plugin, message, cause) {
      let key = `${code}\n${plugin}\n${message}`;
      if (!lines.has(key) && lines.size >= LINES_KEPT) {
        key = 'more';
        if (!lines.has(key)) lines.set(key, { code, plugin: '', message: FURTHER, count: 0 });
      }
      const line = lines.get(key) ?? { code, plugin, message, count: 0 };
      line.count += 1;
      lines.set(key, line);
      const reported = { code, plugin, message, count: line.count };
      onReport(reported, cause);
      for (const heard of listeners) heard(reported);
    },
    listen(heard) {
      listeners.add(heard);
      return () => void listeners.delete(heard);
    },
    list: () => [...lines.values()],
  };
}
