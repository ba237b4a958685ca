/** Durations as people write them: `800ms`, `6s`, `5m`, `1h`, `1m30s`. */

const UNITS_MS = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

const AMOUNT = '\\d+(?:\\.\\d+)?';

/** What a written duration matches, as a regular expression without flags: each unit at most once, the largest first. */
export const DURATION_PATTERN = `^(?=\\d)(?:(${AMOUNT})h)?(?:(${AMOUNT})m(?!s))?(?:(${AMOUNT})s)?(?:(${AMOUNT})ms)?$`;

const DURATION = new RegExp(DURATION_PATTERN);

/** The duration in ms; undefined when it is not written as one. */
export function parseDurationMs(text: string): number | undefined {
  const found = DURATION.exec(text);
  if (found === null) return undefined;
  return Object.values(UNITS_MS).reduce((sum, unitMs, at) => sum + Number(found[at + 1] ?? 0) * unitMs, 0);
}

/** The duration in the largest unit that makes a whole number of it: `90s`, `5m`. */
export function formatDurationMs(ms: number): string {
  for (const unit of ['h', 'm', 's'] as const) {
    if (ms >= UNITS_MS[unit] && ms % UNITS_MS[unit] === 0) return `${ms / UNITS_MS[unit]}${unit}`;
  }
  return `${ms}ms`;
}
