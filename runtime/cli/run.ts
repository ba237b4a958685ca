/** `vitrine run`: plays a show until stopped or for a duration. */
import { resolve } from 'node:path';
import { systemClock } from '../core/clock';
import { boundAllocator } from '../core/allocator';
import { boundNursery } from '../core/heap';
import { formatIssue, messageOf } from '../core/errors';
import { packageFile } from '../core/paths';
import { mappedFiles } from '../core/program-pages';
import { openScope, type Scope } from '../core/scope';
import { onHangup, takeSignals } from '../core/signals';
import { requireWritable } from '../core/write-file';
import { ClipTable } from '../arena/clip-table';
import { Directory } from '../arena/directory';
import { compose, type Runtime } from '../compose';
import { loadSharp } from '../media/picture/sharp-library';
import { PeakMemory } from '../hardware/peak-memory';
import type { Tuning } from '../options/tune';
import type { PluginEntry } from '../options/row';
import { startRenderThread } from '../render/handle';
import { RenderStats } from '../render/stats';
import { panelOf } from '../session/backend';
import { instanceControls } from '../session/controls';
import type { DisplayPower } from '../session/display-power';
import { openDisplayPower } from '../session/display-switch';
import { mediaFiles } from '../show/glob';
import type { Panel } from '../stage/panel';
import type { StageView } from '../stage/view';
import { admit, largestTuning, readShow } from './admission';
import { claimControl } from './claim-control';
import { logBlackFrames } from './black-watch';
import type { CommandIo } from './command';
import { findPlugins, sectionNameOf } from './find-plugins';
import { createLog } from './logging';
import { beginsWithClips, FIRST_CLIPS, foretell } from './foretell';
import { giveBackIdleMemory } from './idle-memory';
import { lookLater } from './look-later';
import { openLooks } from './media-looks';
import type { RunArgs } from './run-args';
import { firstOutput, followDisplay } from './output-watch';
import { writeFailedReport, writeReport } from './report-file';
import { endOf, firstContent } from './run-end';
import { beginAnewWhenHung, openTrusted, tryLater, whatToOpen } from './open-order';
import { ffmpegOf, loadSettings, sectionValues, tuneSettings, type Settings } from './settings';
import { showFigures } from './show-figures';
import { logEvents, reportOf, statusLineText, statusOfRun } from './run-figures';
import { openStatusLine, type StatusLine } from './status-line';
import { takeUncaught } from './uncaught';

const DEMO_SHOW = packageFile('config', 'shows', 'demo.yaml');
/** A start waits so long for looks at its clips: usual files take a tenth of a second, a file on a disk that hangs holds up nothing. */
const LOOKS_MS = 1000;
/** The same where nothing else could be shown meanwhile, or a show is on: a machine that is very busy takes more than a second. */
const PATIENT_LOOKS_MS = 5000;
/** All release steps together get so long at the end: SIGTERM is obeyed within 2 s, whatever hangs. */
const RELEASE_MS = 1500;
/** After a signal, work that outlives the release of all parts gets so long before the program ends. */
const GRACE_MS = 200;

export async function run(io: CommandIo, args: RunArgs): Promise<number> {
  // After a week it would be too late to learn that there is nowhere to write it.
  const reportFile = args.report === undefined ? undefined : resolve(io.cwd, args.report);
  if (reportFile !== undefined) requireWritable(reportFile);
  // Until the show is on the screen, `vitrine stop` is an end like a signal's.
  const stopStart = new AbortController();
  const signal = AbortSignal.any([takeSignals(), stopStart.signal]);
  const scope = openScope('run');
  const statusLine = openStatusLine(io);
  const terminal = process.stderr.isTTY === true;
  const write = io.stderrStyled ?? io.stderr;
  const stderr = (text: string): void => (statusLine && terminal ? statusLine.above(text) : write(text));
  const log = createLog({ ...io, stderr }, terminal);
  const reporting: Reporting = {};
  const release = (): ReturnType<Scope['close']> => scope.close(RELEASE_MS, RELEASE_MS);
  try {
    if (signal.aborted) return 0;
    return await new Promise<number>((done, fail) => {
      const giveUp = (): void => void setTimeout(fail, GRACE_MS, signal.reason);
      signal.addEventListener('abort', () => void release().then(giveUp), { once: true });
      play(io, args, scope, log, statusLine, signal, () => stopStart.abort(), reporting, fail).then(done, fail);
    });
  } catch (cause) {
    // Told to stop while it started: that is an end like any other.
    if (signal.aborted) return 0;
    if (reportFile !== undefined) writeFailedReport(reportFile, reporting.now, cause);
    throw cause;
  } finally {
    const { faults } = await release();
    for (const { label, fault, cause } of faults)
      log.warn(`${label} was not given back: ${fault}`, {
        code: 'VITRINE_E_RELEASE',
        ...(cause === undefined ? {} : { because: messageOf(cause) }),
      });
    log.flush();
  }
}

