/** Waits for conditions: each is looked at again whenever something may have changed. */

/** Main thread only. */
export class Waits {
  private readonly looks = new Set<() => void>();

  /** Looks at every condition that is waited for. */
  look(): void {
    for (const look of this.looks) look();
  }

  /** Resolves once it holds, which is looked at with every `look`; with false where it does not within `limitMs`. */
  until(holds: () => boolean, limitMs = Infinity): Promise<boolean> {
    if (holds()) return Promise.resolve(true);
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const settle = (held: boolean): void => {
        clearTimeout(timer);
        this.looks.delete(look);
        resolve(held);
      };
      const look = (): void => {
        if (holds()) settle(true);
      };
      this.looks.add(look);
      if (limitMs < Infinity) timer = setTimeout(() => settle(false), limitMs).unref();
    });
  }
}
