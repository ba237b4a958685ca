/** Typed events: a listener list that never lets one listener's failure reach another. */

export interface Emitter<E> {
  emit<K extends keyof E>(name: K, event: E[K]): void;
  /** Returns the act of not listening any more. */
  on<K extends keyof E>(name: K, listener: (event: E[K]) => void): () => void;
}

export function createEmitter<E>(onFault: (cause: unknown) => void): Emitter<E> {
  const listeners = new Map<keyof E, Set<(event: never) => void>>();
  return {
    emit(name, event) {
      for (const listener of [...(listeners.get(name) ?? [])]) {
        try {
          (listener as (event: unknown) => void)(event);
        } catch (cause) {
          onFault(cause);
        }
      }
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set);
      set.add(listener);
      return () => set.delete(listener);
    },
  };
}
