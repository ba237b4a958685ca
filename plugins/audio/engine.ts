/** The engine, shared by all sessions: the output, the facts and decoded samples of files, and the voices that are heard. */
import type { Clock } from '../../runtime/core/clock';
import type { ErrorLog } from '../../runtime/core/error-log';
import type { Log } from '../../runtime/core/log';
import type { Scope } from '../../runtime/core/scope';
import type { Tools } from '../../runtime/media/tools';
import type { SoundState, SoundStatus } from '../../runtime/stage/sound';
import { ChunkCache } from './chunks/chunk-cache';
import { layoutOf } from './chunks/layout';
import { ChunkPool } from './chunks/pool';
import { RoleBudgets } from './clips/budget';
import { ClipStore } from './clips/clip-store';
import { StreamedFiles } from './clips/streamed-files';
import { DecodeQueue } from './decode/decode-queue';
import { DecodeWorker } from './decode/decode-worker';
import type { TrackSpec } from './decode/producer';
import { LoudnessBook } from './facts/loudness';
import { SoundProbe, type KnownSound } from './facts/sound-probe';
import { trackSpec } from './facts/track-spec';
import { DueSounds } from './health/due-sounds';
import { cacheReportOf, gaugesOf, runReportOf, statusOf, volumesOf, type ReportedParts } from './health/reports';
import type { SilenceChange } from './health/silences';
import { gainToTarget } from './mastering/chain';
import { LimiterMeter } from './output/limiter-meter';
import { Mixer } from './output/mixer';
import type { Output } from './output/output';
import { SwitchWatch } from './output/switch-watch';
import { BufferPool } from './play/buffer-pool';
import type { VoiceSource } from './play/source';
import { SpentSources } from './play/spent-sources';
import { PIECE_S, type Voice, type VoiceOptions } from './play/voice';
import { Voices } from './play/voices';
import type { Settings } from './settings';
import { Waits } from './waits';

export interface EngineServices {
  readonly scope: Scope;
  readonly log: Log;
  readonly errors: ErrorLog;
  readonly clock: Clock;
}

/** How often voices are looked after; they are put on the clock much farther ahead. */
const PUMP_MS = 200;
/** To make what is put on the clock. */
const MAKE_S = 0.004;
/** A decode that takes longer is logged: it may be heard as a late start. */
const SLOW_DECODE_WARNING_MS = 40;
/** Of a chunk that is good to have, nobody notices. */
const CHUNK_WARNING_MS = 2000;

/** A show's sounds, as the engine sees them. */
export interface Player {
  /** Stops where the clock is. Returns what lets it go on. */
  hold(): () => void;
  /** The sounds it plays and is going to play. */
  readonly sounds: readonly SoundState[];
  /** A sound that is due became silent, or was silent and is heard again after `lastedMs`. */
  silence(change: SilenceChange): void;
}

/** Main thread only. */
export class Engine {
  readonly probe: SoundProbe;
  readonly loudness: LoudnessBook;
  readonly queue: DecodeQueue;
  readonly cache: ChunkCache;
  readonly clips: ClipStore;
  readonly budgets: RoleBudgets;
  readonly streamed = new StreamedFiles();
  private readonly worker: DecodeWorker;
  private readonly pool: ChunkPool;
  private stage: { readonly mixer: Mixer; readonly buffers: BufferPool };
  /** Who plays; held when nothing of what they have put on the clock is heard any more. */
  private readonly players = new Set<Player>();
  private readonly voices = new Voices();
  private readonly spent = new SpentSources();
  private readonly due = new DueSounds();
  /** How long sound had gone on before this clock began. */
  private clockBaseMs = 0;
  /** Looks at the distance between the sound of a clip and its picture, the corrections after them, and the greatest distance seen, in ms. */
  private readonly step = { looks: 0, putRight: 0, worstOffMs: 0 };
  private readonly watchers = new Set<() => void>();
  private readonly waits = new Waits();
  private readonly switches = new SwitchWatch();
  private readonly limited = new LimiterMeter();
  private waking: NodeJS.Immediate | undefined;

