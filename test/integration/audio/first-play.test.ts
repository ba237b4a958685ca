/** The first play of a file is every other play of it: the same samples, the same fades, whatever was known of the file before. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Role } from '../../../plugins/audio/output/mixer';
import { faultyTools } from '../../support/faulty-tools';
import { chirp, cueSound, openSoundRig, RATE_HZ, worstDb, writeWav, type SoundRig } from '../../support/sound-rig';
import { makeMedia } from '../../support/make-media';

let rig: SoundRig;
afterEach(() => rig.close());

const WHOLE = { maxBufferMs: { voice: 60_000, background: 60_000, effect: 60_000, clips: 0 }, prefetchBlockMs: 60_000 };
const STREAMED = { maxBufferMs: { voice: 0, background: 0, effect: 0, clips: 0 }, chunkMs: 500 };
/** So much later than the first play the second one begins. */
const APART_S = 3;
const PLAY_S = 2.4;

const parts = (heard: Float32Array): [Float32Array, Float32Array] => {
  const from = (beginS: number): Float32Array => heard.subarray(beginS * RATE_HZ, (beginS + PLAY_S) * RATE_HZ);
  return [from(0.1), from(0.1 + APART_S)];
};
const peak = (plane: Float32Array): number => plane.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
/** Quiet, so that mastering makes it louder. */
const quiet = (seconds: number): Float32Array => chirp(seconds * RATE_HZ, RATE_HZ, 200, 4000).map((x) => x / 5);

const sounds: readonly (readonly [string, Role, number, number, boolean, object])[] = [
  ['a voice, decoded whole', 'voice', 0, 0, false, WHOLE],
  ['a background that loops, streamed', 'background', 500, 700, true, STREAMED],
  ['an effect with a long fade', 'effect', 1400, 300, false, WHOLE],
];

describe.each([
  ['as it is', false],
  ['mastered', true],
])('%s', (_what, mastered) => {
  it.each(sounds)('%s', async (_name, role, fadeInMs, fadeOutMs, loop, change) => {
    rig = openSoundRig(2 * APART_S + 1, { ...change, mastered });
    const file = writeWav(join(rig.folder, 'new.wav'), [quiet(2)]);
    const desk = rig.desk([cueSound(file, { role: role as 'voice', fadeInMs, fadeOutMs, loop })], []);
    await rig.settle();
    for (const beginS of [0.1, 0.1 + APART_S]) {
      desk.enter('0', beginS * 1000);
      await rig.settle();
      await rig.go(beginS + 1);
      desk.enter('1', (beginS + 1.5) * 1000);
      await rig.settle();
      await rig.go(beginS + APART_S - 0.2);
    }
    const [first, second] = parts((await rig.render())[0]);
    expect(worstDb(first, second)).toBeLessThan(-90);
    expect(peak(first) > 0.12).toBe(mastered);
  });

  it('the sound of a clip', async () => {
    rig = openSoundRig(2 * APART_S + 1, { mastered });
    const file = join(rig.folder, 'new.mkv');
    const args = [
      ...['-f', 'lavfi', '-i', 'testsrc2=s=64x36:r=25:d=3', '-i', writeWav(`${file}.wav`, [quiet(3)])],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'pcm_f32le'],
    ];
    makeMedia(file, ...args);
    const desk = rig.desk([]);
    for (const beginS of [0.1, 0.1 + APART_S]) {
      const clip = { volume: 1, sound: { file, beganMs: beginS * 1000 } };
      desk.ready(clip);
      await rig.settle();
      desk.card(beginS * 1000, 400, clip);
      await rig.settle();
      await rig.go(beginS + 1);
      desk.card((beginS + 1.5) * 1000, 400);
      await rig.go(beginS + APART_S - 0.2);
    }
    const [first, second] = parts((await rig.render())[0]);
    expect(peak(first) > 0.12).toBe(mastered);
    expect(worstDb(first, second)).toBeLessThan(-90);
  });
});

