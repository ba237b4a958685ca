/** Joins: one rising tone, cut into six files, played as six cues, is the tone again, to the sample. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createScore } from '../../../runtime/session/score';
import { createRandom } from '../../../runtime/show/random';
import { faultyTools } from '../../support/faulty-tools';
import {
  chirp,
  cueSound,
  lagOf,
  openSoundRig,
  RATE_HZ,
  showOf,
  worstDb,
  writeWav,
  type SoundRig,
} from '../../support/sound-rig';

const CUTS = 6;
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

/** Six files of a second each, by one encoder run after the other in one process. */
function cutUp({ name, encode }: Format): string[] {
  const files = Array.from({ length: CUTS }, (_, at) => join(rig.folder, `${at}.${name}`));
  const pieces = files.map((file, at) => [file, tone.subarray(at * CUT_FRAMES, (at + 1) * CUT_FRAMES)] as const);
  if (name === 'wav') return pieces.map(([file, piece]) => writeWav(file, [piece]));
  const inputs = pieces.flatMap(([file, piece]) => ['-i', writeWav(`${file}.wav`, [piece])]);
  const outputs = files.flatMap((file, at) => ['-map', String(at), ...encode, file]);
  const { status, stderr } = spawnSync('ffmpeg', ['-v', 'error', '-y', ...inputs, ...outputs], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`no ${name} was made: ${stderr}`);
  return files;
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

const STREAMED = { maxBufferMs: { voice: 0, background: 0, effect: 0, clips: 0 }, chunkMs: 250 };
const cases = [
  ...FORMATS.map((format) => ['streamed in chunks', format.name, STREAMED, format] as const),
  // Decoded by the same decoder: one of each kind tells.
  ...[FORMATS[0]!, FORMATS[4]!].map((format) => ['decoded whole', format.name, {}, format] as const),
];

describe('one tone in six files', () => {
  it.each(cases)('%s, %s', async (_how, _name, change, format) => {
    // No loudness is measured: what is heard is what was decoded first.
    rig = openSoundRig(CUTS + 2, change, {}, faultyTools('exec $real').tools);
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

it('follows the sounds where the pictures change every minute and the cues are shorter than their sounds', async () => {
  rig = openSoundRig(CUTS + 4, {}, {}, faultyTools('exec $real').tools);
  const pieceFrames = 1.08 * RATE_HZ;
  const pieces = Array.from({ length: CUTS - 2 }, (_, at) =>
    cueSound(writeWav(join(rig.folder, `${at}.wav`), [tone.subarray(at * pieceFrames, (at + 1) * pieceFrames)])),
  );
  const cues = pieces.map((piece) => [piece]);
  const desk = rig.desk(...cues);
  const show = showOf(cues);
  const minute = {
    media: 'images',
    themes: [],
    everyMs: 60_000,
    playsOut: false,
    order: 'shuffle',
    fit: 'cover',
    motion: 'none',
    transition: { type: 'crossfade', durationMs: 800 },
    background: 0,
  } as const;
  const list = show.cuelist.cues.map((cue) => ({ ...cue, scenes: [{ scene: 'minute', weight: 1 }] }));
  const score = createScore(
    { ...show, scenes: { minute }, cuelist: { loop: 'once', cues: list } },
    createRandom('pictures'),
  );
  await rig.settle();
  score.begin(START_S * 1000);
  desk.enter('0', START_S * 1000);
  await rig.settle();
  for (let beat = score.next(); beat !== undefined; beat = score.next()) {
    const { cue, joinsMs = NaN } = beat;
    desk.expect(cue.name, joinsMs);
    await rig.go(joinsMs / 1000 - 0.2);
    const atMs = desk.join(cue.name, joinsMs);
    await rig.settle();
    score.taken({ ...beat, atMs, joinsMs: atMs }, atMs);
  }
  await rig.go(START_S + CUTS);
  const [heard] = await rig.render();
  const frames = cues.length * pieceFrames;
  const from = START_S * RATE_HZ;
  expect(worstDb(heard.subarray(from, from + frames), tone.subarray(0, frames))).toBeLessThan(-90);
});
