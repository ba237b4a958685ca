/** Wires the runtime: its services under their tokens in the root container, the plugins over them, the instance on top. */
import 'reflect-metadata';
import { container as root, type DependencyContainer } from 'tsyringe';
import { openArena } from './arena/arena';
import type { ClipTable } from './arena/clip-table';
import { type Directory } from './arena/directory';
import { openRingStore } from './arena/ring-store';
import { openSlabStore } from './arena/slab-store';
import { CLOCK, type Clock } from './core/clock';
import { createErrorLog, ERROR_LOG, type ErrorLog } from './core/error-log';
import type { HardwareFacts } from './core/facts';
import { openPlugins, type Candidate, type PluginHostRuntime } from './core/host';
import type { VitrineError } from './core/errors';
import { openLedger, type MemoryLedger } from './core/ledger';
import type { Log } from './core/log';
import type { Scope } from './core/scope';
import type { Token } from './core/token';
import { LARGE_WORK, Turns } from './core/turns';
import { RING_FRAMES, type Tuning } from './options/tune';
import { PLAY_ORDER, PlayOrder } from './library/play-order';
import { textOverlayBytes, TEXT_OVERLAYS, videoFrameBytes } from './options/footprint';
import type { RenderHandle } from './render/handle';
import type { OpenedMessage } from './render/messages';
import { Backend } from './session/backend';
import { openCapturer, type Capturer } from './session/capture';
import { Grant } from './session/grant';
import { blankItem } from './session/blank';
import { guardedControl } from './session/guarded-sound';
import { Instance } from './session/instance';
import { openStage, type Stage } from './session/stage';
import { openTimedClock, openUntimedClock, type StageClock } from './session/stage-clock';
import { surfaceBytes, type SurfaceLimits } from './session/surface';
import { mediaPrint } from './show/media-print';
import { MEDIA_FILES, type MediaFiles } from './show/media-files';
import type { Show } from './show/types';
import { PICTURE_STORE } from './stage/picture-store';
import { CLIP_STORE } from './stage/clip-store';
import type { Panel } from './stage/panel';
import { SOUND_CONTROL, type SoundControl } from './stage/sound';
import { STAGE_VIEW, type StageView } from './stage/view';

/** A frame of the usual display: what a batch needs to be in the render thread's hands in time is twice that. */
const USUAL_FRAME_MS = 1000 / 60;

export interface ComposeParts {
  readonly scope: Scope;
  readonly log: Log;
  readonly clock: Clock;
  readonly facts: HardwareFacts;
  readonly tuning: Tuning;
  /** Tuned for the largest show that a reload may bring: addresses are reserved for it. */
  readonly largest: Tuning;
  readonly render: RenderHandle;
  readonly directory: Directory;
  readonly clips: ClipTable;
  /** The render thread's. */
  readonly doorbell: SharedArrayBuffer;
  readonly opened: OpenedMessage;
  readonly turn: Panel['turn'];
  readonly untimed: boolean;
  readonly seed: number;
  readonly files: MediaFiles;
  readonly plugins: readonly Candidate[];
  optionsOf(pluginId: string, values: Tuning['values']): Readonly<Record<string, unknown>>;
  /** Tuned values for the show of a reload; throws where this machine cannot play it. */
  admit(show: Show): Promise<Tuning>;
  /** The show cannot go on: a required plugin failed, or the program itself. */
  failed(error: VitrineError): void;
  /** The view of the stage that plugins get; its capture is handed in. */
  view(capturer: Capturer): StageView;
}

export interface Runtime {
  readonly instance: Instance;
  readonly backend: Backend;
  readonly plugins: PluginHostRuntime;
  readonly errors: ErrorLog;
  readonly ledger: MemoryLedger;
  readonly grant: Grant;
  readonly capturer: Capturer;
  /** Undefined where nothing plays sound. */
  readonly sound: SoundControl | undefined;
}

