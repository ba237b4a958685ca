/** Several sounds at once, as a show plays them: what is heard is never over its ceiling, and one alone is what its file holds. */
import { join } from 'node:path';
import type { Desk } from '../../../plugins/audio/desk/desk';
import { highestPoint } from '../../support/fine-peak';
import { cueSound, openSoundRig, RATE_HZ, worstDb, writeWav, type SoundRig } from '../../support/sound-rig';

let rig: SoundRig;
afterEach(() => rig.close());

const SECONDS = 4;
const db = (ratio: number): number => 20 * Math.log10(ratio);

/** Tones with shots in them, full scale. */
function rough(name: string, hz: number): string {
  const plane = Float32Array.from({ length: SECONDS * RATE_HZ }, (_, at) =>
    at % 9000 === 500 ? -1 : Math.sin((2 * Math.PI * hz * at) / RATE_HZ),
  );
  return writeWav(join(rig.folder, `${name}.wav`), [plane, plane]);
}

/** A cue with a voice and a background, both full scale, of which the loudness is known. */
async function pair(mastered: boolean): Promise<Desk> {
  rig = openSoundRig(SECONDS + 1, { mastered, targetLufs: -5 });
  const { engine } = rig;
  const files = [rough('a', 1000), rough('b', 1310)];
  for (const file of files) {
    const look = await engine.probe.look(file);
    if (look.kind === 'sound') await engine.measure(file, look);
  }
  const desk = rig.desk(
    files.map((file, at) => cueSound(file, { role: at === 0 ? 'voice' : 'background', fadeOutMs: 500 })),
  );
  await rig.settle();
  desk.enter('0', 100);
  await rig.settle();
  return desk;
}

const heardDb = async (): Promise<number> => db(Math.max(...(await rig.render()).map(highestPoint)));

it.each([
  ['as they are', false, 0],
  ['mastered', true, -1],
])(
  'two at full scale stay under the ceiling, %s',
  async (_how, mastered, ceilingDb) => {
    await pair(mastered);
    await rig.go(SECONDS + 0.5);
    const peakDb = await heardDb();
    expect(peakDb).toBeLessThanOrEqual(ceilingDb + 0.001);
    // Peaks far over it are brought 1.1 dB under it.
    expect(peakDb).toBeGreaterThan(ceilingDb - 1.2);
  },
  60_000,
);

it('they stay under it while mastering is switched and volumes move', async () => {
  await pair(false);
  const { engine } = rig;
  for (let turn = 1; turn < 8; turn++) {
    await rig.go(0.5 * turn);
    engine.mixer.switchTo(turn % 2 === 1);
    engine.mixer.setVolume('voice', turn % 3 === 0 ? 1 : 0.7);
    engine.mixer.setVolume('master', turn % 4 === 0 ? 0.5 : 1);
  }
  await rig.go(SECONDS + 0.5);
  const planes = await rig.render();
  const peakDb = (fromS: number, toS: number): number =>
    db(Math.max(...planes.map((plane) => highestPoint(plane.subarray(fromS * RATE_HZ, toS * RATE_HZ)))));
  // Mastered from 1.5 to 2 s.
  expect(peakDb(1.6, 2)).toBeLessThanOrEqual(-1 + 0.001);
  expect(peakDb(1.6, 2)).toBeGreaterThan(-6);
  expect(peakDb(0, SECONDS)).toBeLessThanOrEqual(0.001);
}, 60_000);

it('a tone at full scale, alone, is what its file holds, also after a volume came back', async () => {
  rig = openSoundRig(SECONDS);
  const tone = Float32Array.from({ length: 3 * RATE_HZ }, (_, at) => Math.sin((2 * Math.PI * 440 * at) / RATE_HZ));
  const desk = rig.desk([cueSound(writeWav(join(rig.folder, 'tone.wav'), [tone]))]);
  await rig.settle();
  desk.enter('0', 100);
  await rig.settle();
  await rig.go(1);
  rig.engine.mixer.setVolume('master', 0.5);
  await rig.go(1.4);
  rig.engine.mixer.setVolume('master', 1);
  await rig.go(SECONDS);
  const [heard] = await rig.render();
  const from = 0.1 * RATE_HZ;
  expect(worstDb(heard.subarray(from, RATE_HZ), tone.subarray(0, RATE_HZ - from))).toBeLessThan(-130);
  // Half as loud meanwhile, and then again as it was.
  expect(Math.max(...heard.subarray(1.25 * RATE_HZ, 1.375 * RATE_HZ))).toBeCloseTo(0.5, 3);
  expect(
    worstDb(heard.subarray(2 * RATE_HZ, 3 * RATE_HZ), tone.subarray(2 * RATE_HZ - from, 3 * RATE_HZ - from)),
  ).toBeLessThan(-130);
}, 60_000);
