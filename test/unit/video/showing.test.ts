/** Which clips play to their end, which loop, and which are shown like pictures. */
import { howShown } from '../../../plugins/video/showing';
import { Patience } from '../../../plugins/video/patience';

it.each([
  [{ lengthMs: 40, rateHz: 25 }, true, 'still'],
  [{ lengthMs: 40, rateHz: 25 }, false, 'still'],
  [{ lengthMs: 120, rateHz: 25 }, true, 'loop'],
  [{ lengthMs: 499, rateHz: 1000 }, true, 'loop'],
  [{ lengthMs: 500, rateHz: 25 }, true, 'once'],
  [{ lengthMs: 10_000, rateHz: 0.1 }, true, 'once'],
  [{ lengthMs: 10_000, rateHz: 25 }, false, 'loop'],
  [{ rateHz: 25 }, true, 'once'],
] as const)('%j, in a scene that plays clips to their end: %s', (facts, playsOut, showing) => {
  expect(howShown(facts, playsOut, false)).toBe(showing);
  expect(howShown(facts, playsOut, true)).toBe(showing === 'once' ? 'rounds' : showing);
});

describe('the wait for a first frame', () => {
  it('is short, and longer for each clip that was given up', () => {
    const patience = new Patience();
    expect([0, 1, 2, 3, 9].map((givenUp) => patience.limitMs('/a', givenUp))).toEqual([750, 1500, 3000, 5000, 5000]);
  });

  it('is longer on a machine that is slow with every clip, until it is quick again', () => {
    const patience = new Patience();
    patience.took('/b', 600);
    expect(patience.limitMs('/a', 0)).toBe(1800);
    for (let clip = 0; clip < 5; clip += 1) patience.took('/b', 100);
    expect(patience.limitMs('/a', 0)).toBe(750);
  });

  it('is longer for a clip that is known to be slow', () => {
    const patience = new Patience();
    patience.took('/slow', 1200);
    for (let clip = 0; clip < 5; clip += 1) patience.took('/b', 100);
    expect([patience.limitMs('/slow', 0), patience.limitMs('/a', 0)]).toEqual([2400, 750]);
  });
});