it('keeps the power of two sounds that fade into each other, the first time and the second', async () => {
  const FADE_S = 1;
  rig = openSoundRig(12, WHOLE);
  const tone = (hz: number): string =>
    writeWav(join(rig.folder, `${hz}.wav`), [
      Float32Array.from({ length: 5 * RATE_HZ }, (_, i) => 0.4 * Math.sin((2 * Math.PI * hz * i) / RATE_HZ)),
    ]);
  const pair = [440, 3000].map((hz) => [cueSound(tone(hz), { fadeInMs: FADE_S * 1000, fadeOutMs: FADE_S * 1000 })]);
  const desk = rig.desk(...pair);
  await rig.settle();
  const changesS = [0.2, 2.2, 4.2, 6.2, 8.2];
  for (const [at, atS] of changesS.entries()) {
    desk.expect(String(at % 2), atS * 1000);
    await rig.go(atS - 0.4);
    desk.enter(String(at % 2), atS * 1000);
    await rig.settle();
  }
  await rig.go(10);
  const [heard] = await rig.render();
  const WINDOW = 0.05 * RATE_HZ;
  const power = (hz: number, atS: number): number => {
    let [re, im] = [0, 0];
    for (let i = 0; i < WINDOW; i++) {
      const x = heard[Math.round(atS * RATE_HZ) - WINDOW / 2 + i]!;
      re += x * Math.cos((2 * Math.PI * hz * i) / RATE_HZ);
      im += x * Math.sin((2 * Math.PI * hz * i) / RATE_HZ);
    }
    return (re ** 2 + im ** 2) * (2 / WINDOW / 0.4) ** 2;
  };
  for (const atS of changesS.slice(1))
    for (const share of [0.1, 0.25, 0.5, 0.75, 0.9]) {
      const sum = power(440, atS + share * FADE_S) + power(3000, atS + share * FADE_S);
      expect(sum).toBeGreaterThan(0.98);
      expect(sum).toBeLessThan(1.001);
    }
});

it('has one gain throughout where its loudness was not known in time, and is right the next time', async () => {
  const { tools } = faultyTools('exec $real', 'sleep 2; exec $real');
  rig = openSoundRig(2 * APART_S + 1, { ...STREAMED, mastered: true, prefetchBlockMs: 20 }, {}, tools);
  const file = writeWav(join(rig.folder, 'new.wav'), [
    Float32Array.from({ length: 2 * RATE_HZ }, (_, i) => 0.05 * Math.sin((2 * Math.PI * 997 * i) / RATE_HZ)),
  ]);
  const desk = rig.desk([cueSound(file)]);
  for (const beginS of [0.1, 0.1 + APART_S]) {
    desk.enter('0', beginS * 1000);
    // Its loudness is known by the first step of the clock, and not when it began.
    await rig.go(beginS + APART_S - 0.2);
  }
  const [heard] = await rig.render();
  // It began late, with the first step.
  const levels = [0.5, 0.9, 1.3, 1.7, 2].map((atS) => peak(heard.subarray(atS * RATE_HZ, (atS + 0.1) * RATE_HZ)));
  for (const level of levels) expect(level).toBeCloseTo(levels[0]!, 3);
  expect(levels[0]!).toBeLessThan(0.06);
  expect(peak(heard.subarray((APART_S + 0.6) * RATE_HZ, (APART_S + 1) * RATE_HZ))).toBeGreaterThan(0.1);
  expect(rig.reported).toEqual([]);
});

it('is measured once, and told once where it cannot be', async () => {
  const { tools, folder } = faultyTools('exec $real', 'echo >> $here/measured; exit 1');
  rig = openSoundRig(3, WHOLE, {}, tools);
  const file = writeWav(join(rig.folder, 'new.wav'), [quiet(1)]);
  for (let turn = 0; turn < 3; turn++) {
    rig.desk([cueSound(file)]);
    await rig.settle();
  }
  expect(spawnSync('wc', ['-l', join(folder, 'measured')], { encoding: 'utf8' }).stdout).toMatch(/^1 /);
  expect(rig.said.filter((line) => line.startsWith('the loudness of a file could not'))).toHaveLength(1);
});