/** The report of the run so far, from when there is one. */
interface Reporting {
  now?: () => Record<string, unknown>;
}

async function play(
  io: CommandIo,
  args: RunArgs,
  scope: Scope,
  log: ReturnType<typeof createLog>,
  statusLine: StatusLine | undefined,
  signal: AbortSignal,
  stopStart: () => void,
  reporting: Reporting,
  fail: (cause: unknown) => void,
): Promise<number> {
  const stats = new RenderStats();
  const directory = new Directory();
  const clips = new ClipTable();
  const shared = {
    doorbell: new SharedArrayBuffer(4),
    stats: stats.buffer,
    directory: directory.buffer,
    clips: clips.buffer,
  };
  const startupFiles = mappedFiles();
  const render = startRenderThread(shared, scope);
  boundNursery();
  boundAllocator();
  const settings = settingsFor(io, args);
  const turn = Number(settings.values['display.rotate']) as Panel['turn'];
  // Whatever is waited for from here on: a render thread that dies ends it.
  render.ended.catch((cause: unknown) => scope.closed || fail(cause));
  // Before anything is opened that is seen: beside an instance that runs, a second one ends here.
  const control = await claimControl(settings, io, scope, log, stopStart);
  const openingOrder = whatToOpen(settings, io, args.untimed, turn);
  const opening = firstOutput(render, openingOrder.wanted);
  const chosen = openTrusted(
    openingOrder,
    settings.facts,
    io.env,
    () => void loadSharp(),
    (order) => render.send(order),
  );
  scope.defer('trials of GL', tryLater(openingOrder, settings.facts, io.env, render));
  void beginAnewWhenHung(chosen, opening, log);
  opening.catch(() => {}); // a wrong show is told first

  const show = readShow(
    args.show === undefined ? ((settings.values['show'] as string | null) ?? DEMO_SHOW) : resolve(io.cwd, args.show),
  );
  let looksMs = beginsWithClips(show) ? PATIENT_LOOKS_MS : LOOKS_MS;
  const looks = openLooks(ffmpegOf(settings), io.env, FIRST_CLIPS, () => looksMs);
  const files = mediaFiles(scope.signal);
  void foretell(show, files, looks);
  const figures = showFigures(show, files, looks);
  figures.catch(() => {}); // it is waited for later
  const plugins = findPlugins(settings.values['plugins'] as readonly PluginEntry[], io.cwd);
  const found = plugins.flatMap((one) => (one.fault === undefined ? [one] : []));
  const sections = new Map(found.map(({ spec }) => [spec.id, sectionNameOf(spec)]));
  const started: { runtime?: Runtime; power?: DisplayPower } = {};
  const foreign = found.flatMap(({ spec: { id }, file }) => (file === undefined ? [] : [{ id, file }]));
  const ready = takeUncaught({ plugins: foreign, fail }, scope);
  const { record } = await chosen;
  const opened = await opening;
  scope.check();
  const tuning = tuneSettings(settings, await figures, panelOf(opened, turn), opened.renderer);
  prepareThreadPool(tuning);

  const seed = args.seed ?? Math.floor(Math.random() * 2 ** 32);
  const first = firstContent(stats, render, scope.signal);
  void first.then(() => record?.endOpening());
  scope.defer('record of GL', () => record?.endOpening());
  const statusOf = (): unknown =>
    started.power === undefined
      ? { state: 'starting' }
      : statusOfRun(started.runtime!, started.power.now.display, reporting.now!);
  const runtime = await compose({
    scope,
    log,
    clock: systemClock,
    facts: settings.facts,
    tuning,
    render,
    directory,
    clips,
    doorbell: shared.doorbell,
    opened,
    turn,
    untimed: args.untimed,
    seed,
    files,
    plugins: found,
    largest: largestTuning(settings, tuning, opened),
    optionsOf: (id, values) => sectionValues(values, sections.get(id) ?? id),
    failed: fail,
    admit: (next) => admit(next, settings, started.runtime!.backend.now, files, looks),
    view: (capturer): StageView => ({
      firstFrame: first,
      get framesPresented() {
        return stats.get('presented');
      },
      get displayOn() {
        return started.power?.now.display !== 'off';
      },
      capture: (maxWidthPx) => capturer.capture(maxWidthPx),
      status: statusOf,
      cache: () => started.runtime?.sound?.cache(),
    }),
  });
  scope.check();
  started.runtime = runtime;
  ready(runtime.plugins);
  const { instance, backend, errors } = runtime;
  for (const warning of settings.warnings) log.warn(formatIssue(warning));
  for (const { ref, mode, fault } of plugins) {
    if (fault !== undefined && mode !== 'off') errors.report('VITRINE_E_PLUGIN_QUARANTINED', ref, fault);
  }
  const memory = new PeakMemory();
  scope.defer('look at the memory', () => memory.close());
  const report = reportOf({ runtime, settings, tuning, stats, memory });
  reporting.now = report;
  logEvents(instance.events, log);

  giveBackIdleMemory(first, startupFiles, instance.events, scope);
  const power = openDisplayPower({ render, values: settings.values, env: io.env, events: instance.events, scope });
  started.power = power;
  await instance.start(show);
  looksMs = PATIENT_LOOKS_MS;
  scope.defer('show', () => instance.stop());
  // The display is given back last; until then nobody sees that the show gives its pictures back.
  scope.defer('frame', () => render.hold());
  log.info('show started', {
    show: show.name,
    output: backend.now.output,
    size: `${backend.now.panel.widthPx}x${backend.now.panel.heightPx}`,
  });
  followDisplay(render, runtime, scope, log);
  logBlackFrames(render, () => ({ ...instance.director?.now }), log, scope);
  lookLater({ instance, show, looks, files, scope });
  power.start();

  const ending = new AbortController();
  control.handOver(
    instanceControls({
      instance,
      capturer: runtime.capturer,
      status: statusOf,
      display: (on) => power.turn(on),
      sound: runtime.sound,
      stop: () => ending.abort(),
    }),
  );
  // SIGHUP is a reload.
  scope.defer(
    'SIGHUP',
    onHangup(() => void instance.reload().catch(() => {})),
  );
  if (statusLine !== undefined) {
    const startMs = performance.now();
    scope.defer(
      'status line',
      statusLine.start(() => statusLineText(instance, stats, performance.now() - startMs)),
    );
  }

  const reason = await endOf(render, instance.over, ending.signal, signal, args.durationMs, first);
  log.info('show ended', { because: reason });
  if (args.report !== undefined) {
    // The counters of the screen first: what it shows from here on is no part of the show.
    const counted = report() as { readonly memory: object };
    await memory.look();
    writeReport(resolve(io.cwd, args.report), {
      ...counted,
      memory: { ...counted.memory, peakPssBytes: memory.bytes },
    });
  }
  return 0;
}

function settingsFor(io: CommandIo, args: RunArgs): Settings {
  const { display, renderer, size } = args;
  return loadSettings({
    config: args.config,
    set: args.set,
    args: {
      ...args.args,
      ...(display === undefined ? {} : { display }),
      ...(renderer === undefined ? {} : { renderer }),
      ...(size === undefined ? {} : { size }),
    },
    env: io.env,
    cwd: io.cwd,
  });
}

/** Decodes run on libuv's pool: a thread for each of them, and two for files. Before the pool's first use. */
function prepareThreadPool(tuning: Tuning): void {
  process.env['UV_THREADPOOL_SIZE'] ??= String(Number(tuning.values['theme.workers'] ?? 1) + 2);
}
