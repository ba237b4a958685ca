/**
 * Before all tests: what programs keep over restarts goes to a folder of this run, not to the person's own, and so does everything
 * temporary: what is left there at the end was left by a test.
 */
import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forgetOldMedia } from './make-media';

function setUp(): void {
  forgetOldMedia();
  // Short: paths of sockets below it have 107 bytes at most.
  const folder = mkdtempSync(join(tmpdir(), 'vt-'));
  process.env['VITRINE_TESTS'] = folder;
  // The image of the machines outlives a run: it takes a minute to make.
  process.env['VITRINE_MACHINE_CACHE'] ??= join(tmpdir(), 'vitrine-machine');
  process.env['XDG_STATE_HOME'] = join(folder, 'state');
  process.env['TMPDIR'] = join(folder, 't');
  // Tests become other users, who have to get at what they wrote.
  chmodSync(folder, 0o755);
  for (const name of ['state', 't']) mkdirSync(join(folder, name));
}

// How jest takes it.
export = setUp;
