/** The clip bank: what all sessions share of video: the decoders at work, the readers, what is known of files, and the counters. */
import { mostPixels, threadPace, threadsWithin, whyTooLarge } from '../../runtime/options/clip-need';
import type { ErrorLog } from '../../runtime/core/error-log';
import type { Log } from '../../runtime/core/log';
import type { Scope } from '../../runtime/core/scope';
import { type Quarantine, type Signature } from '../../runtime/library/quarantine';
import { clipFrameBytes, type ClipStore } from '../../runtime/stage/clip-store';
import { ANY_SIZE, type DecodeOrder } from './command';
import type { ClipFacts } from './clip-facts';
import { Decoder } from './decoder';
import type { ClipEnd, DecoderParts } from './decoder-parts';
import { Doubts } from './doubts';
import { Proofs } from './hardware/proofs';
import { MOST_RING_FRAMES } from '../../runtime/arena/clip-table';
import { lastFrameMs } from './last-frame';
import { scanPackets, SCANNED_BYTES } from './packet-scan';
import { Patience } from './patience';
import { openProbe, type Probe } from './probe';
import { Readers } from './readers';
import type { Settings } from './settings';
import { figureOf, mayLie, ringFrames, type ClipOrder } from './clip-order';
import { NO_CLIPS, plus } from './totals';
import { readDecoderDevices, type DecoderDevices } from '../../runtime/media/decoder-devices';
import type { Tools, ToolsAbout } from '../../runtime/media/tools';

export interface BankServices {
  readonly clips: ClipStore;
  readonly quarantine: Quarantine;
  readonly log: Log;
  readonly errors: ErrorLog;
  readonly scope: Scope;
  /** The machine's, where left out. */
  readonly devices?: DecoderDevices;
}

const PACE = threadPace(process.arch);
/**
 * Added to the memory of a decoder for its limit: the data of its libraries, and the stacks of its threads, of which filters alone have up to
 * 17 (8 MiB each count, although little of it is used). The limit is there for children that run away.
 */
const PROGRAM_BYTES = 512 * 2 ** 20;

/** Main thread only. */
export class ClipBank {
  readonly probe: Probe;
  readonly quarantine: Quarantine;
  readonly patience = new Patience();
  private readonly doubts: Doubts;
  private readonly readers: Readers;
  /** Each with its session. */
  private readonly open = new Map<Decoder, string>();
  private readonly closing = new Set<Promise<void>>();
  private totals = NO_CLIPS;
  private readonly freed = new Set<() => void>();
  private readonly proofs: Proofs;
  private decodedBy = 'software';
  /** Files whose packets were looked at, with the times of their last change. */
  private readonly scanned = new Set<string>();
  private scanning: Promise<unknown> = Promise.resolve();
  private stopScan = (): void => {};
  private closed = false;
  /** Files with pictures of other sizes than stated, or that one graph did not decode to their end. */
  private readonly unsteady = new Set<string>();
  private about: ToolsAbout | undefined;

  constructor(
    private readonly services: BankServices,
    readonly tools: Tools,
    private settings: Settings,
  ) {
    this.probe = openProbe(tools);
    services.scope.defer('facts of clips', () => this.probe.close());
    this.quarantine = services.quarantine;
    this.doubts = new Doubts(tools.ffmpeg);
    services.scope.defer('clips in doubt', () => this.doubts.close());
    this.proofs = new Proofs(tools, services.devices ?? readDecoderDevices(), services.log, process.env);
    services.scope.defer('proofs of hardware', () => this.proofs.close());
    this.readers = new Readers(services.scope);
    // After the children: a reader's pipe ends with its child.
    services.scope.defer('decoders', async () => {
      this.closed = true;
      this.stopScan();
      await this.scanning;
      await Promise.all([...this.open.keys()].map((decoder) => this.close(decoder)));
      await Promise.all(this.closing);
    });
  }

  /** Pixels of the largest frame of which a ring has room for enough. */
  get mostPixels(): number {
    return mostPixels(this.settings.ringBytes);
  }

  get now(): Settings {
    return this.settings;
  }

  retune(next: Settings): void {
    this.settings = next;
  }

  /** What ffmpeg says of itself goes into the report. */
  learn(about: ToolsAbout): void {
    this.about = about;
  }

  /** Threads for the first clips, started while their files are looked at. */
  warm(): void {
    this.readers.ready(1);
  }

