/** After all tests: the folder of `state-setup` goes again. Fails where tests left something temporary behind. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Kept by others for all processes of a user: compiled modules (Node), TypeScript's and jest's transforms. */
const CACHES = /^(node-compile-cache|jest_|v8-compile-cache)/;

/** With what is in it, by which its test is found. */
function describeLeft(place: string, name: string): string {
  if (!statSync(join(place, name)).isDirectory()) return name;
  return `${name} (${readdirSync(join(place, name), { recursive: true }).slice(0, 5).join(', ')})`;
}

function tearDown(): void {
  const folder = process.env['VITRINE_TESTS']!;
  const place = join(folder, 't');
  const left = readdirSync(place)
    .filter((name) => !CACHES.test(name))
    .map((name) => describeLeft(place, name));
  rmSync(folder, { recursive: true, force: true });
  if (left.length > 0) throw new Error(`tests left in the temporary folder: ${left.join(', ')}`);
}

// How jest takes it.
export = tearDown;
