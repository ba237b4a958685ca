/** The cursor walks the cuelist in the order its loop says. */
import fc from 'fast-check';
import { advance, back, cueIndex, goTo, startCursor, type Cursor, type Loop } from '../../../runtime/show/cursor';

const loops = fc.constantFrom<Loop>('once', 'forever', 'ping-pong');
const counts = fc.integer({ min: 1, max: 12 });

/** Indices of the first `steps` cues. */
function walk(loop: Loop, count: number, steps: number): number[] {
  const seen: number[] = [];
  let cursor: Cursor | undefined = startCursor(loop, count);
  while (cursor !== undefined && seen.length < steps) {
    seen.push(cueIndex(cursor));
    cursor = advance(cursor);
  }
  return seen;
}

describe('the cue cursor', () => {
  it('ends after the last cue, begins anew, or turns round', () => {
    expect(walk('once', 3, 8)).toEqual([0, 1, 2]);
    expect(walk('forever', 3, 8)).toEqual([0, 1, 2, 0, 1, 2, 0, 1]);
    expect(walk('ping-pong', 3, 8)).toEqual([0, 1, 2, 1, 0, 1, 2, 1]);
    expect(walk('ping-pong', 2, 4)).toEqual([0, 1, 0, 1]);
  });

  it('plays a single cue once, or over and over', () => {
    expect(walk('once', 1, 3)).toEqual([0]);
    expect(walk('forever', 1, 3)).toEqual([0, 0, 0]);
    expect(walk('ping-pong', 1, 3)).toEqual([0, 0, 0]);
  });

  it('moves by one cue at a time in ping-pong, and visits every cue in each pass', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 12 }), (count) => {
        const seen = walk('ping-pong', count, 4 * count);
        for (const [at, index] of seen.slice(1).entries()) expect(Math.abs(index - seen[at]!)).toBe(1);
        expect(new Set(seen.slice(0, count)).size).toBe(count);
        expect(new Set(seen.slice(count - 1, 2 * count - 1)).size).toBe(count);
      }),
    );
  });

  it('comes back to where it came from', () => {
    fc.assert(
      fc.property(loops, counts, fc.nat(40), (loop, count, steps) => {
        let cursor = startCursor(loop, count);
        for (let step = 0; step < steps; step += 1) {
          const next = advance(cursor);
          if (next === undefined) break;
          expect(back(next)).toEqual(cursor);
          cursor = next;
        }
      }),
    );
  });

  it('stays on the first cue of a list that plays once, and wraps in one that goes on', () => {
    expect(cueIndex(back(startCursor('once', 3)))).toBe(0);
    expect(cueIndex(back(startCursor('forever', 3)))).toBe(2);
  });

  it('always stands on a cue, whatever is asked of it', () => {
    const moves = fc.array(fc.oneof(fc.constantFrom('advance', 'back'), fc.integer({ min: -2, max: 14 })));
    fc.assert(
      fc.property(loops, counts, moves, (loop, count, asked) => {
        let cursor = startCursor(loop, count);
        for (const move of asked) {
          if (move === 'advance') cursor = advance(cursor) ?? cursor;
          else if (move === 'back') cursor = back(cursor);
          else cursor = goTo(cursor, [], move) ?? cursor;
          expect(cueIndex(cursor)).toBeGreaterThanOrEqual(0);
          expect(cueIndex(cursor)).toBeLessThan(count);
        }
      }),
    );
  });
});

describe('going to a cue', () => {
  const cursor = startCursor('ping-pong', 3);
  const names = ['morning', 'noon', '1'];
  const indexOf = (target: string | number): number | undefined => {
    const there = goTo(cursor, names, target);
    return there && cueIndex(there);
  };

  it('takes a name or a number from 1; names go first', () => {
    expect(indexOf('noon')).toBe(1);
    expect(indexOf('2')).toBe(1);
    expect(indexOf(3)).toBe(2);
    expect(indexOf('1')).toBe(2);
  });

  it('goes on forwards from there, in the same loop', () => {
    const onItsWayBack = advance(advance(advance(cursor)!)!)!;
    expect(cueIndex(onItsWayBack)).toBe(1);
    expect(cueIndex(advance(goTo(onItsWayBack, names, 'noon')!)!)).toBe(2);
    expect(cueIndex(advance(goTo(onItsWayBack, names, 3)!)!)).toBe(1);
  });

  it('knows no cue of another name or number', () => {
    for (const target of ['night', '', '0', '4', '-1', '1.5', 0, 4, NaN]) expect(indexOf(target)).toBeUndefined();
  });
});