  /**
   * Starts decoding into a new ring; undefined where there is no room for one now: see `room`. `beyond`: beside another decoder also where the
   * memory is planned for one.
   */
  start(order: ClipOrder, beyond = false): Decoder | undefined {
    const { clips, log } = this.services;
    const { target, facts, session } = order;
    const working = [...this.open.values()].filter((owner) => owner === session).length;
    if (working >= Math.max(this.settings.decoders, beyond ? 2 : 1)) return undefined;
    const turned = target.turn === 90 || target.turn === 270;
    const [widthPx, heightPx] = turned ? [target.heightPx, target.widthPx] : [target.widthPx, target.heightPx];
    const most = Math.floor(this.settings.ringBytes / clips.frameBytes({ widthPx, heightPx }));
    const frames = ringFrames(order, Math.min(most, MOST_RING_FRAMES), this.settings.ringFrames);
    const frameMs = 1000 / facts.rateHz;
    const ring = clips.open(
      { widthPx, heightPx, turn: target.turn, colour: facts.colour, frameMs },
      Math.max(2, frames),
    );
    if (ring === undefined) return undefined;
    const { path, index } = order;
    const decode = this.decodeOrder(order, order.hardware);
    const prefill = Math.min(this.settings.prefill, ring.frames);
    const distrust = ({ hardware }: DecodeOrder, reason: string): void => {
      if (hardware.length > 0) this.proofs.distrust(facts, reason);
      else this.unsteady.add(path);
    };
    const parts: DecoderParts = {
      ffmpeg: this.tools.ffmpeg,
      readers: this.readers,
      log,
      prefill,
      distrust,
      measured: (lengthMs) => this.measured(order, lengthMs),
      lastFrameMs: (fromMs) => lastFrameMs(this.tools, path, index, fromMs),
    };
    const decoder = new Decoder(parts, decode, frameMs, ring, clipFrameBytes(widthPx, heightPx));
    this.open.set(decoder, order.session);
    this.totals = { ...this.totals, clips: this.totals.clips + 1 };
    void decoder.over.then((end) => this.judge(order, end));
    return decoder;
  }

  private decodeOrder(order: ClipOrder, hardware: readonly string[]): DecodeOrder {
    const { path, index, target, loop, fromMs = 0 } = order;
    const pipeline = this.unsteady.has(path) ? ANY_SIZE[order.facts.pipeline] : undefined;
    const facts: ClipFacts = pipeline === undefined ? order.facts : { ...order.facts, pipeline };
    const { threads: most, decoderBytes } = this.settings;
    const threads = threadsWithin(figureOf(order), PACE, most, decoderBytes, target);
    const common = { path, facts, index, target, loop, fromMs, hardware };
    // The memory of a driver is not known.
    if (hardware.length > 0) return common;
    return { ...common, threads, mostBytes: decoderBytes + PROGRAM_BYTES };
  }

  /** The arguments for hardware, once it is proven for clips like this one; it may take a moment. Never rejects. */
  hardwareFor(order: ClipOrder): Promise<readonly string[]> {
    return this.settings.hardware ? this.proofs.argumentsFor(this.decodeOrder(order, [])) : Promise.resolve([]);
  }

  /** Why a clip takes more memory than there is for a decoder in software; undefined where it does not. */
  whyTooLarge(order: Pick<ClipOrder, 'facts' | 'signature' | 'target'>): string | undefined {
    return whyTooLarge(figureOf(order), this.settings.decoderBytes, order.target);
  }

  /** Ends a decoder, wherever it is, and counts what it did. */
  close(decoder: Decoder): Promise<void> {
    if (!this.open.delete(decoder)) return Promise.resolve();
    const closing = decoder.close().then(() => {
      if (decoder.ring.written > 0) this.decodedBy = decoder.decodedBy;
      this.totals = plus(this.totals, decoder);
      this.closing.delete(closing);
      for (const wake of this.freed) wake();
    });
    this.closing.add(closing);
    return closing;
  }

  /** Whether the file stays away now: because it failed, or because it is being looked at. */
  blocks(path: string): boolean {
    return this.quarantine.blocks(path) || this.doubts.has(path);
  }

  /** Passes a file over until the work with it is done. */
  hold(path: string, work: Promise<unknown>): void {
    this.services.log.info('a clip cannot be read in time and is passed over', { file: path });
    this.doubts.hold(path, work);
  }

  /** Ends a decoder that has no frame yet, without waiting for its end, and finds out beside the show whether it will have one. */
  giveUp(decoder: Decoder, order: ClipOrder): void {
    const { path, signature } = order;
    void this.close(decoder);
    this.services.log.info('a clip gives no frame in time and is passed over', { file: path });
    this.doubts.examine(this.decodeOrder(order, []), (finding) => {
      if ('tookMs' in finding) this.patience.took(path, finding.tookMs);
      else this.strike(path, signature, finding.reason);
    });
  }

