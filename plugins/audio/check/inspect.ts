/** What a person is told of the sounds of a show before it plays: what they are, how loud, and whether they can be decoded to their end. */
import { messageOf } from '../../../runtime/core/errors';
import { run } from '../../../runtime/media/child';
import type { Tools } from '../../../runtime/media/tools';
import type { SoundFinding } from '../../../runtime/show/sound-finding';
import { loudnessArguments } from '../decode/command';
import { LoudnessBook, parseLoudness, type Loudness } from '../facts/loudness';
import type { SoundFacts } from '../facts/sound-facts';
import { SoundProbe } from '../facts/sound-probe';
import { missingWavMs } from './wav-length';

/** So much of a file is decoded: some seconds of work. */
const DECODED_S = 600;
const LIMIT_MS = 60_000;
/** Lines of progress. */
const PROGRESS_BYTES = 4 << 20;
/** What a file says of its length is a little off in many. */
const SHORT_MS = 1000;
const SURROUND_FROM = 3;
/** Below it nothing is heard: half of the last bit of 16 is at -96. A click has a peak and no loudness. */
const SILENT_DB = -80;

/** Looks at every file, one after the other, in the order of `paths`. Never rejects. What is found out is kept for the show: it begins with it known. */
export async function inspectSounds(
  tools: Tools,
  paths: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<SoundFinding[]> {
  const probe = new SoundProbe(tools, env);
  const book = new LoudnessBook(tools, env);
  const findings: SoundFinding[] = [];
  for (const path of paths) {
    const look = await probe.look(path);
    if (look.kind === 'gone') findings.push(unplayable(path, 'is not there'));
    else if (look.kind === 'bad') findings.push(unplayable(path, look.reason));
    else {
      const { finding, loudness } = await decoded(tools, path, look.facts);
      findings.push(withMissing(finding, missingWavMs(path)));
      if (loudness !== undefined) book.learn(path, look.signature, loudness);
    }
  }
  probe.close();
  await book.close();
  return findings;
}

/** `loudness`: of the whole file. */
interface Decoded {
  readonly finding: SoundFinding;
  readonly loudness?: Loudness | undefined;
}

async function decoded({ ffmpeg }: Tools, path: string, facts: SoundFacts): Promise<Decoded> {
  try {
    const args = ['-progress', 'pipe:1', ...loudnessArguments(path, facts, DECODED_S)];
    const { output, said } = await run(ffmpeg, args, LIMIT_MS, PROGRESS_BYTES);
    const decodedMs = Number([...output.matchAll(/^out_time_us=(\d+)/gm)].at(-1)?.[1] ?? 0) / 1000;
    if (decodedMs === 0) return { finding: unplayable(path, 'has no sound that can be decoded') };
    const loudness = parseLoudness(said);
    const finding = judged(path, facts, decodedMs, loudness);
    return decodedMs < DECODED_S * 1000 ? { finding, loudness } : { finding };
  } catch (cause) {
    return { finding: unplayable(path, messageOf(cause).replaceAll(`file:${path}: `, '')) };
  }
}

/** Pure. */
export function judged(
  file: string,
  { codec, rateHz, storedChannels, lengthMs }: SoundFacts,
  decodedMs: number,
  loudness: Loudness | undefined,
): SoundFinding {
  // A recording put together of several is longer than its first part states.
  const isLonger = decodedMs < DECODED_S * 1000 && decodedMs > (lengthMs ?? 0) + SHORT_MS;
  const soundMs = isLonger ? decodedMs : lengthMs;
  const found: SoundFinding = {
    file,
    playable: true,
    codec,
    rateHz,
    channels: storedChannels,
    ...(soundMs === undefined ? {} : { lengthMs: Math.round(soundMs) }),
    ...(loudness === undefined ? {} : { loudnessLufs: loudness.integratedLufs, truePeakDb: loudness.truePeakDb }),
  };
  const warn = (message: string, remedy: string): SoundFinding => ({ ...found, warning: { file, message, remedy } });
  const expectedMs = Math.min(lengthMs ?? 0, DECODED_S * 1000);
  if (decodedMs < expectedMs - SHORT_MS) {
    const message = `ends after ${seconds(decodedMs)} and not, as it says, after ${seconds(lengthMs!)}`;
    return warn(message, 'replace it: a part of it is missing');
  }
  if (loudness !== undefined && loudness.integratedLufs === null && (loudness.truePeakDb ?? -Infinity) < SILENT_DB)
    return warn('is silent', 'is it the right file?');
  if (storedChannels >= SURROUND_FROM)
    return warn(`has ${storedChannels} channels and is heard in two`, 'nothing to do if that is meant');
  return found;
}

/** Of a WAV file that was cut short, ffprobe takes what is there for the whole. */
function withMissing(found: SoundFinding, missingMs: number): SoundFinding {
  const { file, lengthMs, warning } = found;
  if (missingMs <= SHORT_MS || lengthMs === undefined || warning !== undefined) return found;
  const message = `ends after ${seconds(lengthMs)} and not, as it says, after ${seconds(lengthMs + missingMs)}`;
  return { ...found, warning: { file, message, remedy: 'replace it: a part of it is missing' } };
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

function unplayable(file: string, reason: string): SoundFinding {
  const message = `cannot be played, and the show will be silent there: ${reason}`;
  return { file, playable: false, warning: { file, message, remedy: 'replace it' } };
}
