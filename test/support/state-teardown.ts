/** After all tests: the folder of `state-setup` goes again. */
import { rmSync } from 'node:fs';

function tearDown(): void {
  rmSync(process.env['XDG_STATE_HOME']!, { recursive: true, force: true });
}

// How jest takes it.
export = tearDown;
