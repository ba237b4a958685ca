/** The run report: what was shown and what it cost, put together from the counters. */
import type { ErrorLog } from '../core/error-log';
import type { MemoryLedger } from '../core/ledger';
import type { RenderStats } from '../render/stats';
import type { Instance } from './instance';
import type { ProcessFigures } from '../hardware/process-tree';
import type { OpenBackend } from './backend';

export interface ReportParts {
  readonly profile: string;
  readonly backend: OpenBackend;
  readonly instance: Instance;
  readonly stats: RenderStats;
  readonly memory: { readonly budgetBytes: number; readonly plannedBytes: number };
  readonly ledger: MemoryLedger;
  readonly errors: ErrorLog;
  /** Monotonic ms at which the process started. */
  readonly processStartMs: number;
  readonly nowMs: number;
  readonly peakRssBytes: number;
  /** The greatest sum of PSS that was seen. */
  readonly peakPssBytes: number;
  readonly process: ProcessFigures;
  /** Sections of the plugins. */
  readonly sections: Readonly<Record<string, unknown>>;
}

/** The report as plain data; its fields are those of the contract. */
export function runReport(parts: ReportParts): Record<string, unknown> {
  const { backend, stats, instance, memory } = parts;
  const firstAtMs = stats.get('firstContentAtMs');
  const round = (ms: number): number => Math.round(ms * 10) / 10;
  const { images, ...others } = parts.sections as { images?: Record<string, unknown> };
  return {
    version: 1,
    profile: parts.profile,
    output: backend.output,
    renderer: backend.renderer,
    driver: backend.driver,
    size: [backend.panel.widthPx, backend.panel.heightPx],
    refreshHz: backend.panel.refreshHz,
    attempts: backend.attempts,
    startToFirstFrameMs: firstAtMs === 0 ? null : round(firstAtMs - parts.processStartMs),
    durationMs: firstAtMs === 0 ? 0 : round(parts.nowMs - firstAtMs),
    frames: {
      presented: stats.get('presented'),
      repeated: stats.get('repeated'),
      dropped: stats.get('dropped'),
      late: stats.get('late'),
      black: stats.get('black'),
      intervalMs: stats.intervals.summary(),
      composeMs: round(stats.get('composeMs')),
      presentMs: round(stats.get('presentMs')),
    },
    seams: {
      count: stats.get('seams'),
      missing: stats.get('seamMissing'),
      repeated: stats.get('seamRepeated'),
      black: stats.get('seamBlack'),
      worst: stats.worstSeams(),
    },
    ...(images === undefined ? {} : { images: imagesSection(images, stats, instance) }),
    ...others,
    memory: {
      budgetBytes: memory.budgetBytes,
      plannedBytes: memory.plannedBytes,
      peakRssBytes: parts.peakRssBytes,
      peakPssBytes: parts.peakPssBytes,
      byOwner: parts.ledger.byOwner(),
    },
    process: parts.process,
    reloads: { ...instance.reloads },
    errors: parts.errors.list(),
  };
}

function imagesSection(
  images: Record<string, unknown>,
  stats: RenderStats,
  instance: Instance,
): Record<string, unknown> {
  const { p50, p99, max } = stats.changes.summary();
  const late = Number(images['lateDecodes'] ?? 0);
  // A decode that was begun in time and was not over in time is late as well.
  return { ...images, lateDecodes: Math.max(late, instance.lateChanges), changeMs: { p50, p99, max } };
}
