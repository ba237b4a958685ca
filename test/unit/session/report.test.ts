import { createErrorLog } from '../../../runtime/core/error-log';
import { openLedger } from '../../../runtime/core/ledger';
import { RenderStats } from '../../../runtime/render/stats';
import { runReport, type ReportParts } from '../../../runtime/session/report';

function partsOf(change: Partial<ReportParts> = {}): ReportParts {
  return {
    profile: 'headless',
    backend: {
      output: 'offscreen',
      renderer: 'cpu',
      driver: 'memory',
      panel: { widthPx: 1080, heightPx: 1920, turn: 90, refreshHz: 60 },
      attempts: [],
      frame: { widthPx: 1920, heightPx: 1080 },
    },
    instance: { reloads: { done: 1, refused: 2, black: 0 }, lateChanges: 3 } as unknown as ReportParts['instance'],
    stats: new RenderStats(),
    memory: { budgetBytes: 1000, plannedBytes: 900 },
    ledger: openLedger(1000),
    errors: createErrorLog(() => {}),
    processStartMs: 100,
    nowMs: 5000.06,
    peakRssBytes: 7,
    peakPssBytes: 6,
    process: {} as ReportParts['process'],
    sections: {},
    ...change,
  };
}

describe('the run report', () => {
  it('has the fields of its contract, and the panel upright', () => {
    const ledger = openLedger(1000);
    ledger.reserve('frames', 10);
    const report = runReport(partsOf({ ledger }));
    expect(report).toMatchObject({
      version: 1,
      profile: 'headless',
      output: 'offscreen',
      renderer: 'cpu',
      driver: 'memory',
      size: [1080, 1920],
      frames: {
        presented: 0,
        repeated: 0,
        dropped: 0,
        late: 0,
        black: 0,
        intervalMs: { p50: 0, p95: 0, p99: 0, max: 0 },
      },
      seams: { count: 0, missing: 0, repeated: 0, black: 0, worst: [] },
      memory: { budgetBytes: 1000, plannedBytes: 900, peakRssBytes: 7, peakPssBytes: 6, byOwner: { frames: 10 } },
      reloads: { done: 1, refused: 2, black: 0 },
      errors: [],
    });
    expect(report).not.toHaveProperty('images');
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it('counts its duration from the first picture, and says where there was none', () => {
    expect(runReport(partsOf())).toMatchObject({ startToFirstFrameMs: null, durationMs: 0 });
    const stats = new RenderStats();
    stats.set('firstContentAtMs', 350.04);
    expect(runReport(partsOf({ stats }))).toMatchObject({ startToFirstFrameMs: 250, durationMs: 4650 });
  });

  it('adds to the pictures what only the stage knows: what changes cost, and those that came late', () => {
    const stats = new RenderStats();
    stats.changes.record(1);
    const images = (lateDecodes: number) =>
      runReport(partsOf({ stats, sections: { images: { shown: 4, lateDecodes }, other: { x: 1 } } }));
    expect(images(0)).toMatchObject({
      images: { shown: 4, lateDecodes: 3, changeMs: { p50: 1, p99: 1, max: 1 } },
      other: { x: 1 },
    });
    expect(images(9)).toMatchObject({ images: { lateDecodes: 9 } });
  });
});
