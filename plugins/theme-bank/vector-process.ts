/** Vector pictures whose cost nobody knows: each is drawn in a process of its own, within limits of time and memory, one at a time. */
import 'reflect-metadata';
import { setPriority } from 'node:os';
import { Lifecycle, scoped } from 'tsyringe';
import { MOST_VECTOR_BYTES } from '../../runtime/core/agreed';
import { builtFile } from '../../runtime/core/paths';
import { Turns } from '../../runtime/core/turns';
import { lastLine, startChild, type Child } from '../../runtime/media/child';
import { PictureError } from '../../runtime/media/picture/input';
import { limitTime } from '../../runtime/core/time-limit';
import type { Decoded } from './decode';
import type { Target } from './target';

/** What the process is asked for. */
export interface VectorOrder {
  readonly path: string;
  readonly target: Target;
  /** As of `decodePicture`; all there are where left out. */
  readonly mostBytes?: number;
}

/** A map with shadows takes some seconds on a small board. What takes longer is better shown as a picture. */
const LIMIT_MS = 20_000;
/** Heap of its JavaScript, which only hands the picture on, in MiB. */
const HEAP_MIB = 32;
/** The show goes first. */
const NICE = 10;

/** Main thread only. */
@scoped(Lifecycle.ContainerScoped)
export class VectorProcess {
  private readonly turns = new Turns();
  private child: Child | undefined;
  private closed = false;

  /** Begins the work that needs the process when it is free. */
  take<T>(work: () => Promise<T>): Promise<T> {
    return this.turns.take(work);
  }

  /** Ends what is being drawn. */
  async close(): Promise<void> {
    this.closed = true;
    this.child?.kill();
    await this.child?.ended;
  }

  /** As `decodePicture`, for one at a time. Rejects also for a picture that takes too long or too much. */
  async decode(path: string, target: Target, mostBytes = Infinity): Promise<Decoded> {
    const order: VectorOrder = { path, target, ...(Number.isFinite(mostBytes) ? { mostBytes } : {}) };
    if (this.closed) throw new DOMException('the pictures are closed', 'AbortError');
    const program = builtFile('..', 'plugins', 'theme-bank', 'vector-main.js');
    const args = [`--max-old-space-size=${HEAP_MIB}`, program, JSON.stringify(order)];
    const child = (this.child = startChild(process.execPath, args, 'pipe', undefined, MOST_VECTOR_BYTES));
    lower(child.pid);
    const chunks: Buffer[] = [];
    child.output!.on('data', (chunk: Buffer) => chunks.push(chunk));
    let isLate = false;
    const endLimit = limitTime(child.pid, LIMIT_MS, () => {
      isLate = true;
      child.kill();
    });
    const { code, signal, complaint } = await child.ended;
    endLimit();
    this.child = undefined;
    if (isLate) throw new PictureError(`it takes longer than ${LIMIT_MS / 1000} s to draw`, 'save it as PNG');
    if (code === 0) return decodedOf(Buffer.concat(chunks));
    if (this.closed) throw new DOMException('the pictures are closed', 'AbortError');
    const because = signal === null && code === 1 ? lastLine(complaint) : `its drawing ended with ${signal ?? code}`;
    if (signal === null && code === 1) throw new Error(because);
    throw new PictureError(`${because}, perhaps for want of memory`, 'save it as PNG');
  }
}

function decodedOf(output: Buffer): Decoded {
  const [widthPx, heightPx] = [output.readUInt32LE(0), output.readUInt32LE(4)];
  return { widthPx, heightPx, pixels: output.subarray(8) };
}

function lower(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, NICE);
  } catch {
    // It is over already.
  }
}
