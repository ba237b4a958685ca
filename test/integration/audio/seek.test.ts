/** Seeking in the sounds of a cue, rendered and looked at sample by sample. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NOT_BEGUN, type Seek, type Sought } from '../../../runtime/stage/seek';
import { faultyTools } from '../../support/faulty-tools';
import { chirp, cueSound, openSoundRig, RATE_HZ, worstDb, writeWav, type SoundRig } from '../../support/sound-rig';

const WHOLE = { maxBufferMs: { voice: 60_000, background: 60_000, effect: 60_000, clips: 0 } };
const STREAMED = { maxBufferMs: { voice: 0, background: 0, effect: 0, clips: 0 }, chunkMs: 500 };
const LENGTH_S = 8;
/** Every place of it is unlike every other, and no two samples of it are far apart. */
const tone = chirp(LENGTH_S * RATE_HZ, RATE_HZ, 100, 2000);
const START_MS = 100;
/** One place has given way to the other after so long. */
const SPLICE_FRAMES = 0.015 * RATE_HZ;

let rig: SoundRig;
afterEach(() => rig.close());

// No loudness is measured: no voice takes over from another one meanwhile.
const open = (seconds: number, change: object, { tools } = faultyTools('exec $real')): SoundRig =>
  (rig = openSoundRig(seconds, change, {}, tools));
/** What is heard, by the frames of the clock: the mixer's limiter is heard a little later. */
const onClock = async (): Promise<Float32Array> => (await rig.render())[0].subarray(rig.engine.mixer.delayFrames);
const to = (ms: number): Seek => ({ ms, relative: false });
const by = (ms: number): Seek => ({ ms, relative: true });
const worst = (plane: Float32Array, from: number, until: number): number =>
  plane.subarray(from, until).reduce((most, x) => Math.max(most, Math.abs(x)), 0);

describe.each([
  ['decoded whole', WHOLE],
  ['streamed in chunks', STREAMED],
])('a sound that is %s', (_how, change) => {
  it.each([
    ['once', false],
    ['again and again', true],
  ])('and plays %s goes on at the very sample that was asked for', async (_name, loop) => {
    const asked = [to(3000), by(1500), by(-2250), to(0), to(7100), by(-10_000), to(5_123.4), by(0)];
    open(2 + asked.length, change);
    const file = writeWav(join(rig.folder, 'tone.wav'), [tone]);
    const desk = rig.desk([cueSound(file, { loop })]);
    await rig.settle();
    desk.enter('0', START_MS);
    await rig.settle();
    await rig.go(1);
    // What the clock is at, and what the file should be at there.
    const places: { at: number; frame: number }[] = [];
    let file0 = (START_MS / 1000) * RATE_HZ;
    for (const seek of asked) {
      const at = rig.engine.soonFrame;
      const position = at - file0;
      const frames = LENGTH_S * RATE_HZ;
      const wanted = Math.round((seek.ms / 1000) * RATE_HZ) + (seek.relative ? position : 0);
      const frame = loop ? (wanted + frames) % frames : Math.max(0, wanted);
      expect(desk.seek(seek)).toEqual([
        { file, role: 'voice', lengthMs: 8000, positionMs: expect.closeTo((frame / RATE_HZ) * 1000, 1) as number },
      ]);
      places.push({ at, frame });
      file0 = at - frame;
      await rig.settle();
      await rig.go(rig.nowS + 0.7);
    }
    const heard = await onClock();
    for (const { at, frame } of places) {
      const from = SPLICE_FRAMES + 1;
      const until = 0.6 * RATE_HZ;
      expect(worstDb(heard.subarray(at + from, at + until), tone.subarray(frame + from, frame + until))).toBeLessThan(
        -90,
      );
    }
    // Never silent, and never a step that neither of both places has.
    const end = places.at(-1)!.at + 0.5 * RATE_HZ;
    let step = 0;
    for (let i = (START_MS / 1000) * RATE_HZ + 1; i < end; i++)
      step = Math.max(step, Math.abs(heard[i]! - heard[i - 1]!));
    expect(step).toBeLessThan(0.2);
    expect(rig.reported).toEqual([]);
  });

  it('is moved in a pause, and heard from there when the show goes on', async () => {
    open(6, change);
    const desk = rig.desk([cueSound(writeWav(join(rig.folder, 'tone.wav'), [tone]))]);
    await rig.settle();
    desk.enter('0', START_MS);
    await rig.settle();
    await rig.go(1);
    desk.pause();
    await rig.go(2);
    expect(desk.seek(to(4000))).toMatchObject([{ positionMs: 4000 }]);
    expect(desk.seek(by(500))).toMatchObject([{ positionMs: 4500 }]);
    await rig.settle();
    await rig.go(3);
    const at = rig.engine.startFrame;
    desk.resume();
    await rig.settle();
    await rig.go(4);
    const heard = await onClock();
    expect(worst(heard, 1.1 * RATE_HZ, at)).toBe(0);
    const from = SPLICE_FRAMES + 1;
    const expected = tone.subarray(4.5 * RATE_HZ + from, 5 * RATE_HZ);
    expect(worstDb(heard.subarray(at + from, at + from + expected.length), expected)).toBeLessThan(-90);
  });
});