  constructor(
    readonly services: EngineServices,
    readonly tools: Tools,
    private settings: Settings,
    readonly output: Output,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    const { scope, log } = services;
    const { context } = output;
    this.stage = this.newStage(settings.mastered);
    output.onChange(() => this.startAnew());
    this.probe = new SoundProbe(tools, env);
    this.loudness = new LoudnessBook(tools, env);
    this.clips = new ClipStore(() => this.settings.clips);
    this.budgets = new RoleBudgets((role) => this.settings.maxBufferMs[role]);
    this.pool = new ChunkPool(
      layoutOf(settings.chunkMs, context.sampleRate),
      () => this.settings.tier1Bytes + this.settings.tier2Bytes,
    );
    this.worker = new DecodeWorker(tools.ffmpeg, scope, (path) =>
      this.fail(path, 'the decode thread hung and was replaced; the sound goes on'),
    );
    // While the first files are looked at, and not once they are to be decoded.
    this.worker.warm();
    this.cache = new ChunkCache(
      this.pool,
      () => this.settings.tier2Tracks,
      () => this.wakeSoon(),
      (path, reason) => this.fail(path, reason),
      () => services.clock.nowMs(),
    );
    this.queue = new DecodeQueue(
      this.worker,
      (least) => this.cache.nextOrder(least),
      () => this.cache.ahead(),
      (path, what, tookMs) => {
        if (tookMs > (what === 'clip' ? SLOW_DECODE_WARNING_MS : CHUNK_WARNING_MS))
          log.warn('slow decode', { file: path, what, ms: Math.round(tookMs) });
      },
      (key) => this.cache.needsDecoder(key),
    );
    scope.defer('loudness', () => this.loudness.close());
    scope.defer('facts of sounds', () => this.probe.close());
    const timer = setInterval(() => this.tick(), PUMP_MS);
    timer.unref();
    scope.defer('voices', () => {
      clearInterval(timer);
      if (this.waking !== undefined) clearImmediate(this.waking);
      this.voices.close();
      this.spent.close();
    });
  }

  get mixer(): Mixer {
    return this.stage.mixer;
  }

  private newStage(mastered: boolean): Engine['stage'] {
    const { context } = this.output;
    return {
      mixer: new Mixer(this.output, mastered, this.settings.ceilingDb),
      buffers: new BufferPool(context, PIECE_S * context.sampleRate, this.spent),
    };
  }

  /** Registers a player. Returns what ends that. */
  join(player: Player): () => void {
    this.players.add(player);
    return () => void this.players.delete(player);
  }

  /** There is another context: everybody holds where the old clock was, and goes on with the new one. */
  private startAnew(): void {
    this.clockBaseMs = Math.max(this.clockBaseMs, this.heardMs);
    const goOn = [...this.players].map((player) => player.hold());
    const { mixer } = this;
    this.voices.abandon();
    this.stage = this.newStage(mixer.isMastered);
    this.mixer.takeVolumes(mixer);
    for (const go of goOn) go();
    this.wake();
  }

  get now(): Settings {
    return this.settings;
  }

  get rateHz(): number {
    return this.mixer.context.sampleRate;
  }

  /** Frame of the clock that is rendered next. */
  get nowFrame(): number {
    return Math.round(this.mixer.context.currentTime * this.rateHz);
  }

  /** The first frame of the clock for which something can be ordered now. */
  get soonFrame(): number {
    return this.nowFrame + Math.ceil((this.output.leadS + MAKE_S) * this.rateHz);
  }

  /** The first frame of the clock at which a voice can begin that is made now; a little later at times. Not after `soonFrame`. */
  get startFrame(): number {
    return this.nowFrame + Math.ceil((this.output.startLeadS + MAKE_S) * this.rateHz);
  }

  /** How much later than its order a sound can be heard from its first sample on; a block more, as the clock may go on meanwhile. */
  get leadMs(): number {
    return ((this.soonFrame + this.output.blockFrames - this.frameIn(0)) / this.rateHz) * 1000;
  }

  retune(next: Settings): void {
    if (next.mastered !== this.settings.mastered) this.mixer.switchTo(next.mastered);
    if (next.ceilingDb !== this.settings.ceilingDb) this.mixer.setCeiling(next.ceilingDb);
    this.settings = next;
    this.wake();
  }

  /** Switches whether mastered sound is heard. */
  master(on: boolean): void {
    const { mixer, output } = this;
    if (!mixer.switchTo(on)) return;
    this.switches.watch(
      () => mixer.hasSwitched,
      () => output.deviceMs,
    );
  }

  /** Everything that decides what a file's samples are. */
  trackOf(path: string, { facts, signature }: KnownSound): TrackSpec {
    const { targetLufs, ceilingDb } = this.settings;
    const known = this.loudness.known(path, signature);
    const gainDb = known === undefined ? 0 : gainToTarget(known.integratedLufs ?? -Infinity, targetLufs);
    return trackSpec(path, { facts, signature }, this.rateHz, { gainDb, ceilingDb });
  }

  /** Measures the loudness of a file where it is not known. Never rejects; a file that cannot be measured is logged once. */
  async measure(path: string, { facts, signature }: KnownSound): Promise<void> {
    const { loudness, services } = this;
    if (loudness.known(path, signature) !== undefined || loudness.isUnmeasurable(path, signature)) return;
    const found = await loudness.measure(path, facts, signature);
    if (found === undefined && !services.scope.signal.aborted)
      services.log.warn('the loudness of a file could not be measured', { file: path });
  }

