import { Interrupt } from '../../../runtime/session/interrupt';

const never = new AbortController().signal;

describe('an interrupt', () => {
  it('wakes the one that waits, and hands the wish over once', () => {
    const wishes = new Interrupt<string>();
    const watch = wishes.watch(never);
    expect(watch.signal.aborted).toBe(false);
    wishes.raise('next');
    expect(watch.signal.aborted).toBe(true);
    watch.release();
    expect([wishes.take(), wishes.take()]).toEqual(['next', undefined]);
  });

  it('keeps a wish for the next one that waits', () => {
    const wishes = new Interrupt<string>();
    wishes.raise('a');
    wishes.raise('b');
    const watch = wishes.watch(never);
    expect(watch.signal.aborted).toBe(true);
    expect(wishes.take()).toBe('b');
    expect(wishes.watch(never).signal.aborted).toBe(false);
  });

  it('keeps a wish that nobody has taken yet through several waits', () => {
    const wishes = new Interrupt<string>();
    wishes.raise('a');
    wishes.watch(never).release();
    expect(wishes.watch(never).signal.aborted).toBe(true);
  });

  it('passes on that the outer signal aborted, with its reason', () => {
    const outer = new AbortController();
    const wishes = new Interrupt<string>();
    const watch = wishes.watch(outer.signal);
    const reason = new Error('the show ends');
    outer.abort(reason);
    expect(watch.signal.reason).toBe(reason);
    expect(wishes.take()).toBeUndefined();
    expect(wishes.watch(outer.signal).signal.aborted).toBe(true);
  });

  it('listens no more once the wait is over', () => {
    const outer = new AbortController();
    const wishes = new Interrupt<string>();
    const watch = wishes.watch(outer.signal);
    watch.release();
    outer.abort();
    wishes.raise('a');
    expect(watch.signal.aborted).toBe(false);
  });
});
