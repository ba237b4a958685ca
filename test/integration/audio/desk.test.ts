/** The desk: what is heard when cues change, pause and go on, rendered and looked at sample by sample. */
import { basename, join } from 'node:path';
import { copyFileSync, truncateSync, writeFileSync } from 'node:fs';
import { LIMITER_DELAY_FRAMES } from '../../../plugins/audio/output/sum-limiter';
import { chirp, cueSound, openSoundRig, RATE_HZ, worstDb, writeWav, type SoundRig } from '../../support/sound-rig';

/** On the test's clock nothing decays: room for all at once. */
const ROOMY = { maxBufferMs: { voice: 60_000, background: 60_000, effect: 60_000, clips: 0 } };

let rig: SoundRig;
afterEach(() => rig.close());

const level = (plane: Float32Array, fromS: number, toS: number): number =>
  plane.subarray(fromS * RATE_HZ, toS * RATE_HZ).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
/** A file of one level: what is heard of it tells of gains alone. */
const flat = (name: string, seconds: number, height = 0.25): string =>
  writeWav(join(rig.folder, `${name}.wav`), [new Float32Array(seconds * RATE_HZ).fill(height)]);
/** Largest step between two samples: a click is a large one. */
const worstStep = (plane: Float32Array): number =>
  plane.reduce((most, x, i) => (i === 0 ? 0 : Math.max(most, Math.abs(x - plane[i - 1]!))), 0);

it('fades one cue into the next, without a hole and without a click', async () => {
  rig = openSoundRig(8, ROOMY);
  const [a, b] = [flat('a', 6), flat('b', 6)];
  const fades = { fadeInMs: 500, fadeOutMs: 500 };
  const desk = rig.desk([cueSound(a, fades)], [cueSound(b, fades)]);
  await rig.settle();
  desk.enter('0', 200);
  await rig.settle();
  desk.expect('1', 2000);
  await rig.go(1.5);
  desk.enter('1', 2000);
  await rig.settle();
  await rig.go(4);
  const [heard] = await rig.render();
  expect(level(heard, 0, 0.2)).toBe(0);
  expect(level(heard, 1, 1.9)).toBeCloseTo(0.25, 4);
  // Equal power: two sounds that are the same are louder while they cross, and never quieter.
  const crossing = heard.subarray(2 * RATE_HZ, 2.5 * RATE_HZ);
  expect(Math.min(...crossing)).toBeGreaterThan(0.249);
  expect(level(heard, 2.6, 4)).toBeCloseTo(0.25, 4);
  expect(worstStep(heard.subarray(0, 4 * RATE_HZ))).toBeLessThan(0.001);
  expect(rig.reported).toEqual([]);
});

it('lets a background go on through cues that have it, and goes round without a seam', async () => {
  rig = openSoundRig(8, ROOMY);
  const turns = Float32Array.from({ length: RATE_HZ }, (_, i) => 0.4 * Math.sin((2 * Math.PI * 100 * i) / RATE_HZ));
  const bed = writeWav(join(rig.folder, 'bed.wav'), [turns]);
  const sound = cueSound(bed, { role: 'background', loop: true, fadeOutMs: 500 });
  const desk = rig.desk([sound], [sound]);
  await rig.settle();
  desk.enter('0', 100);
  await rig.settle();
  await rig.go(2.3);
  desk.enter('1', 2400);
  await rig.settle();
  await rig.go(5);
  const [heard] = await rig.render();
  const from = 0.1 * RATE_HZ;
  const expected = Float32Array.from({ length: 4 * RATE_HZ }, (_, i) => turns[i % RATE_HZ]!);
  expect(worstDb(heard.subarray(from, from + expected.length), expected)).toBeLessThan(-90);
});

it('stops softly for a pause, and goes on where it was', async () => {
  rig = openSoundRig(8, ROOMY);
  const tone = chirp(5 * RATE_HZ, RATE_HZ, 100, 2000);
  const desk = rig.desk([cueSound(writeWav(join(rig.folder, 'tone.wav'), [tone]))]);
  await rig.settle();
  desk.enter('0', 100);
  await rig.settle();
  await rig.go(1);
  desk.pause();
  await rig.settle();
  await rig.go(2);
  desk.resume();
  await rig.settle();
  await rig.go(6);
  const [heard] = await rig.render();
  expect(level(heard, 1.2, 2)).toBe(0);
  // It paused a little after it was asked to, and went on as long after that: 1 s was added in all.
  const after = heard.subarray(2.2 * RATE_HZ, 4 * RATE_HZ);
  expect(worstDb(after, tone.subarray(1.1 * RATE_HZ, 2.9 * RATE_HZ))).toBeLessThan(-90);
  expect(worstStep(heard.subarray(0, 5 * RATE_HZ))).toBeLessThan(0.14);
});

/** Of an output whose fades need longer than its starts. */
const LEADS = { leadS: 0.02, startLeadS: 0.005 };

it('goes on as soon as a voice can begin, and never before it fell silent', async () => {
  rig = openSoundRig(8, ROOMY, {}, undefined, { leads: LEADS });
  const desk = rig.desk([cueSound(flat('a', 6))]);
  await rig.settle();
  desk.enter('0', 100);
  await rig.settle();
  await rig.go(1);
  desk.pause();
  await rig.settle();
  await rig.go(2);
  desk.resume();
  const { startFrame } = rig.engine;
  await rig.settle();
  await rig.go(3);
  desk.pause();
  desk.resume();
  await rig.settle();
  await rig.go(6);
  const [heard] = await rig.render();
  expect(level(heard, 1.2, 2)).toBe(0);
  const wentOnFrame = heard.findIndex((x, at) => at > 1.5 * RATE_HZ && x !== 0);
  // The first value of a fade is nothing.
  expect(wentOnFrame - startFrame - LIMITER_DELAY_FRAMES).toBeLessThanOrEqual(1);
  expect(startFrame).toBeLessThan((2 + LEADS.leadS) * RATE_HZ);
  // Both of one level: the one that goes and the one that comes never are there together for longer than their fades.
  expect(level(heard, 2.5, 6)).toBeLessThan(0.25 * Math.SQRT2 + 1e-4);
  expect(level(heard, 4, 6)).toBeCloseTo(0.25, 4);
});