  voice(source: VoiceSource, options: VoiceOptions, kind: 'clip' | 'stream'): Voice {
    return this.voices.open(this.mixer, this.stage.buffers, source, options, kind);
  }

  /** The voice is over: it is taken off the clock. Its source is somebody else's. */
  end(voice: Voice): void {
    this.voices.end(voice);
  }

  /** Somebody looked how far the sound of a clip is off its picture. */
  lookedAtStep(offMs: number, putRight: boolean): void {
    this.step.looks += 1;
    this.step.putRight += putRight ? 1 : 0;
    this.step.worstOffMs = Math.max(this.step.worstOffMs, Math.abs(offMs));
  }

  /** A file that cannot be heard: the show goes on without it. */
  fail(file: string, reason: string): void {
    this.services.errors.report('VITRINE_E_SOUND', 'audio', `${file}: ${reason}`);
  }

  /** Calls `look` as often as voices are looked after, until the returned function is called. */
  watch(look: () => void): () => void {
    this.watchers.add(look);
    return () => void this.watchers.delete(look);
  }

  /** Resolves once it holds, which is looked at after every change; with false where it does not within `limitMs`. */
  until(holds: () => boolean, limitMs = Infinity): Promise<boolean> {
    return this.waits.until(holds, limitMs);
  }

  /** Calls `act` once sound has gone on for `ms` more, whatever clock it goes by then. Returns what calls that off. */
  inSound(ms: number, act: () => void): () => void {
    const atMs = this.heardMs + ms;
    let isOff = false;
    void this.until(() => isOff || this.heardMs >= atMs).then(() => {
      if (!isOff) act();
    });
    return () => (isOff = true);
  }

  /** Looks after everything. */
  tick(): void {
    for (const look of this.watchers) look();
    this.wake();
    this.lookForSilence();
  }

  /** `sound` is due at a frame of the clock and has no voice yet; `arrived` ends that: it has one, or needs none. */
  await(sound: object, file: string, dueFrame: number): void {
    this.due.await(sound, file, dueFrame);
  }

  arrived(sound: object): void {
    this.due.arrived(sound);
  }

  /** For how long sound has been heard, over all clocks there were. */
  private get heardMs(): number {
    return this.clockBaseMs + (this.nowFrame / this.rateHz) * 1000;
  }

  private lookForSilence(): void {
    const { nowFrame, rateHz, heardMs } = this;
    for (const change of this.due.look({ nowFrame, rateHz, heardMs }, this.voices)) {
      const { file, lastedMs } = change;
      if (lastedMs === undefined) this.fail(file, 'is due and has no samples: nothing is heard of it until they come');
      else this.services.log.info('a silent sound is heard again or over', { file, silentMs: Math.round(lastedMs) });
      for (const player of this.players) player.silence(change);
    }
  }

  /** Something changed: work for the worker, or frames for the voices. */
  wake(): void {
    this.queue.pump();
    this.pump();
    this.waits.look();
  }

  /** From within the cache, a voice or a preparation: not in the middle of what they do. */
  wakeSoon(): void {
    this.waking ??= setImmediate(() => {
      this.waking = undefined;
      this.wake();
    });
  }

  /** Frame of the clock at which a sound is put that is to be heard so many ms from now. */
  frameIn(ms: number): number {
    return this.output.frameIn(ms) - this.mixer.delayFrames;
  }

  private pump(): void {
    const { nowFrame } = this;
    // The output knows its clock by being asked.
    this.output.frameIn(0);
    this.voices.pump(nowFrame);
    this.limited.look(this.mixer);
  }

  /** Reports the sounds that play and the sounds that come next, and the sink. */
  status(): SoundStatus {
    return statusOf(
      this.reported,
      [...this.players].flatMap((player) => player.sounds),
    );
  }

  volumes(): Readonly<Record<string, number>> {
    return volumesOf(this.mixer);
  }

  /** Both tiers, the clips, and whether all is well. */
  cacheReport(): Readonly<Record<string, unknown>> {
    return cacheReportOf(this.reported, this.pool.budgetBytes + this.settings.clips.bytes);
  }

  gauges(): Readonly<Record<string, number>> {
    return gaugesOf(this.reported, this.voices.size, this.stage.buffers.bytes);
  }

  /** The section `audio` of the run report. */
  report(): Readonly<Record<string, unknown>> {
    return runReportOf(this.reported, this.voices.counts, this.step);
  }

  private get reported(): ReportedParts {
    const { output, mixer, limited, switches, cache, clips, due, heardMs } = this;
    return { output, mixer, limited, switches, cache, clips, due, heardMs };
  }
}
