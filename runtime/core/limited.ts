/** Work that ends with a signal, or after a limit of its own. */

/**
 * What `work` resolves to; undefined where it gave up because its own signal was aborted after `limitMs`. Rejects as it does otherwise. Leaves no
 * timer and no listener behind.
 */
export async function limited<T>(
  signal: AbortSignal,
  limitMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const own = new AbortController();
  const pass = (): void => own.abort(signal.reason);
  if (signal.aborted) pass();
  signal.addEventListener('abort', pass, { once: true });
  const over = new DOMException(`not ready within ${limitMs / 1000} s`, 'TimeoutError');
  const timer = setTimeout(() => own.abort(over), limitMs);
  try {
    return await work(own.signal);
  } catch (cause) {
    signal.throwIfAborted();
    if (own.signal.reason === over) return undefined;
    throw cause;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', pass);
  }
}
