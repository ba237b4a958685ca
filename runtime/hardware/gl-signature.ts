/** The signature of what GL hangs on: kernel, drivers and installed packages. What was learned of a driver holds until it changes. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { HardwareFacts } from '../core/facts';

/** Package databases: their time changes with every package that is installed, upgraded or removed. */
const DATABASES = ['/var/lib/dpkg/status', '/var/lib/rpm', '/lib/apk/db/installed', '/var/lib/pacman/local'] as const;

/** Folders of drivers on Debian, Fedora and others. */
const FOLDERS = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib/arm-linux-gnueabihf',
  '/usr/lib64',
  '/usr/lib',
];
/** Libraries that are drivers of GL, or choose one: some carry their version in their name, the others change with it. */
const DRIVER = /^lib(EGL|GLESv2|GLX|gallium|nvidia-egl|mali|MESA)/i;
const NVIDIA_VERSION = '/sys/module/nvidia/version';

export function glSignature({ os, graphics }: HardwareFacts): string {
  const changedMs = DATABASES.map(changedAtMs);
  return [os.id, os.version, os.kernel, graphics.drivers.join('+'), ...changedMs, ...driverVersions()].join(' ');
}

/** Of drivers that no package brought, too. A few hundred names are read, in about a ms. */
function driverVersions(): readonly (string | number)[] {
  const files = FOLDERS.flatMap((folder) => {
    const names = tried(() => readdirSync(folder)) ?? [];
    return names.filter((name) => DRIVER.test(name)).map((name) => join(folder, name));
  });
  const newestMs = Math.max(0, ...files.map(changedAtMs));
  const named = files.map((file) => file.slice(file.lastIndexOf('/') + 1)).filter((name) => /\d\.\d/.test(name));
  return [newestMs, ...named.sort(), tried(() => readFileSync(NVIDIA_VERSION, 'utf8').trim()) ?? ''];
}

const changedAtMs = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function tried<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
