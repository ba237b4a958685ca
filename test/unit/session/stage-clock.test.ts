import type { Clock } from '../../../runtime/core/clock';
import { openTimedClock, openUntimedClock } from '../../../runtime/session/stage-clock';
import type { StageCommand } from '../../../runtime/stage/commands';

const never = new AbortController().signal;
/** Lets everything that can run now run. */
const settle = () => new Promise(setImmediate);

/** A clock that goes when it is told to. */
function handClock() {
  let nowMs = 0;
  let sleepers: { atMs: number; wake: () => void }[] = [];
  const clock: Clock = {
    nowMs: () => nowMs,
    sleepUntil: (atMs, signal) =>
      new Promise((resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        if (atMs <= nowMs) resolve();
        else sleepers.push({ atMs, wake: resolve });
      }),
  };
  const goTo = async (atMs: number): Promise<void> => {
    nowMs = atMs;
    const due = sleepers.filter((sleeper) => sleeper.atMs <= atMs);
    sleepers = sleepers.filter((sleeper) => sleeper.atMs > atMs);
    for (const { wake } of due) wake();
    await settle();
  };
  return { clock, goTo };
}

describe('stage time that follows the clock', () => {
  const open = () => {
    const sent: StageCommand[] = [];
    const hand = handClock();
    return { ...hand, sent, stage: openTimedClock(hand.clock, (command) => sent.push(command)) };
  };
  const woken = (sleep: Promise<void>): { done: boolean } => {
    const state = { done: false };
    void sleep.then(() => (state.done = true));
    return state;
  };

  it('does not count pauses, and tells the render thread of them once', async () => {
    const { stage, goTo, sent } = open();
    await goTo(100);
    stage.pause();
    stage.pause();
    await goTo(350);
    expect([stage.nowMs(), stage.paused]).toEqual([100, true]);
    stage.resume();
    stage.resume();
    await goTo(360);
    expect([stage.nowMs(), stage.paused]).toEqual([110, false]);
    expect(sent).toEqual([
      { op: 'pause', atMs: 100 },
      { op: 'resume', atMs: 350 },
    ]);
  });

  it('keeps sleepers asleep over pauses, for exactly that much longer', async () => {
    const { stage, goTo } = open();
    const sleeper = woken(stage.sleepUntil(200, never));
    await goTo(150);
    stage.pause();
    await goTo(900);
    expect(sleeper.done).toBe(false);
    stage.resume();
    await goTo(949);
    expect(sleeper.done).toBe(false);
    await goTo(950);
    expect(sleeper.done).toBe(true);
  });

  it('does not wake anybody whose instant comes while it is paused', async () => {
    const { stage, goTo } = open();
    await goTo(10);
    stage.pause();
    const sleeper = woken(stage.sleepUntil(5, never));
    await goTo(20);
    expect(sleeper.done).toBe(false);
    stage.resume();
    await settle();
    expect(sleeper.done).toBe(true);
  });

  it('wakes a sleeper that is told to, asleep or paused', async () => {
    for (const paused of [false, true]) {
      const { stage } = open();
      if (paused) stage.pause();
      const stop = new AbortController();
      const sleep = stage.sleepUntil(1e6, stop.signal);
      stop.abort(new Error('enough'));
      await expect(sleep).rejects.toThrow('enough');
    }
  });
});

describe('stage time that the frames push on', () => {
  const open = () => {
    const horizons: number[] = [];
    const others: string[] = [];
    const stage = openUntimedClock((command) =>
      command.op === 'horizon' ? horizons.push(command.untilMs) : others.push(command.op),
    );
    return { stage, horizons, others };
  };

  it('may run to the earliest sleeper once everybody who plans ahead sleeps', async () => {
    const { stage, horizons } = open();
    stage.join();
    stage.join();
    const woken: string[] = [];
    void stage.sleepUntil(100, never).then(() => woken.push('a'));
    expect(horizons).toEqual([]);
    void stage.sleepUntil(40, never).then(() => woken.push('b'));
    expect(horizons).toEqual([40]);
    stage.reached(40);
    await settle();
    expect([woken, stage.nowMs()]).toEqual([['b'], 40]);
    void stage.sleepUntil(70, never).then(() => woken.push('c'));
    expect(horizons).toEqual([40, 70]);
    stage.reached(70);
    await settle();
    void stage.sleepUntil(100, never).then(() => woken.push('d'));
    stage.reached(100);
    await settle();
    expect(woken).toEqual(['b', 'c', 'a', 'd']);
    expect(horizons).toEqual([40, 70, 100]);
  });

  it('waits for somebody who works, and no longer for somebody who left', async () => {
    const { stage, horizons } = open();
    stage.join();
    const leave = stage.join();
    void stage.sleepUntil(30, never);
    expect(horizons).toEqual([]);
    leave();
    leave();
    expect(horizons).toEqual([30]);
  });

  it('plans anew when a sleeper is woken early', async () => {
    const { stage, horizons } = open();
    stage.join();
    const stop = new AbortController();
    const sleep = stage.sleepUntil(500, stop.signal);
    stop.abort(new Error('a wish'));
    await expect(sleep).rejects.toThrow('a wish');
    let woken = false;
    void stage.sleepUntil(20, never).then(() => (woken = true));
    expect(horizons).toEqual([500, 20]);
    // The frames may have gone on meanwhile.
    stage.reached(500);
    await settle();
    expect([woken, stage.nowMs()]).toEqual([true, 500]);
    await stage.sleepUntil(499, never);
  });

  it('never goes back, refuses to sleep for ever, and passes pauses on', async () => {
    const { stage, others } = open();
    stage.reached(50);
    stage.reached(30);
    expect(stage.nowMs()).toBe(50);
    await expect(stage.sleepUntil(Infinity, never)).rejects.toThrow(RangeError);
    await expect(stage.sleepUntil(60, AbortSignal.abort(new Error('over')))).rejects.toThrow('over');
    stage.pause();
    expect(stage.paused).toBe(true);
    stage.resume();
    expect([stage.paused, others]).toEqual([false, ['pause', 'resume']]);
  });
});