/** Opens everything but the show; all of it ends with the scope, newest first. */
export async function compose(parts: ComposeParts): Promise<Runtime> {
  const { scope, log, clock, tuning, render, opened, turn } = parts;
  const errors = createErrorLog(({ code, plugin, message }) => log.warn(message, { code, plugin }));
  const threads = Number(tuning.values['render.threads']);
  const ledger = openLedger(tuning.account.budgetBytes);
  const arena = openArena(arenaBytes(parts, threads));
  const backend = new Backend(render, arena, turn, { threads, textures: texturesOf(tuning) }, opened);
  backend.adopt(opened);
  const largeWork = new Turns();
  const capturer = openCapturer({
    arena,
    largeWork,
    send: (message) => render.send(message),
    listen: (listener) => render.listen(listener),
    geometry: () => ({ ...backend.now.frame, turn }),
  });

  const { stage, stageClock } = openStageSide(parts, scope);
  const container = root.createChildContainer();
  const services = new Map<symbol, unknown>();
  const offer = <T>(token: Token<T>, service: T): void => {
    container.registerInstance(token.key, service);
    services.set(token.key, service);
  };
  offer(CLOCK, clock);
  offer(ERROR_LOG, errors);
  offer(LARGE_WORK, largeWork);
  const pictures = openSlabStore(arena, parts.directory, pictureBytes(tuning));
  offer(PICTURE_STORE, pictures);
  const rings = openRingStore(arena, parts.clips, parts.doorbell, videoBytes(tuning));
  offer(CLIP_STORE, rings);
  offer(MEDIA_FILES, parts.files);
  offer(PLAY_ORDER, new PlayOrder(parts.seed));
  offer(STAGE_VIEW, parts.view(capturer));

  const plugins = await openPlugins(
    parts.plugins,
    {
      facts: parts.facts,
      clock,
      log,
      errors,
      memory: ledger,
      optionsOf: (id) => parts.optionsOf(id, tuning.values),
      services,
      failed: parts.failed,
    },
    scope,
  );
  const limit = (now: Pick<Tuning, 'values' | 'panel'>): void => {
    pictures.limit(pictureBytes(now));
    rings.limit(videoBytes(now));
  };
  const optionsOf: ComposeParts['optionsOf'] = (id, values) => parts.optionsOf(id, values);
  const grant = new Grant({ ledger, limit, plugins, optionsOf }, tuning);
  // A session that a reload opens ends in the place of the first one, not before everything that was opened since.
  const sessions = scope.child('sessions');
  const instance = build(container, Instance, () => {
    return new Instance({
      stage,
      clock: stageClock,
      plugins,
      errors,
      log: log.child('session'),
      scope: sessions,
      seed: parts.seed,
      batchLeadMs: parts.untimed ? 0 : 2 * USUAL_FRAME_MS,
      blank: () => blankItem(pictures),
      panel: () => backend.now.panel,
      printOf: (show) => mediaPrint(show, parts.files),
      failed: parts.failed,
      admit: async (show) => grant.widen(await parts.admit(show)),
      refit: async (show) => grant.refit(await parts.admit(show)),
    });
  });
  const control = plugins.offered(SOUND_CONTROL);
  const sound = control === undefined ? undefined : guardedControl(control.service, control.guard);
  return { instance, backend, plugins, errors, ledger, grant, capturer, sound };
}

/** Registers a class of the runtime and builds it. */
function build<T>(container: DependencyContainer, type: new (...args: never[]) => T, factory: () => T): T {
  container.register(type as never, { useFactory: factory });
  return container.resolve<T>(type as never);
}

/** The stage and its clock, joined to the render thread's replies. */
function openStageSide(
  { render, clock, untimed }: ComposeParts,
  scope: Scope,
): { stage: Stage; stageClock: StageClock } {
  const stage = openStage((batch) => render.send(batch));
  const untimedClock = untimed ? openUntimedClock((command) => stage.send(command)) : undefined;
  const stageClock = untimedClock ?? openTimedClock(clock, (command) => stage.send(command));
  const deaf = render.listen((message) => {
    if (message.kind === 'retired' || message.kind === 'receipt' || message.kind === 'began') stage.hear(message);
    else if (message.kind === 'horizon') untimedClock?.reached(message.atMs);
  });
  scope.defer('stage', () => {
    deaf();
    stage.close();
  });
  return { stage, stageClock };
}

function texturesOf({ values }: Tuning): SurfaceLimits['textures'] {
  return {
    mostBytes: Number(values['render.textureBytes']),
    idleMs: Number(values['render.textureIdle']),
    sliceMs: Number(values['render.uploadSlice']),
  };
}

/** What the picture store may fill: the cache, the texts, and a decode's result before the cache has made room for it. */
function pictureBytes({ values, panel }: Pick<Tuning, 'values' | 'panel'>): number {
  const entryBytes = Number(values['theme.imageEntryBytes'] ?? 0);
  const cacheBytes = Number(values['theme.imageCacheBytes'] ?? 0);
  const workers = Number(values['theme.workers'] ?? 0);
  return cacheBytes + workers * entryBytes + TEXT_OVERLAYS * textOverlayBytes(panel);
}

/** What rings of frames may fill: those of the decoders of a show, and of the one beside it during a reload. */
function videoBytes({ values }: Pick<Tuning, 'values'>): number {
  return 2 * ringsOf(values) * Number(values['video.ringBytes'] ?? 0);
}

/** A clip that is sought in has a second ring for a moment, also where one decoder is planned. */
const ringsOf = (values: Tuning['values']): number => {
  const decoders = Number(values['video.decoders'] ?? 0);
  return decoders === 1 ? 2 : decoders;
};

/** The same for any show. */
function mostVideoBytes({ values, panel }: Tuning): number {
  const ringBytes = Math.max(Number(values['video.ringBytes'] ?? 0), RING_FRAMES * videoFrameBytes(panel));
  return 2 * ringsOf(values) * ringBytes;
}

const LARGE_SCREEN = { widthPx: 3840, heightPx: 2160 } as const;

/**
 * Addresses to reserve. They cost memory only once touched, so there is room for the largest show, and for a larger screen
 * than the one there is now: a 4K display may take the place of one that is small, or missing.
 */
function arenaBytes({ tuning, largest, opened }: ComposeParts, threads: number): number {
  const screens = [opened, LARGE_SCREEN].map(
    ({ widthPx, heightPx }) => surfaceBytes(widthPx, heightPx, threads) + widthPx * heightPx * 4,
  );
  const pixels = [tuning, largest].map((one) => pictureBytes(one) + mostVideoBytes(one));
  return Math.max(...pixels) + 2 * Math.max(...screens);
}
