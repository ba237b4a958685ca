/**
 * Proofs: before a driver decodes clips of a kind for the first time, one of its pictures is compared with the same picture decoded in
 * software. There are drivers that give black, green or shifted pictures without an error, and drivers that hang.
 */
import { release } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../../../runtime/core/log';
import { stateFolder } from '../../../runtime/core/paths';
import { KeptFacts } from '../../../runtime/library/kept-facts';
import type { Child } from '../../../runtime/media/child';
import type { DecoderDevices } from '../../../runtime/media/decoder-devices';
import { probeIdentity } from '../../../runtime/media/ffprobe';
import type { Tools } from '../../../runtime/media/tools';
import type { ClipFacts } from '../clip-facts';
import type { DecodeOrder } from '../command';
import type { ClipTarget } from '../target';
import { hardwareWay, type HardwareWay } from './arguments';
import { isSamePicture, isTelling, pictureBytes } from './compare';
import { decodePictures } from './picture';

export interface Verdict {
  readonly usable: boolean;
  /** Why not; empty where it is. */
  readonly reason: string;
}

/** Much more than a driver that works needs, its start included. */
const HARDWARE_LIMIT_MS = 3000;
/** Of a picture in the middle of a large clip on a small machine. */
const SOFTWARE_LIMIT_MS = 10_000;
/** So long a clip waits for the proof of its kind; then it is decoded in software this time. */
const WAIT_MS = 1500;
/** Where a clip is looked at, in parts of its length: films begin and end in black. */
const PLACES = [0.5, 0.25, 0.75, 0];
/** Some decoders count a picture more or less at the place that is sought. */
const PICTURES = 3;
/** Enough to see a picture that is shifted by some px of full HD. */
const MOST_PIXELS = 640 * 360;
const KEPT = 64;
const NEVER_CHANGES = { sizeBytes: 0, mtimeMs: 0 };

/** Main thread only. Ends with `close`. */
export class Proofs {
  private readonly kept: KeptFacts<Verdict>;
  private readonly verdicts = new Map<string, Verdict>();
  private readonly running = new Map<string, Promise<readonly string[]>>();
  private readonly children = new Set<Child>();
  private closed = false;

  constructor(
    private readonly tools: Tools,
    private readonly devices: DecoderDevices,
    private readonly log: Pick<Log, 'info'>,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    this.kept = new KeptFacts({
      file: join(stateFolder(env), 'hardware.json'),
      // Another kernel or another ffmpeg may do better, or worse.
      context: `1 ${release()} ${tools.ffmpeg} ${probeIdentity(tools)}`,
      most: KEPT,
    });
  }

  /** What was found, by driver and kind of clip. */
  get found(): ReadonlyMap<string, Verdict> {
    return this.verdicts;
  }

  /** The arguments for hardware that is proven for clips like this one; none for software. Never rejects, and never waits for long. */
  async argumentsFor(order: DecodeOrder): Promise<readonly string[]> {
    const way = hardwareWay(order.facts, this.devices);
    if (way === undefined || this.closed) return [];
    const key = keyOf(way, order.facts);
    const known = this.verdicts.get(key) ?? this.kept.get(key, NEVER_CHANGES);
    if (known !== undefined) {
      this.verdicts.set(key, known);
      return known.usable ? way.args : [];
    }
    const running = this.running.get(key) ?? this.prove(key, way, order).finally(() => this.running.delete(key));
    this.running.set(key, running);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<readonly string[]>((resolve) => (timer = setTimeout(resolve, WAIT_MS, [])));
    return Promise.race([running, late]).finally(() => clearTimeout(timer));
  }

  /** A proven way failed while it played: it is not taken again before the next start. */
  distrust(facts: ClipFacts, reason: string): void {
    const way = hardwareWay(facts, this.devices);
    if (way !== undefined) this.verdicts.set(keyOf(way, facts), { usable: false, reason });
  }

  close(): void {
    this.closed = true;
    for (const child of this.children) child.kill();
    this.kept.flush();
  }

  private async prove(key: string, way: HardwareWay, order: DecodeOrder): Promise<readonly string[]> {
    const verdict = await this.compare(way, order);
    if (this.closed || verdict === undefined) return [];
    this.verdicts.set(key, verdict);
    this.kept.set(key, NEVER_CHANGES, verdict);
    this.log.info('a hardware decoder was compared with software', { kind: key, ...verdict });
    return verdict.usable ? way.args : [];
  }

  /** Undefined where this clip proves nothing. */
  private async compare(way: HardwareWay, order: DecodeOrder): Promise<Verdict | undefined> {
    const target = smaller(order.target);
    const lies = target.turn === 90 || target.turn === 270;
    const size = lies
      ? { widthPx: target.heightPx, heightPx: target.widthPx }
      : { widthPx: target.widthPx, heightPx: target.heightPx };
    for (const part of PLACES) {
      const place = { ...order, target, fromMs: part * (order.facts.lengthMs ?? 0), hardware: [] };
      const right = await this.decode(place, PICTURES, SOFTWARE_LIMIT_MS);
      if (right.kind === 'none') continue;
      const bytes = pictureBytes(size);
      const rights = Array.from({ length: Math.floor(right.bytes.length / bytes) }, (_, at) =>
        right.bytes.subarray(at * bytes, (at + 1) * bytes),
      );
      if (rights[0] === undefined || !isTelling(rights[0], size)) continue;
      const found = await this.decode({ ...place, hardware: way.args }, 1, HARDWARE_LIMIT_MS);
      if (found.kind === 'none') return { usable: false, reason: found.reason };
      const isSame = rights.some((picture) => isSamePicture(found.bytes, picture, size));
      return isSame ? { usable: true, reason: '' } : { usable: false, reason: 'its picture is not that of software' };
    }
    return undefined;
  }

  private decode(order: DecodeOrder, count: number, limitMs: number): ReturnType<typeof decodePictures> {
    let started: Child | undefined;
    const pictures = decodePictures(this.tools.ffmpeg, order, count, limitMs, (child) => {
      started = child;
      this.children.add(child);
      if (this.closed) child.kill();
    });
    return pictures.finally(() => this.children.delete(started!));
  }
}

/** Comparing takes this thread's time. */
function smaller(target: ClipTarget): ClipTarget {
  const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (target.widthPx * target.heightPx)));
  const even = (px: number): number => Math.max(2, 2 * Math.round((px * scale) / 2));
  return { ...target, widthPx: even(target.widthPx), heightPx: even(target.heightPx) };
}

/** Clips of one kind go the same way through a driver: codec, profile, depth, and how large they are, as drivers are bounded. */
function keyOf(
  { driver }: HardwareWay,
  { codec, profile, pixelFormat, codedWidthPx, codedHeightPx }: ClipFacts,
): string {
  const longer = Math.max(codedWidthPx, codedHeightPx);
  const size = [1280, 1920, 2048, 4096].find((px) => longer <= px) ?? 'more';
  return [driver, codec, profile, pixelFormat, size].join(' ');
}
