/** The signature of what GL hangs on: kernel, drivers and installed packages. What was learned of a driver holds until it changes. */
import { statSync } from 'node:fs';
import type { HardwareFacts } from '../core/facts';

/** Package databases: their time changes with every package that is installed, upgraded or removed. */
const DATABASES = ['/var/lib/dpkg/status', '/var/lib/rpm', '/lib/apk/db/installed', '/var/lib/pacman/local'] as const;

export function glSignature({ os, graphics }: HardwareFacts): string {
  const changedMs = DATABASES.map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return [os.id, os.version, os.kernel, graphics.drivers.join('+'), ...changedMs].join(' ');
}
