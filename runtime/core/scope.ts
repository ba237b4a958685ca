/** Scopes: own what was acquired and release it newest first, one at a time, each under a deadline. */

import { setMaxListeners } from 'node:events';
import { monotonicMs } from './clock';

/** What became of one release step that did not simply succeed. */
export interface ReleaseFault {
  readonly label: string;
  readonly fault: 'failed' | 'overdue';
  readonly cause?: unknown;
}

/** The outcome of closing a scope. Empty `faults` means everything was given back in time. */
export interface ReleaseReport {
  readonly scope: string;
  readonly released: number;
  readonly faults: readonly ReleaseFault[];
}

export interface Disposable {
  [Symbol.dispose](): void;
}
export interface AsyncDisposable {
  [Symbol.asyncDispose](): PromiseLike<void>;
}

export interface Scope {
  readonly name: string;
  /** Aborted the moment release begins. Check it after every await. */
  readonly signal: AbortSignal;
  readonly closed: boolean;
  /** Takes ownership of a resource and hands it back. On a closing scope the resource is released at once. */
  own<T extends Disposable | AsyncDisposable>(resource: T): T;
  /** Arranges a release. On a closing scope it runs at once. */
  defer(label: string, release: () => void | Promise<void>): void;
  /** A scope inside this one; closed with it, in its place of the order. */
  child(name: string): Scope;
  /** Throws the abort reason when release has begun. Call after an await. */
  check(): void;
  /**
   * Releases everything; `deadlineMs` is the time each step gets. With `allMs` all of them together take hardly longer than that: each
   * gets half of what is left, or 250 ms, so that there is time for the ones behind a step that hangs. Idempotent: later calls get the first report.
   */
  close(deadlineMs: number, allMs?: number): Promise<ReleaseReport>;
}

interface Step {
  readonly label: string;
  readonly release: () => void | Promise<void>;
}

/** A scope inside another one: its steps have deadlines of their own, and it tells of the late ones by name. */
interface ChildStep {
  readonly label: string;
  readonly child: Scope;
}

const open = new Set<OwningScope>();

/** Scopes that were opened and not closed yet, outermost first; a test suite fails when one is left. */
export function openScopes(): string[] {
  return [...open].map((scope) => scope.name);
}

/** Opens a scope that belongs to nobody; close it yourself. */
export function openScope(name: string): Scope {
  return new OwningScope(name);
}

/** A step gets so long even where those before it took all the time: what ends orderly, such as a display, must. */
const LEAST_MS = 250;

/** Of whose signal nobody is warned: all that a scope does at a time may listen to it. */
function openController(): AbortController {
  const controller = new AbortController();
  setMaxListeners(Infinity, controller.signal);
  return controller;
}

class OwningScope implements Scope {
  private readonly controller = openController();
  private readonly steps: (Step | ChildStep)[] = [];
  private readonly faults: ReleaseFault[] = [];
  private released = 0;
  private closing: Promise<ReleaseReport> | undefined;

  constructor(
    readonly name: string,
    private readonly forget: () => void = () => {},
  ) {
    open.add(this);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get closed(): boolean {
    return this.controller.signal.aborted;
  }

  own<T extends Disposable | AsyncDisposable>(resource: T): T {
    const label = (resource as object).constructor.name;
    this.defer(label, () =>
      Symbol.asyncDispose in resource ? Promise.resolve(resource[Symbol.asyncDispose]()) : resource[Symbol.dispose](),
    );
    return resource;
  }

  defer(label: string, release: () => void | Promise<void>): void {
    if (!this.closed) {
      this.steps.push({ label, release });
      return;
    }
    // Too late to wait for anybody: give it back now and keep the fault for whoever closes the scope.
    void this.run({ label, release }, 1000);
  }

  child(name: string): Scope {
    const path = `${this.name}/${name}`;
    const child: OwningScope = new OwningScope(path, () => {
      const at = this.steps.findIndex((step) => 'child' in step && step.child === child);
      if (at >= 0) this.steps.splice(at, 1);
    });
    if (this.closed) void child.close(1000);
    else this.steps.push({ label: path, child });
    return child;
  }

  check(): void {
    this.controller.signal.throwIfAborted();
  }

  close(deadlineMs: number, allMs = Infinity): Promise<ReleaseReport> {
    this.closing ??= this.releaseAll(deadlineMs, monotonicMs() + allMs);
    return this.closing;
  }

  private async releaseAll(deadlineMs: number, endMs: number): Promise<ReleaseReport> {
    this.controller.abort(new DOMException(`${this.name} is closing`, 'AbortError'));
    for (let step = this.steps.pop(); step !== undefined; step = this.steps.pop()) {
      const leftMs = Math.max(0, endMs - monotonicMs());
      if ('child' in step) await this.closeChild(step.child, deadlineMs, leftMs);
      else await this.run(step, Math.min(deadlineMs, Math.max(LEAST_MS, leftMs / 2)));
    }
    open.delete(this);
    this.forget();
    return { scope: this.name, released: this.released, faults: this.faults };
  }

  private async closeChild(child: Scope, deadlineMs: number, allMs: number): Promise<void> {
    const { faults } = await child.close(deadlineMs, allMs);
    this.faults.push(...faults);
    this.released += 1;
  }

  private async run(step: Step, deadlineMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    try {
      const overdue = new Promise<'overdue'>((resolve) => {
        timer = setTimeout(() => resolve('overdue'), deadlineMs);
      });
      const outcome = await Promise.race([Promise.resolve(step.release()), overdue]);
      if (outcome === 'overdue') this.faults.push({ label: step.label, fault: 'overdue' });
      this.released += 1;
    } catch (cause) {
      this.faults.push({ label: step.label, fault: 'failed', cause });
    } finally {
      clearTimeout(timer);
    }
  }
}
