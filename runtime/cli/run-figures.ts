/** How a run reports on itself: the report so far, the answer to `vitrine status`, the status line, the events in the log. */
import type { Runtime } from '../compose';
import { monotonicMs } from '../core/clock';
import type { Emitter } from '../core/events';
import type { PeakMemory } from '../hardware/peak-memory';
import { peakTreeBytes, processFigures } from '../hardware/process-tree';
import type { Tuning } from '../options/tune';
import type { RenderStats } from '../render/stats';
import { runReport } from '../session/report';
import type { SessionEvents } from '../session/session-events';
import type { createLog } from './logging';
import type { Settings } from './settings';
import { clockText } from './status-line';

const LOGGED = [
  'cue-start',
  'scene',
  'late-picture',
  'sound-silent',
  'sound-output',
  'reload',
  'output-opened',
  'output-lost',
  'display',
] as const;

export function logEvents(events: Emitter<SessionEvents>, log: ReturnType<typeof createLog>): void {
  for (const name of LOGGED) events.on(name, (event) => log.info(name, { ...event }));
}

export interface ReportSources {
  readonly runtime: Runtime;
  readonly settings: Settings;
  readonly tuning: Tuning;
  readonly stats: RenderStats;
  readonly memory: PeakMemory;
}

/** Gives the act that puts together the report of the run so far. */
export function reportOf({ runtime, settings, tuning, stats, memory }: ReportSources): () => Record<string, unknown> {
  return () =>
    runReport({
      profile: settings.profile.name,
      backend: runtime.backend.now,
      instance: runtime.instance,
      stats,
      memory: { budgetBytes: tuning.account.budgetBytes, plannedBytes: runtime.grant.plannedBytes },
      ledger: runtime.ledger,
      errors: runtime.errors,
      processStartMs: monotonicMs() - performance.now(),
      nowMs: monotonicMs(),
      peakRssBytes: peakTreeBytes(),
      peakPssBytes: memory.bytes,
      process: processFigures(),
      sections: runtime.plugins.report(),
    });
}

/** The answer to `vitrine status`. */
export function statusOfRun(
  { instance, plugins, sound }: Runtime,
  display: string,
  report: () => Record<string, unknown>,
): Record<string, unknown> {
  return {
    state: instance.paused ? 'paused' : 'playing',
    display,
    pid: process.pid,
    session: instance.sessionId,
    show: { name: instance.show?.name, file: instance.show?.file, hash: instance.show?.hash },
    ...instance.director?.now,
    sound: sound?.status(),
    plugins: plugins.states,
    gauges: plugins.gauges(),
    report: report(),
  };
}

/** One line for a terminal; `forMs`: since the show began. */
export function statusLineText(instance: Runtime['instance'], stats: RenderStats, forMs: number): string {
  const now = instance.director?.now;
  const counts = ['presented', 'dropped', 'late', 'black'] as const;
  return `${clockText(forMs)}  ${now?.cue ?? ''} › ${now?.scene ?? ''}  ${now?.file ?? ''}  ${counts.map((name) => `${name} ${stats.get(name)}`).join('  ')}`;
}
