/** Waiting for what comes to hold. */

const LOOK_MS = 5;
/** Less than a test may take: what did not come is told by name instead of as a test that hangs. */
export const LONGEST_WAIT_MS = 50_000;
/** For those who look at a screen, or at something else that costs. */
const COSTLY_LOOK_MS = 25;

export async function until(holds: () => boolean): Promise<void> {
  const endMs = performance.now() + LONGEST_WAIT_MS;
  while (!holds()) {
    if (performance.now() > endMs) throw new Error(`it never came to that: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Whether it comes to hold: for those who have better words where it does not. */
export async function comesToHold(holds: () => boolean | Promise<boolean>): Promise<boolean> {
  for (const endMs = performance.now() + LONGEST_WAIT_MS; ;) {
    const held = await holds();
    if (held || performance.now() > endMs) return held;
    await new Promise((resolve) => setTimeout(resolve, COSTLY_LOOK_MS));
  }
}
