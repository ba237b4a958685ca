import * as fc from 'fast-check';
import { StageState } from '../../../runtime/render/stage-state';
import { createStageTime, TimedTime, UntimedTime } from '../../../runtime/render/stage-time';
import { constant, ramp } from '../../../runtime/stage/envelope';
import { card } from '../../support/render-rig';

const ref = { slot: 0, generation: 1, widthPx: 1, heightPx: 1 };

describe('timed stage time', () => {
  it('goes as the clock does, without its pauses', () => {
    const parts = fc.array(fc.record({ playMs: fc.nat(5000), pauseMs: fc.nat(5000), again: fc.boolean() }), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(fc.nat(1e6), parts, (startMs, acts) => {
        const time = new TimedTime();
        let clockMs = startMs;
        let stageMs = startMs;
        for (const { playMs, pauseMs, again } of acts) {
          clockMs += playMs;
          stageMs += playMs;
          expect(time.at(clockMs)).toBeCloseTo(stageMs, 6);
          time.pause(clockMs);
          if (again) time.pause(clockMs + pauseMs / 2);
          expect(time.isPaused).toBe(true);
          expect(time.at(clockMs + pauseMs)).toBeCloseTo(stageMs, 6);
          clockMs += pauseMs;
          time.resume(clockMs);
          if (again) time.resume(clockMs + 1);
        }
        expect(time.isPaused).toBe(false);
        expect(time.at(clockMs)).toBeCloseTo(stageMs, 6);
      }),
    );
  });
});

describe('untimed stage time', () => {
  const PERIOD = 10;
  const fading = (fromMs: number, untilMs: number): StageState => {
    const stage = new StageState();
    stage.apply({ op: 'add', layer: card(1, ref, { opacity: ramp(fromMs, 0, untilMs, 1) }) });
    return stage;
  };

  it('steps from frame to frame through a motion and over a still in one', () => {
    const time = new UntimedTime();
    time.setHorizon(1000);
    const stage = fading(300, 330);
    const drawn: (number | undefined)[] = [];
    for (let frame = 0; frame < 6; frame += 1) drawn.push(time.advance(stage, PERIOD));
    expect(drawn).toEqual([0, 300, 310, 320, 330, undefined]);
    expect(time.nowMs).toBe(1000);
  });

  it('never passes the horizon, and tells of each one it reached once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 10 }),
        fc.nat(200),
        fc.nat(400),
        (stretches, from, length) => {
          const time = new UntimedTime();
          const stage = fading(from, from + length);
          expect(time.announceHorizon()).toBe(false);
          let horizonMs = 0;
          let lastMs = -1;
          for (const stretch of stretches) {
            horizonMs += stretch;
            time.setHorizon(horizonMs);
            for (let atMs = time.advance(stage, PERIOD); atMs !== undefined; atMs = time.advance(stage, PERIOD)) {
              expect(atMs).toBeLessThanOrEqual(horizonMs);
              expect(atMs).toBeGreaterThan(lastMs);
              lastMs = atMs;
            }
            expect(time.nowMs).toBe(horizonMs);
            expect([time.announceHorizon(), time.announceHorizon()]).toEqual([true, false]);
          }
        },
      ),
    );
  });

  it('stands still while it is paused', () => {
    const time = createStageTime(true) as UntimedTime;
    time.setHorizon(100);
    time.pause();
    expect(time.advance(fading(0, 100), PERIOD)).toBeUndefined();
    expect(time.announceHorizon()).toBe(false);
    time.resume();
    expect(time.advance(fading(0, 100), PERIOD)).toBe(0);
  });

  it('draws the first frame even of an empty stage', () => {
    expect(new UntimedTime().advance(new StageState(), PERIOD)).toBe(0);
  });

  it('does not step where a value only seems to move', () => {
    const time = new UntimedTime();
    time.setHorizon(100);
    const stage = new StageState();
    stage.apply({ op: 'add', layer: card(1, ref, { opacity: ramp(10, 1, 90, 1), offsetX: constant(0) }) });
    expect([time.advance(stage, PERIOD), time.advance(stage, PERIOD)]).toEqual([0, undefined]);
  });
});
