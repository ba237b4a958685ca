import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandIo } from '../../runtime/cli/command';
import { run } from '../../runtime/cli/run';
import { openScope, openScopes, type Scope } from '../../runtime/core/scope';
import { holdings, settledHoldings } from '../support/leftovers';
import { makeSmallShow, type SmallShow } from '../support/small-show';

let mockStop: AbortController;
jest.mock('../../runtime/core/signals', () => ({ takeSignals: () => mockStop.signal, onHangup: () => () => {} }));

/** Acts of every scope: whatever is acquired or checked passes here. */
const acts = ['defer', 'child', 'check'] as const;

/** Aborts once scopes have been used so many times; returns how often they were. */
function stopAtAct(number: number): { readonly count: number; restore(): void } {
  const probe = openScope('probe');
  const prototype = Object.getPrototypeOf(probe) as Scope;
  void probe.close(1);
  const seen = { count: 0, restore: () => undefined as void };
  const originals = acts.map((act) => [act, prototype[act]] as const);
  for (const [act, original] of originals) {
    Object.defineProperty(prototype, act, {
      configurable: true,
      writable: true,
      value(this: Scope, ...args: unknown[]) {
        seen.count += 1;
        const result = (original as (...all: unknown[]) => unknown).apply(this, args);
        if (seen.count === number) mockStop.abort(new DOMException('SIGTERM received', 'AbortError'));
        return result;
      },
    });
  }
  seen.restore = () => {
    for (const [act, value] of originals)
      Object.defineProperty(prototype, act, { configurable: true, writable: true, value });
  };
  return seen;
}

describe('a show that is told to stop while it starts', () => {
  let show: SmallShow;
  let said: string;
  beforeAll(async () => (show = await makeSmallShow()));
  afterAll(() => rmSync(show.folder, { recursive: true }));

  /** Runs the program in this process until it is over; resolves with its exit code. */
  const play = (): Promise<number> => {
    said = '';
    const tell = (text: string): void => void (said += text);
    const io: CommandIo = { stdout: tell, stderr: tell, env: {}, cwd: show.folder };
    const set = [`control.socket=${join(show.folder, 'control.sock')}`, 'telemetry.http=127.0.0.1:0'];
    return run(io, {
      show: show.file,
      config: [],
      set,
      args: {},
      display: 'offscreen',
      size: '64x36',
      untimed: false,
      durationMs: 50,
    });
  };
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

  it('ends with exit code 0 and leaves nothing behind, at whatever stage it was', async () => {
    mockStop = new AbortController();
    const whole = stopAtAct(Infinity);
    expect(await play()).toBe(0);
    whole.restore();
    expect(whole.count).toBeGreaterThan(8);
    const before = { ...(await settledHoldings({ threads: 0, files: 0, maps: 0, segments: 0 }, 15)), timers: timers() };
    for (let number = 1; number <= whole.count; number += 1) {
      mockStop = new AbortController();
      const watch = stopAtAct(number);
      const code = await play().finally(() => watch.restore());
      expect([number, code, said.match(/.*(not given back|VITRINE_E).*/g)]).toEqual([number, 0, null]);
      expect([number, openScopes()]).toEqual([number, []]);
    }
    const after = await settledHoldings(before);
    expect(after.threads).toBeLessThanOrEqual(before.threads);
    expect(after.files).toBeLessThanOrEqual(before.files);
    expect(holdings().segments).toBe(0);
    for (let looks = 50; looks > 0 && timers() > before.timers; looks -= 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(timers()).toBeLessThanOrEqual(before.timers);
  }, 60_000);
});
