import * as fc from 'fast-check';
import { isOpen, parseOpeningHours, untilChangeMs } from '../../../runtime/core/opening-hours';

const hours = (text: string) => parseOpeningHours(text)!;
/** Local time, as a person standing before the display reads it. 2026-11-16 is a Monday. */
const at = (day: number, time: string): Date => new Date(`2026-11-${day}T${time}:00`);
const MINUTE_MS = 60_000;

describe('opening hours', () => {
  it.each([
    ['mon-fri 08:00-20:00', at(16, '08:00'), true],
    ['mon-fri 08:00-20:00', at(16, '07:59'), false],
    ['mon-fri 08:00-20:00', at(16, '20:00'), false],
    ['mon-fri 08:00-20:00', at(21, '12:00'), false],
    ['Mon-Fri 8:00-20:00, Sat 10:00-18:00', at(21, '12:00'), true],
    ['08:00-12:00, 13:00-18:00', at(18, '12:30'), false],
    ['08:00-12:00, 13:00-18:00', at(22, '13:00'), true],
    ['fri-sat 18:00-02:00', at(21, '01:59'), true],
    ['fri-sat 18:00-02:00', at(22, '01:59'), true],
    ['fri-sat 18:00-02:00', at(22, '02:00'), false],
    ['sat-mon 00:00-24:00', at(22, '23:59'), true],
    ['sat-mon 00:00-24:00', at(17, '00:00'), false],
  ])('%s at %s: %s', (text, now, open) => {
    expect(isOpen(hours(text), now)).toBe(open);
  });

  it.each([
    '',
    'always',
    'mon',
    '8-20',
    'mon-fri',
    'mon-fri 25:00-26:00',
    'mon-fri 08:60-20:00',
    'noday 08:00-20:00',
    '24:00-02:00',
    '08:00-20:00;',
  ])('does not take %j', (text) => expect(parseOpeningHours(text)).toBeUndefined());

  it('knows when they change next, and that they never do', () => {
    expect(untilChangeMs(hours('mon-fri 08:00-20:00'), at(16, '07:30'))).toBe(30 * MINUTE_MS);
    expect(untilChangeMs(hours('mon-fri 08:00-20:00'), at(20, '20:00'))).toBe((2 * 24 + 12) * 60 * MINUTE_MS);
    expect(untilChangeMs(hours('08:00-12:00, 12:00-18:00'), at(18, '11:00'))).toBe(7 * 60 * MINUTE_MS);
    expect(untilChangeMs(hours('00:00-24:00'), at(18, '11:00'))).toBe(Infinity);
  });

  it('is the same until the change and other after it', () => {
    const time = fc.integer({ min: 0, max: 24 * 4 - 1 }).map((quarter) => {
      const hour = String(Math.floor(quarter / 4)).padStart(2, '0');
      return `${hour}:${String((quarter % 4) * 15).padStart(2, '0')}`;
    });
    const day = fc.constantFrom('sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat');
    const part = fc.tuple(day, day, time, time).map(([first, last, from, to]) => `${first}-${last} ${from}-${to}`);
    const anyHours = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => hours(parts.join(', ')));
    fc.assert(
      fc.property(anyHours, fc.integer({ min: 0, max: 60 * 24 * 400 }), (open, minutes) => {
        const now = new Date(Date.UTC(2026, 0, 1) + minutes * MINUTE_MS);
        const ms = untilChangeMs(open, now);
        if (ms === Infinity) return;
        expect(isOpen(open, new Date(now.getTime() + ms))).not.toBe(isOpen(open, now));
        expect(isOpen(open, new Date(now.getTime() + ms - 1))).toBe(isOpen(open, now));
        expect(isOpen(open, new Date(now.getTime() + ms / 2))).toBe(isOpen(open, now));
      }),
    );
  });
});
