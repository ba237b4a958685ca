/** Before all tests: what programs keep over restarts goes to a folder of this run, not to the person's own. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

function setUp(): void {
  process.env['XDG_STATE_HOME'] = mkdtempSync(join(tmpdir(), 'vitrine-state-'));
}

// How jest takes it.
export = setUp;