it('is silent in a pause also where one sound gives way to another', async () => {
  rig = openSoundRig(8, ROOMY);
  const desk = rig.desk([cueSound(flat('a', 6), { fadeOutMs: 3000 })], [cueSound(flat('b', 6), { fadeInMs: 3000 })]);
  await rig.settle();
  desk.enter('0', 200);
  await rig.settle();
  await rig.go(0.8);
  desk.enter('1', 1000);
  await rig.settle();
  await rig.go(2);
  desk.pause();
  await rig.settle();
  await rig.go(3);
  desk.resume();
  await rig.settle();
  await rig.go(5);
  const [heard] = await rig.render();
  expect(level(heard, 1.9, 2)).toBeGreaterThan(0.25);
  expect(level(heard, 2.03, 3)).toBe(0);
  // The one that was going is gone; the other one is there at once.
  expect(level(heard, 3.1, 4.5)).toBeCloseTo(0.25, 4);
});

it('has the volume that the cue says', async () => {
  rig = openSoundRig(3);
  const desk = rig.desk([
    cueSound(flat('a', 2), { volume: 0.5 }),
    cueSound(flat('b', 2, 0.5), { role: 'effect', volume: 0.2 }),
  ]);
  await rig.settle();
  desk.enter('0', 100);
  await rig.settle();
  await rig.go(1.5);
  const [heard] = await rig.render();
  expect(level(heard, 0.5, 1)).toBeCloseTo(0.225, 5);
});

it('goes on in silence, and says so, where a file cannot be played', async () => {
  rig = openSoundRig(3);
  const whole = flat('whole', 2);
  const file = (name: string, make: (path: string) => void): string => {
    const path = join(rig.folder, name);
    make(path);
    return path;
  };
  const bad = [
    join(rig.folder, 'missing.wav'),
    file('empty.wav', (path) => writeFileSync(path, '')),
    file('text.mp3', (path) => writeFileSync(path, 'no sound at all, however long one listens')),
    file('cut.wav', (path) => {
      copyFileSync(whole, path);
      truncateSync(path, 30);
    }),
  ];
  const desk = rig.desk(...bad.map((path) => [cueSound(path), cueSound(whole, { role: 'effect' })]));
  for (const [at] of bad.entries()) {
    desk.enter(String(at), 100);
    await rig.settle();
    await rig.settle();
  }
  await rig.go(1);
  expect(rig.reported.map(({ code }) => code)).toEqual(bad.map(() => 'VITRINE_E_SOUND'));
  expect(rig.reported.map(({ message }) => message.replace(rig.folder, ''))).toEqual([
    expect.stringContaining('missing.wav: is not there'),
    expect.stringContaining('empty.wav: is empty'),
    expect.stringContaining('text.mp3: '),
    expect.stringContaining('cut.wav: '),
  ]);
  const [heard] = await rig.render();
  expect(level(heard, 0.5, 1)).toBeGreaterThan(0.2);
});

it('says how far each sound of the cue and of the next one is, and why it is not ready', async () => {
  rig = openSoundRig(8, {
    maxBufferMs: { voice: 2500, background: 0, effect: 60_000, clips: 0 },
    prefetchLeadMs: 1000,
  });
  const files = {
    voice: flat('voice', 2),
    bed: flat('bed', 1),
    next: flat('next', 2),
    missing: join(rig.folder, 'missing.wav'),
  };
  const desk = rig.desk(
    [cueSound(files.voice), cueSound(files.bed, { role: 'background', loop: true })],
    [cueSound(files.next), cueSound(files.missing, { role: 'effect' })],
  );
  const seen = (): Record<string, string> => {
    const { sounds, ready, of } = rig.engine.status();
    const states = sounds.map(({ file, state, because = '' }) => [
      basename(file, '.wav'),
      `${state} ${because}`.trim(),
    ]);
    return { ...Object.fromEntries(states), ready: `${ready} of ${of}` };
  };
  expect(seen()).toEqual({ voice: 'preparing', bed: 'preparing', ready: '0 of 2' });
  await rig.settle();
  expect(seen()).toEqual({ voice: 'ready', bed: 'ready streamed: buffer limit', ready: '2 of 2' });
  desk.enter('0', 100);
  await rig.settle();
  desk.expect('1', 3000);
  await rig.go(1);
  expect(seen()).toEqual({
    voice: 'plays',
    bed: 'plays streamed: buffer limit',
    next: 'waiting is prepared 1 s before its cue',
    missing: 'waiting is prepared 1 s before its cue',
    ready: '2 of 4',
  });
  desk.expect('1', 1900);
  await rig.settle();
  // The voice that plays has its share of the budget of its role for another second.
  expect(seen()).toMatchObject({ next: 'deferred waits for room', missing: 'failed is not there', ready: '2 of 4' });
  await rig.go(2.5);
  expect(seen()).toMatchObject({ voice: 'over', bed: 'plays streamed: buffer limit' });
  expect(rig.readiness.map(({ ready, of }) => `${ready} of ${of}`)).toEqual(
    expect.arrayContaining(['2 of 2', '2 of 4']),
  );
  expect(rig.engine.status()).toMatchObject({ sink: 'memory', mastered: false, volumes: { voice: 1, master: 1 } });
});
