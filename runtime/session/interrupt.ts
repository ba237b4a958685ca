/** Interrupts: a person's wish that wakes whoever waits, without ending them. */

export class Interrupt<T> {
  private wish: T | undefined;
  private controller = new AbortController();

  /** A signal for one wait: aborted by `outer`, or by a wish. Release it afterwards. */
  watch(outer: AbortSignal): { readonly signal: AbortSignal; release(): void } {
    if (this.wish === undefined && this.controller.signal.aborted) this.controller = new AbortController();
    const joint = new AbortController();
    const inner = this.controller.signal;
    const byOuter = (): void => joint.abort(outer.reason);
    const byInner = (): void => joint.abort(inner.reason);
    if (outer.aborted) byOuter();
    else if (inner.aborted) byInner();
    outer.addEventListener('abort', byOuter, { once: true });
    inner.addEventListener('abort', byInner, { once: true });
    return {
      signal: joint.signal,
      release() {
        outer.removeEventListener('abort', byOuter);
        inner.removeEventListener('abort', byInner);
      },
    };
  }

  /** Wakes the one that waits, or the next one that would. A later wish replaces an earlier one, which is returned. */
  raise(wish: T): T | undefined {
    const replaced = this.wish;
    this.wish = wish;
    this.controller.abort(new DOMException('interrupted', 'AbortError'));
    return replaced;
  }

  /** Wakes the one that waits, for no wish: something that it waits for may have changed. */
  nudge(): void {
    this.controller.abort(new DOMException('interrupted', 'AbortError'));
  }

  /** The wish that was not taken yet. */
  get pending(): T | undefined {
    return this.wish;
  }

  /** Takes the wish, once. */
  take(): T | undefined {
    const { wish } = this;
    this.wish = undefined;
    return wish;
  }
}
