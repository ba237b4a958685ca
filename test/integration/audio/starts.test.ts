/** Starts: the sounds of a cue begin together, with their first samples, and what begins late loses none of them to the piece after it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ClipSource } from '../../../plugins/audio/play/source';
import { Voice } from '../../../plugins/audio/play/voice';
import { faultyTools } from '../../support/faulty-tools';
import { openLiveSound } from '../../support/live-sound';
import { chirp, cueSound, openSoundRig, RATE_HZ, worstDb, writeWav, type SoundRig } from '../../support/sound-rig';
import { TAP_FRAMES, tapOf } from '../../support/sound-tap';
import { until } from '../../support/until';

let rig: SoundRig;
afterEach(() => rig.close());

const PIECES = 3;
const PIECE_S = 1.2;
const PIECE_FRAMES = PIECE_S * RATE_HZ;
const sweep = chirp(PIECES * PIECE_FRAMES, RATE_HZ, 200, 6000);
const STREAMED = { maxBufferMs: { voice: 0, background: 0, effect: 0, clips: 0 }, chunkMs: 500 };
const ROOMY = { maxBufferMs: { voice: 60_000, background: 60_000, effect: 60_000, clips: 0 } };

/** However busy the machine is. */
const PATIENT = { ...ROOMY, startTogetherMs: 60_000, prefetchBlockMs: 60_000 };

const pieces = (): string[] =>
  Array.from({ length: PIECES }, (_, at) =>
    writeWav(join(rig.folder, `${at}.wav`), [sweep.subarray(at * PIECE_FRAMES, (at + 1) * PIECE_FRAMES)]),
  );

interface Play {
  readonly change?: object;
  readonly rounds?: number;
  readonly isLate?: boolean;
  readonly stagePace?: number;
}

/** Plays the pieces in turn as a show does: each joined to the one before, told a little ahead. Returns what is heard. */
async function played({ change = ROOMY, rounds = 1, isLate = false, stagePace = 1 }: Play): Promise<Float32Array> {
  const { tools } = faultyTools('exec $real');
  rig = openSoundRig(Math.ceil(PIECES * rounds * PIECE_S + 2), change, {}, tools, { stagePace });
  const secondsAt = (stageMs: number): number => stageMs / 1000 / stagePace;
  const desk = rig.desk(...pieces().map((file) => [cueSound(file)]));
  if (!isLate) expect(await desk.warm(60_000)).toBe('warm');
  let dueMs = 100;
  desk.enter('0', dueMs);
  // Late: the clock makes its first step before the first decode has ended.
  if (!isLate) await rig.settle();
  await rig.go(0.4);
  for (let turn = 1; turn < PIECES * rounds; turn++) {
    const cue = String(turn % PIECES);
    dueMs += PIECE_S * 1000;
    desk.expect(cue, dueMs);
    await rig.go(secondsAt(dueMs - 600));
    dueMs = desk.join(cue, dueMs);
    await rig.settle();
  }
  await rig.go(secondsAt(dueMs) + PIECE_S + 0.2);
  return (await rig.render())[0];
}

/** Where the first sample lies that is none of silence: the sweep begins with a zero. */
const firstFrame = (heard: Float32Array): number => heard.findIndex((x) => x !== 0) - 1;

it.each([
  ['decoded whole', ROOMY, false],
  ['streamed in chunks', STREAMED, false],
  ['late, decoded whole', ROOMY, true],
  ['late, streamed in chunks', STREAMED, true],
])('pieces of one sweep lose no sample, in the first round as in the others: %s', async (_how, change, isLate) => {
  const rounds = 2;
  const heard = await played({ change, rounds, isLate });
  const from = firstFrame(heard);
  // Late: by more than pieces may lie apart and still belong together.
  if (isLate) expect(from).toBeGreaterThanOrEqual((0.1 + 0.25) * RATE_HZ);
  else expect(from).toBe(0.1 * RATE_HZ);
  for (let round = 0; round < rounds; round++) {
    const part = heard.subarray(from + round * sweep.length, from + (round + 1) * sweep.length);
    expect(worstDb(part, sweep)).toBeLessThan(-90);
  }
  const rest = heard.subarray(from + rounds * sweep.length);
  expect(rest.every((x) => Math.abs(x) < 1e-6)).toBe(true);
});

// 360 ms in a piece: so much do 100 millionths make in an hour.
it.each([1.3, 0.7])(
  'pieces of one sweep join where the clock of the show goes %d times as fast as that of the sound',
  async (stagePace) => {
    const heard = await played({ stagePace });
    const from = firstFrame(heard);
    expect(worstDb(heard.subarray(from, from + sweep.length), sweep)).toBeLessThan(-90);
  },
);

/** Noise, and the same upside down: together they are silence, and noise where they are a sample apart. */
function opposites(folder: string, seconds: number): [string, string] {
  let seed = 1;
  const noise = Float32Array.from({ length: seconds * RATE_HZ }, () => {
    seed = (seed * 48_271) % 0x7fffffff;
    return seed / 0x7fffffff - 0.5;
  });
  return [writeWav(join(folder, 'one.wav'), [noise]), writeWav(join(folder, 'other.wav'), [noise.map((x) => -x)])];
}

