/** Doubts: clips that were given up because no frame came in time are looked at beside the show, one at a time, for longer. */
import { lastLine, startChild } from '../../runtime/media/child';
import { limitTime } from '../../runtime/core/time-limit';
import { firstFrameArguments, type DecodeOrder } from './command';
import { webpArguments } from './webp/order';

/** A clip that has no frame after this has none. */
const LIMIT_MS = 10_000;

export type Finding = { readonly tookMs: number } | { readonly reason: string };

interface Doubt {
  readonly order: DecodeOrder;
  readonly found: (finding: Finding) => void;
}

/** Main thread only. Ends with `close`; no child is left then, but for one that the kernel does not let go of. */
export class Doubts {
  private readonly held = new Set<string>();
  private readonly waiting: Doubt[] = [];
  private running: { end(): void } | undefined;

  constructor(private readonly ffmpeg: string) {}

  /** Whether a clip is being looked at: it is passed over meanwhile. */
  has(path: string): boolean {
    return this.held.has(path);
  }

  /** Passes a clip over until the work is done. It never rejects. */
  hold(path: string, work: Promise<unknown>): void {
    this.held.add(path);
    void work.then(() => this.held.delete(path));
  }

  /** Decodes its first frame. `found` is not called where the show ends before. */
  examine(order: DecodeOrder, found: Doubt['found']): void {
    if (this.held.has(order.path)) return;
    this.held.add(order.path);
    this.waiting.push({ order, found });
    this.goOn();
  }

  close(): void {
    this.waiting.length = 0;
    this.running?.end();
  }

  private goOn(): void {
    const doubt = this.running === undefined ? this.waiting.shift() : undefined;
    if (doubt === undefined) return;
    const { order, found } = doubt;
    const child = order.facts.animatedWebp
      ? startChild(process.execPath, webpArguments(order, 1), 'pipe')
      : startChild(this.ffmpeg, firstFrameArguments(order), 'pipe');
    const beganMs = performance.now();
    let progress = '';
    child.output?.on('data', (chunk: Buffer) => (progress += String(chunk)));
    const settle = (finding: Finding | undefined): void => {
      if (this.running !== running) return;
      endLimit();
      child.kill();
      this.running = undefined;
      this.held.delete(order.path);
      if (finding === undefined) return;
      found(finding);
      this.goOn();
    };
    // Not even the end of the child is waited for: a disk that hangs does not let it end.
    const endLimit = limitTime(child.pid, LIMIT_MS, () => settle({ reason: `gave no frame in ${LIMIT_MS / 1000} s` }));
    const running = (this.running = { end: () => settle(undefined) });
    void child.ended.then(({ complaint }) => {
      const frames = Number([...progress.matchAll(/^frame=\s*(\d+)/gm)].at(-1)?.[1] ?? 0);
      const reason = lastLine(complaint) || 'has no frame that can be decoded';
      settle(frames > 0 ? { tookMs: performance.now() - beganMs } : { reason });
    });
  }
}
