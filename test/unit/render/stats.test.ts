import * as fc from 'fast-check';
import { Histogram, HISTOGRAM_WORDS } from '../../../runtime/render/histogram';
import { RenderStats } from '../../../runtime/render/stats';

describe('a histogram', () => {
  const STEP = 0.5;
  const histogramOf = (values: readonly number[]): Histogram => {
    const histogram = new Histogram(new Float64Array(HISTOGRAM_WORDS), STEP);
    for (const value of values) histogram.record(value);
    return histogram;
  };

  it('gives percentiles exact to half a step', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { minLength: 1 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (values, q) => {
          const sorted = [...values].sort((a, b) => a - b);
          const exact = sorted[Math.ceil(values.length * q) - 1]!;
          expect(Math.abs(histogramOf(values).percentile(q) - exact)).toBeLessThanOrEqual(STEP / 2 + 1e-9);
        },
      ),
    );
  });

  it('keeps the maximum of values beyond its range', () => {
    const histogram = histogramOf([1, 2, 99_999]);
    expect(histogram.summary()).toMatchObject({ p50: 2.25, max: 99_999 });
    expect(histogram.count).toBe(3);
  });

  it('is zero when nothing was recorded', () => {
    expect(histogramOf([]).summary()).toEqual({ p50: 0, p95: 0, p99: 0, max: 0 });
  });
});

describe('the counters', () => {
  it('are seen through the shared buffer by another reader', () => {
    const writer = new RenderStats();
    const reader = new RenderStats(writer.buffer);
    writer.add('presented', 2);
    writer.set('stageNowMs', 12.5);
    writer.intervals.record(16);
    writer.changes.record(1);
    expect([reader.get('presented'), reader.get('stageNowMs'), reader.get('repeated')]).toEqual([2, 12.5, 0]);
    expect([reader.intervals.count, reader.changes.count]).toEqual([1, 1]);
  });

  it('list the seams that cost most, worst first', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 1000 }), { maxLength: 30 }), (costs) => {
        const stats = new RenderStats();
        costs.forEach((cost, at) => stats.recordSeam(at, cost, 0, 0));
        const worst = [...costs].sort((a, b) => b - a).slice(0, 8);
        expect(stats.worstSeams()).toEqual(
          worst.map((missing) => ({ atMs: costs.indexOf(missing), missing, repeated: 0, black: 0 })),
        );
      }),
    );
  });
});
