/** Loudness: what files have, and what is heard of them mastered. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseLoudness } from '../../../plugins/audio/facts/loudness';
import { cueSound, openSoundRig, RATE_HZ, writeWav, type SoundRig } from '../../support/sound-rig';

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
  await rig.engine.measure(file, look);
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
