/** An ffmpeg that does something else when it is to decode sound, and that measures no loudness; an ffprobe that tells how often it was asked. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTools, type Tools } from '../../runtime/media/tools';

export interface FaultyTools {
  readonly tools: Tools;
  readonly folder: string;
  /** Runs of ffprobe, but for those that ask for its version. */
  readonly probes: () => number;
  /** Decodes, each with its arguments. */
  readonly decodes: () => readonly string[];
}

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/**
 * Of use until the tests of the file are over. `words`: what a shell does in place of decoding, and `loudness` in place of measuring;
 * `$real` is the decoder, with its arguments, and `$here` the folder of the tools.
 */
export function faultyTools(words: string, loudness = 'exit 1'): FaultyTools {
  const { ffmpeg, ffprobe } = findTools(null, process.env);
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-faulty-'));
  folders.push(folder);
  const script = (name: string, body: string): void =>
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  const lines = (name: string): string[] => {
    const file = join(folder, name);
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  };
  script('ffprobe', `case "$*" in *-version*) ;; *) echo "$*" >> '${folder}/probes';; esac\nexec ${ffprobe} "$@"`);
  const filled = (text: string): string => text.replaceAll('$real', `${ffmpeg} "$@"`).replaceAll('$here', folder);
  const decode = `echo "$*" >> '${folder}/decodes'; ${filled(words)}`;
  const measure = filled(loudness);
  script('ffmpeg', `case "$*" in *f32le*) ${decode};; *ebur128*) ${measure};; *) exec ${ffmpeg} "$@";; esac`);
  return {
    folder,
    tools: findTools(join(folder, 'ffmpeg'), process.env),
    probes: () => lines('probes').length,
    decodes: () => lines('decodes'),
  };
}
