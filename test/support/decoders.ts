/** The children that decode sounds of a folder, by their command lines. */
import { readdirSync, readFileSync } from 'node:fs';

export const decodersOf = (folder: string): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return line.includes('f32le') && line.includes(folder) ? [line] : [];
      } catch {
        return [];
      }
    });
