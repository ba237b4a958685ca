/** Loudness: what files have, and what is heard of them mastered. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Desk } from '../../../plugins/audio/desk/desk';
import { parseLoudness } from '../../../plugins/audio/facts/loudness';
import { cueSound, openSoundRig, RATE_HZ, worstDb, writeWav, type SoundRig } from '../../support/sound-rig';

let rig: SoundRig;
afterEach(() => rig.close());

const SECONDS = 20;

/** A tone with a slow swell, stereo. */
function swelling(name: string, height: number): string {
  const plane = Float32Array.from(
    { length: SECONDS * RATE_HZ },
    (_, i) => height * (0.75 + 0.25 * Math.sin(i / RATE_HZ)) * Math.sin((2 * Math.PI * 997 * i) / RATE_HZ),
  );
  return writeWav(join(rig.folder, `${name}.wav`), [plane, plane]);
}

/** By ffmpeg's filter, of which our own code has no part but its words. */
function measured(planes: readonly Float32Array[]): NonNullable<ReturnType<typeof parseLoudness>> {
  const file = writeWav(join(rig.folder, 'heard.wav'), planes);
  const args = ['-hide_banner', '-nostats', '-i', file, '-af', 'ebur128=peak=true:framelog=verbose', '-f', 'null', '-'];
  return parseLoudness(spawnSync('ffmpeg', args, { encoding: 'utf8' }).stderr)!;
}

it.each([
  ['quiet', 0.06, -16],
  ['loud', 0.9, -16],
  ['for television', 0.3, -23],
])('is brought to the target: %s', async (name, height, target) => {
  rig = openSoundRig(SECONDS + 1, { mastered: true, targetLufs: target });
  const file = swelling(name, height);
  const look = await rig.engine.probe.look(file);
  if (look.kind !== 'sound') throw new Error(look.kind);
  expect(await rig.engine.measure(file, look)).toBe(true);
  expect(await rig.engine.measure(file, look)).toBe(false);
  const desk = rig.desk([cueSound(file)]);
  await rig.settle();
  desk.enter('0', 100);
  await rig.settle();
  await rig.go(SECONDS + 0.5);
  const planes = (await rig.render()).map((plane) => plane.subarray(0.2 * RATE_HZ, SECONDS * RATE_HZ));
  const { integratedLufs, truePeakDb } = measured(planes);
  expect(Math.abs(integratedLufs! - target)).toBeLessThan(0.6);
  expect(truePeakDb!).toBeLessThanOrEqual(-1);
});

it('comes to its level also where the show was paused when it became known', async () => {
  rig = openSoundRig(SECONDS, { mastered: true, streamThresholdBytes: 1 });
  const file = swelling('unknown', 0.06);
  const desk = rig.desk([cueSound(file)]);
  await rig.settle();
  desk.enter('0', 100);
  await rig.settle();
  desk.pause();
  const look = await rig.engine.probe.look(file);
  if (look.kind === 'sound') await rig.engine.loudness.measure(file, look.facts, look.signature);
  await rig.settle();
  desk.resume();
  for (let toS = 1.2; toS < 6; toS += 0.4) {
    await rig.go(toS);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  const [heard] = await rig.render();
  const late = heard.subarray(4 * RATE_HZ, 5 * RATE_HZ).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  // As it is, it is no louder than 0.04 there.
  expect(late).toBeGreaterThan(0.1);
});

it('glides to its level where it is measured while the file is heard; the sound as it is stays as it is', async () => {
  const levels: Float32Array[] = [];
  for (const mastered of [true, false]) {
    rig = openSoundRig(SECONDS, { mastered });
    const file = swelling('unknown', 0.06);
    const desk = rig.desk([cueSound(file, { loop: true })]);
    await rig.settle();
    desk.enter('0', 100);
    await rig.settle();
    await rig.go(1);
    // It is measured by now, or soon.
    const look = await rig.engine.probe.look(file);
    if (look.kind === 'sound') await rig.engine.loudness.measure(file, look.facts, look.signature);
    for (let toS = 1.2; toS < 12; toS += 0.4) {
      await rig.go(toS);
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    levels.push((await rig.render())[0]);
    if (mastered) await rig.close();
  }
  const [mastered, asItIs] = levels as [Float32Array, Float32Array];
  const peak = (plane: Float32Array, fromS: number): number =>
    plane.subarray(fromS * RATE_HZ, (fromS + 1) * RATE_HZ).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  expect(peak(mastered, 10) / peak(asItIs, 10)).toBeGreaterThan(2.5);
  const plane = Float32Array.from(
    { length: 10 * RATE_HZ },
    (_, i) => 0.06 * (0.75 + 0.25 * Math.sin(i / RATE_HZ)) * Math.sin((2 * Math.PI * 997 * i) / RATE_HZ),
  );
  expect(worstDb(asItIs.subarray(0.1 * RATE_HZ, 10.1 * RATE_HZ), plane)).toBeLessThan(-90);
});

it.each([
  ['stops', (desk: Desk) => desk.enter('1', 1500), 1.6],
  ['is silent in a pause', (desk: Desk) => desk.pause(), 1.42],
])('%s also where it glides to its level just then', async (_what, change, silentS) => {
  rig = openSoundRig(4, { maxBufferMs: { voice: 60_000, background: 0, effect: 0, clips: 0 } });
  const file = writeWav(join(rig.folder, 'flat.wav'), [new Float32Array(10 * RATE_HZ).fill(0.25)]);
  const desk = rig.desk([cueSound(file, { fadeOutMs: 100 })], []);
  await rig.settle();
  desk.enter('0', 100);
  await rig.settle();
  await rig.go(1);
  // It is measured, and goes on as a second voice from 1.2 to 2.2 s on.
  while (rig.engine.gauges().soundVoicesCount !== 2) await new Promise((resolve) => setTimeout(resolve, 5));
  await rig.settle();
  await rig.go(1.4);
  change(desk);
  await rig.settle();
  await rig.go(3.5);
  const [heard] = await rig.render();
  expect(heard[1.39 * RATE_HZ]).toBeCloseTo(0.25, 5);
  expect(heard.subarray(silentS * RATE_HZ).findIndex((x) => x !== 0)).toBe(-1);
});
