/** Opening hours: when a display is on, by the wall clock of where it stands. Pure; local time is the system's. */

/** Minutes from midnight; `toMinute` may lie in the next day. */
interface Span {
  /** 0 is Sunday, as of `Date`. */
  readonly day: number;
  readonly fromMinute: number;
  readonly toMinute: number;
}

export type OpeningHours = readonly Span[];

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const DAY_MINUTES = 24 * 60;
const PART = /^(?:(?<first>[a-z]{3})(?:-(?<last>[a-z]{3}))?\s+)?(?<from>\d{1,2}:\d{2})-(?<to>\d{1,2}:\d{2})$/;

/**
 * `mon-fri 08:00-20:00, sat 10:00-18:00`; without days, of every day; an end that is not after its begin lies in the next day.
 * Undefined for anything else.
 */
export function parseOpeningHours(text: string): OpeningHours | undefined {
  const spans: Span[] = [];
  for (const part of text.toLowerCase().split(',')) {
    const { first, last = first, from, to } = PART.exec(part.trim())?.groups ?? {};
    const [fromMinute, toMinute] = [minuteOf(from), minuteOf(to)];
    if (fromMinute === undefined || toMinute === undefined || fromMinute >= DAY_MINUTES) return undefined;
    const days = first === undefined ? [0, 1, 2, 3, 4, 5, 6] : daysBetween(first, last!);
    if (days === undefined) return undefined;
    const end = toMinute > fromMinute ? toMinute : toMinute + DAY_MINUTES;
    for (const day of days) spans.push({ day, fromMinute, toMinute: end });
  }
  return spans;
}

function minuteOf(time: string | undefined): number | undefined {
  if (time === undefined) return undefined;
  const [hours = NaN, minutes = NaN] = time.split(':').map(Number);
  const minute = hours * 60 + minutes;
  return minutes < 60 && minute <= DAY_MINUTES ? minute : undefined;
}

/** `fri-mon` goes over the end of the week. */
function daysBetween(first: string, last: string): number[] | undefined {
  const [from, to] = [first, last].map((name) => (DAYS as readonly string[]).indexOf(name)) as [number, number];
  if (from < 0 || to < 0) return undefined;
  const length = ((to - from + 7) % 7) + 1;
  return Array.from({ length }, (_, i) => (from + i) % 7);
}

/** The instant of a minute of the day of `date`, `dayOffset` days on. Through the calendar: not every day has 24 hours. */
function instant(date: Date, dayOffset: number, minute: number): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + dayOffset, 0, minute).getTime();
}

/** Begins and ends of the spans from yesterday to a week on. */
function occurrences(hours: OpeningHours, now: Date): { readonly fromMs: number; readonly toMs: number }[] {
  const found: { fromMs: number; toMs: number }[] = [];
  for (let offset = -1; offset <= 8; offset++) {
    const day = (now.getDay() + offset + 7) % 7;
    for (const span of hours) {
      if (span.day !== day) continue;
      found.push({ fromMs: instant(now, offset, span.fromMinute), toMs: instant(now, offset, span.toMinute) });
    }
  }
  return found;
}

export function isOpen(hours: OpeningHours, now: Date): boolean {
  return occurrences(hours, now).some(({ fromMs, toMs }) => fromMs <= now.getTime() && now.getTime() < toMs);
}

/** Milliseconds until it opens or closes next; Infinity where it never does. */
export function untilChangeMs(hours: OpeningHours, now: Date): number {
  const open = isOpen(hours, now);
  const borders = occurrences(hours, now)
    .flatMap(({ fromMs, toMs }) => [fromMs, toMs])
    .filter((ms) => ms > now.getTime())
    .sort((a, b) => a - b);
  const next = borders.find((ms) => isOpen(hours, new Date(ms)) !== open);
  return next === undefined ? Infinity : next - now.getTime();
}
