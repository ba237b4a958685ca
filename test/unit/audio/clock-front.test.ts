/** The clock front: an even clock of one that goes in blocks. */
import { ClockFront } from '../../../plugins/audio/output/clock-front';

const BLOCK_MS = 21;
let machineMs: number;
/** The card stood still for so long in all. */
let stoodMs: number;
let front: ClockFront;
beforeEach(() => {
  [machineMs, stoodMs] = [5000, 0];
  const rendered = (): number => BLOCK_MS * Math.floor((machineMs - stoodMs) / BLOCK_MS);
  front = new ClockFront(rendered, () => machineMs);
});

/** Asks for a while, as often as voices are looked after; gives how far it was off at worst. */
function worstOff(forMs: number, everyMs = 200): number {
  let worst = 0;
  for (const endMs = machineMs + forMs; machineMs < endMs; machineMs += everyMs)
    worst = Math.max(worst, Math.abs(front.nowMs() - (machineMs - stoodMs)));
  return worst;
}

it('goes evenly between the blocks', () => {
  worstOff(1000);
  expect(worstOff(10_000)).toBeLessThan(BLOCK_MS / 2);
});

it('follows a card that has stood still within two seconds', () => {
  worstOff(3000);
  stoodMs = 60;
  worstOff(2200);
  expect(worstOff(5000)).toBeLessThan(BLOCK_MS / 2);
});

it('does not lag where it was not asked for a long time', () => {
  worstOff(3000);
  machineMs += 60_000;
  stoodMs = 500;
  expect(worstOff(100)).toBeLessThan(BLOCK_MS);
});
