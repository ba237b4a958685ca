/** Joins: one rising tone, cut into ten files, played as ten cues, is the tone again, to the sample. */
import { join } from 'node:path';
import {
  chirp,
  converted,
  cueSound,
  lagOf,
  openSoundRig,
  RATE_HZ,
  worstDb,
  writeWav,
  type SoundRig,
} from '../../support/sound-rig';

const CUTS = 10;
const CUT_FRAMES = RATE_HZ;
const START_S = 0.2;
/** Lossy codecs turn the phase of what is lower. */
const tone = chirp(CUTS * CUT_FRAMES, RATE_HZ, 400);

let rig: SoundRig;
afterEach(() => rig.close());

interface Format {
  readonly name: string;
  readonly encode: readonly string[];
  readonly lossless: boolean;
}

const FORMATS: readonly Format[] = [
  { name: 'wav', encode: [], lossless: true },
  { name: 'flac', encode: ['-c:a', 'flac', '-sample_fmt', 's32'], lossless: true },
  { name: 'ogg', encode: ['-c:a', 'libvorbis', '-q:a', '7'], lossless: false },
  { name: 'opus', encode: ['-c:a', 'libopus', '-b:a', '160k'], lossless: false },
  { name: 'mp3', encode: ['-c:a', 'libmp3lame', '-b:a', '192k'], lossless: false },
  { name: 'm4a', encode: ['-c:a', 'aac', '-b:a', '192k'], lossless: false },
];

/** Ten files of a second each. */
function cutUp({ name, encode }: Format): string[] {
  return Array.from({ length: CUTS }, (_, at) => {
    const plane = tone.subarray(at * CUT_FRAMES, (at + 1) * CUT_FRAMES);
    const wav = writeWav(join(rig.folder, `${at}.wav`), [plane]);
    return name === 'wav' ? wav : converted(wav, join(rig.folder, `${at}.${name}`), ...encode);
  });
}

/** Plays them one after the other; the cues change a little beside the ends of the files, as cues do. */
async function played(files: readonly string[]): Promise<Float32Array> {
  const desk = rig.desk(...files.map((file) => [cueSound(file)]));
  for (let at = 0; at < files.length; at++) {
    const cueMs = (START_S + at) * 1000 + (at === 0 ? 0 : [40, -60, 0][at % 3]!);
    desk.expect(String(at), cueMs);
    await rig.settle();
    desk.enter(String(at), cueMs);
    await rig.settle();
    await rig.go(START_S + at + 0.5);
  }
  await rig.go(START_S + files.length + 0.5);
  const [left, right] = await rig.render();
  expect(worstDb(left, right)).toBeLessThan(-120);
  return left;
}

describe.each([
  ['decoded whole', {}],
  ['streamed in chunks', { maxBufferMs: { voice: 0, background: 0, effect: 0, clips: 0 }, chunkMs: 250 }],
] as const)('ten files, %s', (_, change) => {
  it.each(FORMATS)('$name', async (format) => {
    rig = openSoundRig(12, change);
    const heard = await played(cutUp(format));
    const from = Math.round(START_S * RATE_HZ);
    const part = heard.subarray(from, from + tone.length);
    expect(rig.reported).toEqual([]);
    // Nothing before, nothing after: no sample was added or lost.
    expect(Math.max(...heard.subarray(0, from - 1).map(Math.abs))).toBeLessThan(1e-6);
    expect(Math.max(...heard.subarray(from + tone.length).map(Math.abs))).toBeLessThan(1e-6);
    if (format.lossless) expect(worstDb(part, tone)).toBeLessThan(-90);
    for (let at = 0; at < CUTS; at++) {
      const piece = (all: Float32Array): Float32Array => all.subarray(at * CUT_FRAMES, (at + 1) * CUT_FRAMES);
      expect(lagOf(piece(tone), piece(part), 40)).toBe(0);
    }
  });
});
