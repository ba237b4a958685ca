/** Durations as people write them: `800ms`, `6s`, `5m`, `1h`. */

const UNITS_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** What a written duration matches, as a regular expression without flags. */
export const DURATION_PATTERN = '^(\\d+(?:\\.\\d+)?)(ms|s|m|h)$';

const DURATION = new RegExp(DURATION_PATTERN);

/** The duration in ms; undefined when it is not written as one. */
export function parseDurationMs(text: string): number | undefined {
  const [, amount, unit] = DURATION.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return undefined;
  return Number(amount) * UNITS_MS[unit as keyof typeof UNITS_MS];
}

/** The duration in the largest unit that makes a whole number of it: `90s`, `5m`. */
export function formatDurationMs(ms: number): string {
  for (const unit of ['h', 'm', 's'] as const) {
    if (ms >= UNITS_MS[unit] && ms % UNITS_MS[unit] === 0) return `${ms / UNITS_MS[unit]}${unit}`;
  }
  return `${ms}ms`;
}
