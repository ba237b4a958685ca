/** After all tests: the folder of `state-setup` goes again. Fails where tests left something temporary behind. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Kept by others for all processes of a user: compiled modules (Node), TypeScript's and jest's transforms. */
const CACHES = /^(node-compile-cache|jest_|v8-compile-cache)/;

function tearDown(): void {
  const folder = process.env['VITRINE_TESTS']!;
  const left = readdirSync(join(folder, 't')).filter((name) => !CACHES.test(name));
  rmSync(folder, { recursive: true, force: true });
  if (left.length > 0) throw new Error(`tests left in the temporary folder: ${left.join(', ')}`);
}

// How jest takes it.
export = tearDown;
