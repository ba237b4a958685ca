/** Devices that a test may lose: a program that replaces what it should write to must not do so to those of the machine. */
import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Minor numbers of the kernel's memory devices (devices.txt). */
const MINORS = { null: '3', full: '7' } as const;

/** A device of its own in `folder`. Only root makes one, and only root could harm that in /dev. */
export function deviceIn(folder: string, name: keyof typeof MINORS): string {
  const path = join(folder, name);
  if (process.getuid!() !== 0) return `/dev/${name}`;
  execFileSync('mknod', [path, 'c', '1', MINORS[name]]);
  return path;
}

/** What /dev/fd/N is: a link to a descriptor of whoever follows it. */
export function descriptorIn(folder: string, fd: number): string {
  const path = join(folder, `fd-${fd}`);
  symlinkSync(`/proc/self/fd/${fd}`, path);
  return path;
}
