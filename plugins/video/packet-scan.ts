/**
 * The packet scan: the length of a clip by all the packets of its file. What headers and last times state is that of the first part only
 * where recordings were put together with `cat`.
 */
import { startChild } from '../../runtime/media/child';
import { FILES_ONLY } from '../../runtime/media/ffprobe';
import type { Tools } from '../../runtime/media/tools';

/** A scan reads the whole file: of what is larger, the header is believed until the clip has been played once. */
export const SCANNED_BYTES = 256 << 20;
/** The show comes first. */
const NICE = ['-n', '10'];
/** The order of decoding never goes back: where it does, another part begins. ffmpeg closes gaps of more than 10 s in streams, too. */
const GAP_MS = 10_000;
/** Where that order is not known, times that go back farther than frames are reordered begin another part. */
const BACK_MS = 1000;

/** Adds up packets in the order of the file. Pure. */
export class PacketSum {
  /** The end of what came so far, from the first packet; and what is added to the times of this part. */
  private endMs = 0;
  private latestMs = -Infinity;
  private shiftMs: number | undefined;
  private decodedMs = NaN;
  /** When the packet after the last one is due, where that has no time of its own. */
  private nextMs = 0;

  /** When it is shown, when it is decoded, and how long it stays. Times are NaN where the packet has none. */
  add(shownMs: number, decodedMs: number, durationMs: number): void {
    const timeMs = [shownMs, decodedMs, this.nextMs].find((ms) => !Number.isNaN(ms))!;
    this.nextMs = timeMs + durationMs;
    this.shiftMs ??= -timeMs;
    const ownMs = timeMs + this.shiftMs;
    const isBack = decodedMs < this.decodedMs || ownMs < this.latestMs - BACK_MS;
    if (isBack || ownMs > Math.max(0, this.latestMs) + GAP_MS) this.shiftMs = this.endMs - timeMs;
    this.decodedMs = decodedMs;
    const atMs = timeMs + this.shiftMs;
    this.latestMs = Math.max(this.latestMs, atMs);
    this.endMs = Math.max(this.endMs, atMs + durationMs);
  }

  get lengthMs(): number | undefined {
    return this.endMs > 0 ? this.endMs : undefined;
  }
}

export interface Scan {
  /** In ms; undefined where it cannot be known. Never rejects. */
  readonly lengthMs: Promise<number | undefined>;
  stop(): void;
}

/** `frameMs`: of a packet that gives no time of its own. */
export function scanPackets({ ffprobe }: Tools, path: string, index: number, frameMs: number): Scan {
  const child = startChild(
    'nice',
    [
      ...[...NICE, ffprobe, '-hide_banner', '-loglevel', 'quiet', ...FILES_ONLY, '-select_streams', `v:${index}`],
      ...['-show_entries', 'packet=pts_time,dts_time,duration_time', '-of', 'csv=p=0', `file:${path}`],
    ],
    'pipe',
  );
  const sum = new PacketSum();
  let rest = '';
  child.output?.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      // Lines between are of side data.
      if (!line.includes(',')) continue;
      const [shown, decoded, lasts] = line.split(',').map((field) => 1000 * Number.parseFloat(field)) as [
        number,
        number,
        number?,
      ];
      sum.add(shown, decoded, lasts !== undefined && lasts > 0 ? lasts : frameMs);
    }
  });
  return {
    lengthMs: child.ended.then(({ code }) => (code === 0 ? sum.lengthMs : undefined)),
    stop: () => child.kill(),
  };
}
