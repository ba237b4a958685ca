/** `vitrine check` of shows with sounds: what they are, how loud, and which of them cannot be heard. */
import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Inspection } from '../../../runtime/show/inspect';
import { makeSmallShow, type SmallShow } from '../../support/small-show';
import { chirp, RATE_HZ, writeWav } from '../../support/sound-rig';
import { vitrine, type Outcome } from '../run/program';

let show: SmallShow;
beforeEach(async () => void (show = await makeSmallShow()));
afterEach(() => rmSync(show.folder, { recursive: true }));

const at = (name: string): string => join(show.folder, name);

function check(sounds: readonly string[], ...args: string[]): Promise<Outcome> {
  const cues = sounds.map(
    (sound, index) => `{name: c${index}, duration: 5s, scenes: [{scene: only}], audio: [{file: ${sound}}]}`,
  );
  writeFileSync(
    show.file,
    `version: 1
name: Sounds
themes: {all: {images: [pictures]}}
scenes: {only: {themes: [all], every: 2s}}
cuelist: {cues: [${cues.join(', ')}]}
`,
  );
  return vitrine(['check', show.file, ...args]);
}

it('tells what each sound is, and names those that will not be heard', async () => {
  const tone = chirp(3 * RATE_HZ);
  const quiet = new Float32Array(2 * RATE_HZ);
  writeWav(at('good.wav'), [tone, tone]);
  writeWav(at('silent.wav'), [quiet]);
  writeWav(at('surround.wav'), [tone, tone, tone, tone, tone, tone]);
  writeFileSync(at('text.mp3'), 'no sound at all, however long one listens');
  writeWav(at('cut.wav'), [tone]);
  truncateSync(at('cut.wav'), 44 + 4 * RATE_HZ);
  const names = ['good.wav', 'silent.wav', 'surround.wav', 'text.mp3', 'good.wav'];
  const { code, out } = await check(names, '--json');
  expect(code).toBe(0);
  const { show: found, warnings } = JSON.parse(out) as Inspection;
  expect(found!.sounds).toBe(4);
  expect(found!.soundFindings).toMatchObject([
    { playable: true, codec: 'pcm_f32le', rateHz: RATE_HZ, channels: 2, lengthMs: 3000 },
    { playable: true, loudnessLufs: null },
    { playable: true, channels: 6 },
    { playable: false },
  ]);
  const { loudnessLufs } = found!.soundFindings![0]!;
  // A tone of half the height, in both channels: -6 dB, and 0.7 for the filter's zero, less what it thinks of low notes.
  expect(Math.abs(loudnessLufs! + 6)).toBeLessThan(3);
  expect(warnings.map(({ message }) => message)).toEqual([
    'is silent',
    'has 6 channels and is heard in two',
    expect.stringContaining('cannot be played, and the show will be silent there: ') as string,
  ]);
});

it('says how loud short sounds are, and calls none of them silent', async () => {
  const tone = chirp(RATE_HZ, RATE_HZ, 900, 1100);
  const lengthsMs = [1, 20, 150, 300, 399, 500];
  const names = lengthsMs.map((ms) => {
    const name = `beep${ms}.wav`;
    writeWav(at(name), [tone.subarray(0, (ms / 1000) * RATE_HZ)]);
    return name;
  });
  writeWav(at('silent.wav'), [new Float32Array(0.2 * RATE_HZ)]);
  const { out } = await check([...names, 'silent.wav'], '--json');
  const { show: found, warnings } = JSON.parse(out) as Inspection;
  expect(warnings.map(({ file, message }) => [file, message])).toEqual([[at('silent.wav'), 'is silent']]);
  // With the silence behind it counted in, as EBU R128 counts 400 ms.
  const whole = found!.soundFindings![5]!.loudnessLufs!;
  for (const [index, ms] of [150, 300, 399].entries())
    expect(found!.soundFindings![index + 2]!.loudnessLufs! - whole).toBeCloseTo(10 * Math.log10(ms / 400), 0);
});

it.each([
  [2.5, 9],
  [1, 3],
  [2.9, 3],
])('says of a WAV file that %d s of %d s are there', async (thereS, saidS) => {
  writeWav(at('cut.wav'), [chirp(saidS * RATE_HZ)]);
  truncateSync(at('cut.wav'), 44 + 4 * Math.round(thereS * RATE_HZ));
  const { warnings } = JSON.parse((await check(['cut.wav'], '--json')).out) as Inspection;
  const message = `ends after ${thereS.toFixed(1)} s and not, as it says, after ${saidS.toFixed(1)} s`;
  // What files say of their length is a little off in many.
  expect(warnings.map((warning) => warning.message)).toEqual(saidS - thereS > 1 ? [message] : []);
});

it('refuses a sound that is not there, at its place in the show', async () => {
  writeWav(at('good.wav'), [chirp(RATE_HZ)]);
  const { code, err, out } = await check(['good.wav', 'bed.ogg']);
  expect(code).toBe(4);
  expect(err).toMatch(/show\.yaml:5:\d+: cuelist\.cues\[1\]\.audio\[0\]\.file: is not there/);
  expect(out).toMatch(/2 sounds\n {4}good\.wav: pcm_f32le, 48000 Hz, 1 channel, 1\.0 s, -\d+\.\d LUFS/);
});