  /** Resolves when a decoder has given its ring back, or after `limitMs`; rejects with the signal's reason. */
  room(signal: AbortSignal, limitMs = Infinity): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = limitMs === Infinity ? undefined : setTimeout(() => wake(), limitMs);
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        this.freed.delete(wake);
        signal.removeEventListener('abort', abort);
        act();
      };
      const wake = (): void => settle(resolve);
      const abort = (): void => settle(() => reject(signal.reason as Error));
      if (signal.aborted) return abort();
      this.freed.add(wake);
      signal.addEventListener('abort', abort, { once: true });
    });
  }

  /** A file could not be played: it stays away for a while, and longer each time. */
  strike(path: string, signature: Signature, reason: string): void {
    this.probe.forget(path);
    const verdict = this.quarantine.strike(path, signature, reason);
    // One that is still being copied looks just so: it is no matter for a person before it is struck out.
    if (verdict === 'pause')
      this.services.log.info('a clip cannot be played and is tried again', { file: path, because: reason });
    else this.services.errors.report('VITRINE_E_CLIP', 'video', `${path}: ${reason}`);
  }

  private judge({ path, signature, fromMs = 0 }: ClipOrder, end: ClipEnd): void {
    if (end.outcome === 'whole') this.quarantine.forget(path);
    // That nothing can be decoded from a place near the end is no fault of the file.
    else if (fromMs > 0 && end.frames === 0) return;
    else if (end.outcome === 'broken') this.strike(path, signature, end.reason);
  }

  /** The decoder is right: what it measured counts from the next time on, and a contradiction is logged once a file. */
  private measured({ path, signature, facts }: ClipOrder, lengthMs: number): void {
    const isNews = this.probe.learn(path, signature, lengthMs, 'decoder');
    // The length of a file may be that of its sound.
    if (!isNews || facts.lengthMs === undefined || facts.lengthFrom === 'file') return;
    const about = { file: path, atMs: Math.round(lengthMs), expectedMs: Math.round(facts.lengthMs) };
    if (lengthMs < facts.lengthMs) this.services.log.warn('a clip ended early', about);
    else this.services.log.info('a clip is longer than its file states', about);
  }

  /** How long a clip is by its packets, where that contradicts what its file states and nobody has played it yet; else undefined. */
  async scan(order: ClipOrder): Promise<number | undefined> {
    const { path, index, signature, facts } = order;
    const key = `${path} ${signature.mtimeMs}`;
    if (!mayLie(facts) || signature.sizeBytes > SCANNED_BYTES || this.scanned.has(key)) return undefined;
    this.scanned.add(key);
    // One at a time: the disk is the decoders'.
    const mine = this.scanning.then(async () => {
      if (this.closed) return undefined;
      const scan = scanPackets(this.tools, path, index, 1000 / facts.rateHz);
      this.stopScan = () => scan.stop();
      return scan.lengthMs;
    });
    this.scanning = mine;
    const lengthMs = await mine;
    if (lengthMs === undefined || !this.probe.learn(path, signature, lengthMs, 'file')) return undefined;
    this.services.log.info('a clip has another length than its file states', {
      file: path,
      lengthMs: Math.round(lengthMs),
      statedMs: Math.round(facts.lengthMs ?? 0),
    });
    return lengthMs;
  }

  gauges(): Readonly<Record<string, number>> {
    return { videoDecodersCount: this.open.size, videoRingBytes: this.services.clips.usedBytes };
  }

  /** The section `video` of the run report. */
  report(): Readonly<Record<string, unknown>> {
    let now = this.totals;
    for (const decoder of this.open.keys()) {
      if (decoder.ring.written > 0) this.decodedBy = decoder.decodedBy;
      now = plus(now, decoder);
    }
    return {
      framesShown: now.framesShown,
      framesDropped: now.framesDropped,
      decoder: this.decodedBy,
      ringBytes: this.services.clips.usedBytes,
      restarts: now.restarts,
      hardware: [...this.proofs.found].map(([kind, verdict]) => ({ kind, ...verdict })),
      clips: now.clips,
      starvedMs: Math.round(now.starvedMs),
      loopSeams: now.loopSeams,
      loopStandsMs: Math.round(now.loopStandsMs),
      ffmpeg: this.tools.ffmpeg,
      ...(this.about === undefined ? {} : { ffmpegVersion: this.about.version }),
      quarantined: this.quarantine
        .list()
        .filter(({ struckOut }) => struckOut)
        .map(({ path, reason }) => ({ file: path, reason })),
    };
  }
}
