/** How long before its time a frame is begun. */
import { Lead } from '../../../runtime/render/lead';
import { Pacer } from '../../../runtime/render/pacer';

const PERIOD_MS = 20;

it('is as long as the longest frame of late, at most half a period, and shrinks slowly', () => {
  const lead = new Lead();
  expect(lead.ms).toBe(0);
  lead.took(4, PERIOD_MS);
  expect(lead.ms).toBe(4.5);
  lead.took(100, PERIOD_MS);
  expect(lead.ms).toBe(10);
  lead.took(1, PERIOD_MS);
  expect(lead.ms).toBeCloseTo(9.9);
  for (let frame = 0; frame < 500; frame += 1) lead.took(1, PERIOD_MS);
  expect(lead.ms).toBe(1.5);
  lead.forget();
  expect(lead.ms).toBe(0);
});

it('does not wait for a time that has come, nor for one that is far', () => {
  const lead = new Lead();
  lead.took(5, PERIOD_MS);
  expect(lead.waitUntil(100, 101)).toBe(101);
  expect(lead.waitUntil(0, 101)).toBe(101);
  expect(lead.waitUntil(200, 101)).toBe(101);
});

describe('the slot that is planned for', () => {
  const pacer = (): Pacer => {
    const made = new Pacer({ originMs: 0, periodMs: PERIOD_MS });
    made.take(0);
    return made;
  };

  it('is the next one where a frame is due in it and it is near', () => {
    const moving = pacer();
    moving.next(1);
    expect(moving.isDrawn(moving.planFor(14, 5))).toBe(true);
    expect(moving.isDrawn(moving.planFor(16, 5))).toBe(false);
    expect(moving.take(moving.planFor(16, 5))).toBe(0);
    expect(moving.takenDueMs).toBe(PERIOD_MS);
  });

  it('is never the one after it: a frame that is begun late is late, not left out', () => {
    const moving = pacer();
    moving.next(1);
    expect(moving.take(moving.planFor(38, 5))).toBe(0);
    expect(moving.takenDueMs).toBe(PERIOD_MS);
    moving.next(21);
    expect(moving.take(moving.planFor(65, 5))).toBe(1);
  });

  it('is the due one also where only every second slot has a frame', () => {
    const film = pacer();
    film.next(PERIOD_MS + 1);
    expect(film.isDrawn(film.planFor(16, 5))).toBe(true);
    expect(film.take(film.planFor(36, 5))).toBe(0);
    expect(film.takenDueMs).toBe(2 * PERIOD_MS);
  });

  it('is the one it is where nothing moves', () => {
    const still = pacer();
    still.next(Infinity);
    expect(still.planFor(16, 5)).toBe(16);
  });
});
