/** Waiting for what comes to hold. */

const LOOK_MS = 5;
/** Less than a test may take: what did not come is told by name instead of as a test that hangs. */
const LONGEST_WAIT_MS = 50_000;

export async function until(holds: () => boolean): Promise<void> {
  const endMs = performance.now() + LONGEST_WAIT_MS;
  while (!holds()) {
    if (performance.now() > endMs) throw new Error(`it never came to that: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
