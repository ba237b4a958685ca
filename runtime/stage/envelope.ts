/** Envelopes: values that change over time, sent ahead and evaluated by the render thread alone. */

/**
 * Keys `[t0, v0, t1, v1, …]` with rising times in stage ms. Between keys the value moves linearly or, with `smooth`, along
 * 3x² - 2x³; before the first and after the last key it rests.
 */
export interface Envelope {
  readonly keys: readonly number[];
  readonly smooth?: boolean;
}

/** An envelope that rests at one value. */
export function constant(value: number): Envelope {
  return { keys: [0, value] };
}

/** From one value to another between two instants; a step at `fromMs` where they are the same instant. */
export function ramp(fromMs: number, from: number, untilMs: number, to: number, smooth = false): Envelope {
  return untilMs > fromMs ? { keys: [fromMs, from, untilMs, to], smooth } : { keys: [fromMs, to] };
}

/** The value at `atMs`. Allocates nothing. */
export function valueAt(envelope: Envelope, atMs: number): number {
  const { keys } = envelope;
  const last = keys.length - 2;
  if (atMs >= keys[last]!) return keys[last + 1]!;
  if (atMs <= keys[0]!) return keys[1]!;
  let right = 2;
  while (keys[right]! <= atMs) right += 2;
  const t0 = keys[right - 2]!;
  const v0 = keys[right - 1]!;
  let x = (atMs - t0) / (keys[right]! - t0);
  if (envelope.smooth === true) x = x * x * (3 - 2 * x);
  return v0 + (keys[right + 1]! - v0) * x;
}

/** Whether the value differs between any two instants of `[fromMs, untilMs]`. Allocates nothing. */
export function movesWithin(envelope: Envelope, fromMs: number, untilMs: number): boolean {
  const { keys } = envelope;
  for (let right = 2; right < keys.length; right += 2) {
    if (keys[right - 1] !== keys[right + 1] && keys[right]! > fromMs && keys[right - 2]! < untilMs) return true;
  }
  return false;
}

/** The next instant after `atMs` at which the value begins to move; Infinity where it rests for ever. */
export function nextMoveMs(envelope: Envelope, atMs: number): number {
  const { keys } = envelope;
  for (let right = 2; right < keys.length; right += 2) {
    if (keys[right - 1] !== keys[right + 1] && keys[right]! > atMs) return Math.max(atMs, keys[right - 2]!);
  }
  return Infinity;
}
