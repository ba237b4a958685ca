/** Budgets of decoded sound: who may be decoded, who waits, who is streamed. */
import { RoleBudgets } from '../../../plugins/audio/clips/budget';

describe('budgets of decoded sound', () => {
  const limits = { voice: 10_000, background: 10_000, effect: 5000, clips: 0 };
  let budgets: RoleBudgets;
  beforeEach(() => (budgets = new RoleBudgets((role) => limits[role])));
  const [a, b, c] = [{}, {}, {}];

  it('stream what is longer than all of the role', () => {
    expect(budgets.reserve(a, 'voice', 10_001, 0)).toBe('stream');
    expect(budgets.reserve(a, 'effect', 6000, 0)).toBe('stream');
    expect(budgets.reserve(a, 'clips', 1, 0)).toBe('stream');
    expect(budgets.reserve(a, 'voice', 10_000, 0)).toBe('granted');
  });

  it('put off what has no room now, until enough has been played', () => {
    expect(budgets.reserve(a, 'voice', 8000, 0)).toBe('granted');
    expect(budgets.reserve(b, 'voice', 5000, 0)).toBe('deferred');
    expect(budgets.reserve(b, 'background', 5000, 0)).toBe('granted');
    budgets.plays(a, 1000);
    expect(budgets.reserve(c, 'voice', 5000, 3999)).toBe('deferred');
    expect(budgets.reserve(c, 'voice', 5000, 4000)).toBe('granted');
    // Long over: it takes nothing, and not less.
    expect(budgets.freeMs('voice', 1e9)).toBe(5000);
  });

  it('are given back', () => {
    budgets.reserve(a, 'voice', 8000, 0);
    expect(budgets.reserve(a, 'voice', 8000, 0)).toBe('granted');
    budgets.release(a);
    expect(budgets.freeMs('voice', 0)).toBe(10_000);
  });
});
