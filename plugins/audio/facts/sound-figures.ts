/** The lengths of sounds for the account of memory: known ones from earlier looks, others looked at where there is time for it. */
import type { SoundLengths } from '../../../runtime/options/sound-need';
import { findTools } from '../../../runtime/media/tools';
import { SoundProbe, type SoundLook } from './sound-probe';

/** They wait for disks more than for processors. */
const LOOKS_AT_ONCE = 4;

/** Of files that no earlier look knows, at most `mostNew` are looked at. Rejects only where there is no ffmpeg. */
export async function soundLengths(
  ffmpeg: string | null,
  env: Readonly<Record<string, string | undefined>>,
  paths: readonly string[],
  mostNew: number,
): Promise<SoundLengths> {
  // A probe for each call: it reads the file of findings, into which the plugin that plays the sounds writes.
  const probe = new SoundProbe(findTools(ffmpeg, env), env);
  const looks = await Promise.all(paths.map((path) => probe.recall(path)));
  const left = [...paths.entries()]
    .filter(([at]) => looks[at] === undefined)
    .slice(0, mostNew)
    .values();
  const look = async (): Promise<void> => {
    for (const [at, path] of left) looks[at] = await probe.look(path);
  };
  await Promise.all(Array.from({ length: LOOKS_AT_ONCE }, look));
  probe.close();
  const lengthOf = (found: SoundLook | undefined): number | undefined =>
    found?.kind === 'sound' ? found.facts.lengthMs : undefined;
  return {
    known: looks.flatMap((found, at) => {
      const lengthMs = lengthOf(found);
      if (found?.kind !== 'sound' || lengthMs === undefined) return [];
      return [{ path: paths[at]!, lengthMs, channels: found.facts.channels }];
    }),
    // A file that cannot be played takes nothing.
    unknown: looks.filter((found) => found === undefined || (found.kind === 'sound' && lengthOf(found) === undefined))
      .length,
  };
}
