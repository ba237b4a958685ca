/** Waits for work, and no longer than a limit. */

/** Resolves when the work is done, or after `limitMs`; without any work, after `limitMs`. Rejects as the work does, until then. Leaves no timer behind. */
export async function within(work: Promise<unknown> | undefined, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    if (limitMs < Infinity) timer = setTimeout(resolve, limitMs);
  });
  try {
    await Promise.race([work ?? over, over]);
  } finally {
    clearTimeout(timer);
  }
}
