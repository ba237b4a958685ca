/** Setbacks: backends that failed on a display that is there, and for how long each is passed over. Bookkeeping without effects. */
import type { Excluded } from '../display/chain';
import { Comeback } from './comeback';

interface Setback {
  /** The last failure. */
  backend: Excluded;
  /** Monotonic. */
  untilMs: number;
  readonly comeback: Comeback;
}

export class Setbacks {
  private readonly known = new Map<string, Setback>();

  /** It was in use for `openMs` and failed at `nowMs`, monotonic. Returns for how long it is passed over, in ms. */
  failed(backend: Excluded, openMs: number, nowMs: number): number {
    const key = `${backend.output} ${backend.renderer}`;
    const setback = this.known.get(key) ?? { backend, untilMs: nowMs, comeback: new Comeback() };
    const pauseMs = setback.comeback.lost(openMs);
    this.known.set(key, { ...setback, backend, untilMs: nowMs + pauseMs });
    return pauseMs;
  }

  /** The backends that are passed over at `nowMs`, monotonic. */
  at(nowMs: number): Excluded[] {
    return [...this.known.values()].filter(({ untilMs }) => nowMs < untilMs).map(({ backend }) => backend);
  }
}