describe.each([
  ['the first cue, warmed', 'warm'],
  ['a cue that nobody expected', 'cold'],
  ['one of them much slower than the other', 'slow'],
])('the sounds of %s', (_what, how) => {
  // Whichever of both comes first.
  const slow = how === 'slow' ? 'case "$*" in *other*) sleep 0.4;; esac; exec $real' : 'exec $real';

  it('begin at one frame of the clock', async () => {
    rig = openSoundRig(4, PATIENT, {}, faultyTools(slow).tools);
    const [one, other] = opposites(rig.folder, 2);
    const desk = rig.desk([], [cueSound(one), cueSound(other, { role: 'background' })]);
    desk.enter('0', 50);
    await rig.settle();
    if (how === 'warm') desk.expect('1', 100);
    if (how === 'warm') await rig.settle();
    desk.enter('1', 100);
    await rig.settle();
    await rig.go(3);
    expect(rig.news).toHaveLength(2);
    const [heard] = await rig.render();
    expect(heard.every((x) => x === 0)).toBe(true);
  });

  it('begin at one frame of a clock that runs', async () => {
    const live = openLiveSound(PATIENT, faultyTools(slow).tools);
    const [one, other] = opposites(live.folder, 2);
    const desk = live.desk([cueSound(one, { loop: true }), cueSound(other, { role: 'background', loop: true })]);
    if (how === 'warm') expect(await desk.warm(60_000)).toBe('warm');
    const tap = tapOf(live.engine);
    const isHeard = (): boolean => tap.read().samples.some((x) => Math.abs(x) > 0.1);
    desk.enter('0', performance.now());
    await until(() => live.news.length === 2);
    const { endFrame } = tap.read();
    await until(() => isHeard() || tap.read().endFrame > endFrame + TAP_FRAMES);
    expect(isHeard()).toBe(false);
    // Alone either of them is heard.
    live.engine.mixer.setVolume('voice', 0);
    await until(isHeard);
    await live.close();
  });
});

// Each waits for the other: one after the other they would never begin.
const together = `touch $here/began.$$; for look in $(seq 200); do
  [ $(ls $here/began.* | wc -l) -ge 2 ] && exec $real
  sleep 0.05
done; touch $here/alone; exit 1`;

it.each([1, 4, 15])('sounds begin together though the clock goes on by %d ms whenever it is read', (stepMs) => {
  rig = openSoundRig(2);
  const { context } = rig.engine.mixer;
  let nowS = 0;
  // A clock that was held up by the machine makes up for a quarter of a second.
  jest.spyOn(context, 'currentTime', 'get').mockImplementation(() => (nowS = Math.min(0.25, nowS + stepMs / 1000)));
  const plane = new Float32Array(RATE_HZ).fill(0.1);
  const clip = { frames: RATE_HZ, original: [plane], processed: [plane] };
  const voices = [0, 1].map(() => rig.engine.voice(new ClipSource(clip), cueSound('/x.wav'), 'clip'));
  for (const voice of voices) voice.start(10, 0, 0);
  Voice.beginTogether(voices);
  const [one, other] = voices.map(({ startFrame }) => startFrame);
  expect(other).toBe(one);
  expect(one).toBeGreaterThanOrEqual(nowS * RATE_HZ);
});

it('the decoders of two long sounds that nobody expected start side by side', async () => {
  const { tools, folder } = faultyTools(together);
  rig = openSoundRig(4, { startTogetherMs: 60_000, prefetchBlockMs: 60_000 }, {}, tools);
  const [one, other] = ['one', 'other'].map((name) =>
    writeWav(join(rig.folder, `${name}.wav`), [new Float32Array(40 * RATE_HZ).fill(0.1)]),
  );
  const desk = rig.desk([], [cueSound(one!), cueSound(other!, { role: 'background' })]);
  desk.enter('0', 50);
  await rig.settle();
  desk.enter('1', 100);
  await rig.go(1);
  expect(existsSync(join(folder, 'alone'))).toBe(false);
  expect(rig.reported).toEqual([]);
  expect(rig.news).toHaveLength(2);
});

it('a show begins cold, and says so, where its sounds are not ready in time', async () => {
  rig = openSoundRig(3, {}, {}, faultyTools('sleep 1; exec $real').tools);
  const file = writeWav(join(rig.folder, 'slow.wav'), [new Float32Array(RATE_HZ).fill(0.25)]);
  const desk = rig.desk([cueSound(file)]);
  expect(await desk.warm(100)).toBe('cold');
  expect(rig.said).toContainEqual(
    `the show begins before its sounds are ready ${JSON.stringify({ files: [file], waitedMs: 100 })}`,
  );
  desk.enter('0', 100);
  await rig.settle();
  await rig.go(2);
  const [heard] = await rig.render();
  expect(heard.subarray(0.5 * RATE_HZ, 0.6 * RATE_HZ).every((x) => x === 0.25)).toBe(true);
});

it('a sound that is not there holds up no other', async () => {
  rig = openSoundRig(2, ROOMY);
  const file = writeWav(join(rig.folder, 'flat.wav'), [new Float32Array(RATE_HZ).fill(0.25)]);
  const desk = rig.desk([cueSound(join(rig.folder, 'none.wav')), cueSound(file, { role: 'background' })]);
  expect(await desk.warm(60_000)).toBe('warm');
  desk.enter('0', 100);
  await rig.settle();
  await rig.go(1);
  expect((await rig.render())[0].subarray(0.1 * RATE_HZ, 0.9 * RATE_HZ).every((x) => x === 0.25)).toBe(true);
});