const flat = (name: string, seconds: number): string =>
  writeWav(join(rig.folder, name), [new Float32Array(seconds * RATE_HZ).fill(0.5)]);

it.each([100, 500, 1900])('fades in and out as its cue says, also when moved %d ms into its fade', async (inMs) => {
  open(8, WHOLE);
  const desk = rig.desk([cueSound(flat('flat.wav', 8), { fadeInMs: 2000, fadeOutMs: 1000 })], []);
  await rig.settle();
  desk.enter('0', START_MS);
  await rig.settle();
  await rig.go((START_MS + inMs) / 1000);
  desk.seek(to(3000));
  await rig.settle();
  await rig.go(3);
  desk.enter('1', 3000);
  await rig.settle();
  await rig.go(5);
  const heard = await onClock();
  // Equal power, from where the cue began.
  for (const ms of [inMs + 50, 1950, 2100, 2800])
    expect(heard[Math.round(((START_MS + ms) / 1000) * RATE_HZ)]).toBeCloseTo(
      0.5 * Math.sin((Math.min(1, ms / 2000) * Math.PI) / 2),
      1.5,
    );
  expect(heard[3.5 * RATE_HZ]).toBeCloseTo(0.5 * Math.cos(Math.PI / 4), 1.5);
  expect(worst(heard, 4.1 * RATE_HZ, 5 * RATE_HZ)).toBe(0);
});

it('is not moved beyond its end, and comes back after it', async () => {
  open(8, WHOLE);
  const voice = writeWav(join(rig.folder, 'voice.wav'), [tone.subarray(0, RATE_HZ)]);
  const bed = writeWav(join(rig.folder, 'bed.wav'), [tone.subarray(0, 2 * RATE_HZ)]);
  const desk = rig.desk([cueSound(voice), cueSound(bed, { role: 'background', loop: true, volume: 0 })], []);
  await rig.settle();
  desk.enter('0', START_MS);
  await rig.settle();
  const moved = (seek: Seek): Partial<Sought>[] =>
    desk.seek(seek).map(({ role, positionMs, because }) => ({
      role,
      positionMs: Math.round(positionMs),
      ...(because === undefined ? {} : { because }),
    }));
  await rig.go(3);
  expect(moved(to(5000))).toEqual([
    { role: 'voice', positionMs: 1000, because: 'ends after 1.0 s' },
    { role: 'background', positionMs: 1000 },
  ]);
  const at = rig.engine.soonFrame;
  expect(moved(by(-500))[0]).toEqual({ role: 'voice', positionMs: 500 });
  await rig.settle();
  await rig.go(4);
  desk.enter('1', 4100);
  await rig.settle();
  expect(moved(to(0))).toEqual([]);
  const heard = await onClock();
  expect(worst(heard, 1.2 * RATE_HZ, at)).toBe(0);
  const from = SPLICE_FRAMES + 1;
  const expected = tone.subarray(0.5 * RATE_HZ + from, RATE_HZ);
  expect(worstDb(heard.subarray(at + from, at + from + expected.length), expected)).toBeLessThan(-90);
});

it.each([
  ['whole', WHOLE],
  ['in chunks', STREAMED],
])('waits for a sound that is decoded %s and is not there when it is due', async (_how, options) => {
  const faulty = faultyTools('while [ ! -e $here/go ]; do sleep 0.02; done; exec $real');
  open(8, options, faulty);
  const file = writeWav(join(rig.folder, 'late.wav'), [tone]);
  const desk = rig.desk([cueSound(file)]);
  desk.enter('0', START_MS);
  const beginning = desk.beginning(60_000);
  expect(beginning).toBeInstanceOf(Promise);
  expect(desk.seek(to(3000))).toEqual([{ file, role: 'voice', positionMs: 0, because: NOT_BEGUN }]);
  writeFileSync(join(faulty.folder, 'go'), '');
  await beginning;
  expect(desk.beginning(60_000)).toBeUndefined();
  expect(desk.seek(to(3000))).toMatchObject([{ positionMs: 3000 }]);
  expect(desk.seek(to(3000))[0]).not.toHaveProperty('because');
});

it.each(['is not there', 'cannot be decoded'])('waits for no sound that %s', async (what) => {
  open(8, WHOLE);
  const file = join(rig.folder, 'broken.wav');
  if (what !== 'is not there') writeFileSync(file, 'no sound');
  const desk = rig.desk([cueSound(file)]);
  desk.enter('0', START_MS);
  await desk.beginning(60_000);
  expect(desk.beginning(60_000)).toBeUndefined();
  expect(desk.seek(to(3000))).toEqual([]);
});
