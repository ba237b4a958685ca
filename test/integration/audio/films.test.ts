/** The sound of clips: where it lies beside the picture, rendered and compared sample by sample. */
import { join } from 'node:path';
import type { Desk } from '../../../plugins/audio/desk/desk';
import type { ClipSound } from '../../../runtime/stage/sound';
import { chirp, openSoundRig, RATE_HZ, worstDb, writeWav, type SoundRig } from '../../support/sound-rig';
import { makeMedia } from '../../support/make-media';

let rig: SoundRig;
afterEach(() => rig.close());

const tone = chirp(4 * RATE_HZ, RATE_HZ, 100, 2000);

/** A clip with the tone in it, `soundLateS` behind its picture, of so many seconds. */
function film(name: string, seconds: number, soundLateS = 0): string {
  const file = join(rig.folder, name);
  const sound = writeWav(`${file}.wav`, [tone.subarray(0, seconds * RATE_HZ)]);
  const args = [
    ...['-f', 'lavfi', '-i', `testsrc2=s=64x36:r=25:d=${seconds}`, '-itsoffset', String(soundLateS), '-i', sound],
    ...['-map', '0', '-map', '1', '-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'pcm_f32le'],
  ];
  return makeMedia(file, ...args);
}

/** A clip whose picture is where the test says. */
function clipOf(file: string, more: Partial<ClipSound> = {}): { beganMs: number; readonly card: ClipSound } {
  const clip = { beganMs: NaN };
  const card = {
    file,
    get beganMs() {
      return clip.beganMs;
    },
    ...more,
  };
  return Object.assign(clip, { card });
}

/** Lets a clip be heard from 0.2 s on, its beginning at hand. */
async function heardFrom200Ms(clip: ReturnType<typeof clipOf>, volume = 1): Promise<Desk> {
  clip.beganMs = 200;
  const desk = rig.desk([]);
  desk.ready({ sound: clip.card, volume });
  await rig.settle();
  desk.card(200, 0, { sound: clip.card, volume });
  await rig.settle();
  return desk;
}

const part = (heard: Float32Array, fromS: number, seconds: number): Float32Array =>
  heard.subarray(Math.round(fromS * RATE_HZ), Math.round((fromS + seconds) * RATE_HZ));
const level = (plane: Float32Array): number => plane.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

it.each([
  ['mkv', 0],
  ['mov', 0],
  ['mkv', 0.3],
])('lies where the picture is: %s, sound %d s behind it', async (container, lateS) => {
  rig = openSoundRig(6);
  const clip = clipOf(film(`a.${container}`, 3, lateS));
  const desk = rig.desk([]);
  desk.ready({ sound: clip.card, volume: 1 });
  await rig.settle();
  desk.card(500, 0, { sound: clip.card, volume: 1 });
  clip.beganMs = 500;
  await rig.go(4.5);
  const [heard] = await rig.render();
  expect(worstDb(part(heard, 0.5 + lateS, 3), tone.subarray(0, 3 * RATE_HZ))).toBeLessThan(-90);
  expect(level(part(heard, 0, 0.49 + lateS))).toBe(0);
  expect(level(part(heard, 3.51 + lateS, 0.9))).toBe(0);
});

it('begins in the middle where it is late, and is put right where the picture had to wait', async () => {
  rig = openSoundRig(6);
  const clip = clipOf(film('a.mkv', 4));
  const desk = rig.desk([]);
  await rig.go(1);
  // The picture is on since 0.5 s.
  clip.beganMs = 500;
  desk.card(500, 0, { sound: clip.card, volume: 1 });
  await rig.settle();
  await rig.go(2.2);
  clip.beganMs = 600;
  await rig.go(4.4);
  const [heard] = await rig.render();
  expect(worstDb(part(heard, 1.1, 1), part(tone, 0.6, 1))).toBeLessThan(-90);
  expect(worstDb(part(heard, 3, 1), part(tone, 2.4, 1))).toBeLessThan(-90);
  expect(rig.said.filter((line) => line.startsWith('sound is put right'))).toHaveLength(1);
});

it.each([
  ['with its first sample where it is ordered ahead', (desk: Desk) => desk.leadMs, true],
  ['without some of them where it is ordered at once', () => 0, false],
])('begins %s', async (_how, inMs, whole) => {
  rig = openSoundRig(4);
  const clip = clipOf(film('a.mkv', 2));
  const desk = rig.desk([]);
  desk.ready({ sound: clip.card, volume: 1 });
  await rig.settle();
  await rig.go(0.5);
  const atMs = 500 + inMs(desk);
  desk.card(atMs, 0, { sound: clip.card, volume: 1 });
  clip.beganMs = atMs;
  await rig.settle();
  await rig.go(3);
  const [begun] = rig.news.filter((news) => typeof news === 'object');
  const [heard] = await rig.render();
  expect(worstDb(part(heard, atMs / 1000 + 0.2, 1.8), part(tone, 0.2, 1.8))).toBeLessThan(-90);
  const isWhole = worstDb(part(heard, atMs / 1000, 2), part(tone, 0, 2)) < -90;
  expect([begun!.lateMs > 0, isWhole]).toEqual([!whole, whole]);
});

it('begins farther on with the sample of that place, and not before its picture', async () => {
  rig = openSoundRig(4);
  const clip = clipOf(film('a.mkv', 3), { fromMs: 1000 });
  const desk = rig.desk([]);
  desk.ready({ sound: clip.card, volume: 1 });
  await desk.atHand({ sound: clip.card, volume: 1 }, 60_000);
  desk.card(600, 0, { sound: clip.card, volume: 1 });
  clip.beganMs = 600 - 1000;
  await rig.settle();
  await rig.go(3);
  const [heard] = await rig.render();
  expect(level(part(heard, 0, 0.599))).toBe(0);
  expect(worstDb(part(heard, 0.6, 2), part(tone, 1, 2))).toBeLessThan(-90);
  expect(rig.news).toMatchObject([{ lateMs: 0 }]);
});

it('goes round with its picture, which is shorter', async () => {
  rig = openSoundRig(8);
  await heardFrom200Ms(clipOf(film('longer.mkv', 2), { roundMs: 1500 }), 0.5);
  await rig.go(6);
  const [heard] = await rig.render();
  const half = tone.map((x) => x / 2);
  for (const round of [0, 1, 2])
    expect(worstDb(part(heard, 0.21 + round * 1.5, 1.48), part(half, 0.01, 1.48))).toBeLessThan(-90);
});

it('goes when another picture comes, and stays when that one is taken back', async () => {
  rig = openSoundRig(6);
  const clip = clipOf(film('a.mkv', 4));
  const desk = await heardFrom200Ms(clip);
  await rig.go(0.8);
  desk.card(1500, 500);
  await rig.go(1.2);
  desk.recall();
  await rig.go(2.4);
  desk.card(2500, 400);
  await rig.go(4);
  const [heard] = await rig.render();
  expect(worstDb(part(heard, 0.2, 2.3), part(tone, 0, 2.3))).toBeLessThan(-90);
  expect(level(part(heard, 2.65, 0.1))).toBeGreaterThan(0.2);
  expect(level(part(heard, 2.91, 1))).toBe(0);
});

it('stands still with the show, and goes on with it', async () => {
  rig = openSoundRig(6);
  const clip = clipOf(film('a.mkv', 4));
  const desk = await heardFrom200Ms(clip);
  await rig.go(1);
  desk.pause();
  await rig.go(2);
  // Stage time stood still for a second; on the rig's clock, which does not, the picture began that much later.
  clip.beganMs = 1200;
  desk.resume();
  await rig.settle();
  await rig.go(4);
  const [heard] = await rig.render();
  expect(level(part(heard, 1.1, 0.9))).toBe(0);
  expect(worstDb(part(heard, 2.1, 1.5), part(tone, 0.9, 1.5))).toBeLessThan(-90);
});

it('is silent in a pause also where it is going, and has the rest of its fade after that', async () => {
  rig = openSoundRig(6);
  const clip = clipOf(film('a.mkv', 4));
  const desk = await heardFrom200Ms(clip);
  await rig.go(0.8);
  desk.card(1000, 2000);
  await rig.go(1.5);
  desk.pause();
  await rig.go(2.5);
  desk.resume();
  await rig.settle();
  await rig.go(5);
  const [heard] = await rig.render();
  expect(level(part(heard, 1.4, 0.09))).toBeGreaterThan(0.1);
  expect(level(part(heard, 1.53, 0.95))).toBe(0);
  expect(level(part(heard, 2.6, 0.1))).toBeGreaterThan(0.1);
  expect(level(part(heard, 3.01, 2))).toBe(0);
});

it('is silent, and says so, where the sound cannot be decoded', async () => {
  rig = openSoundRig(2);
  const clip = clipOf(join(rig.folder, 'gone.mp4'));
  const desk = rig.desk([]);
  desk.card(100, 0, { sound: clip.card, volume: 1 });
  await rig.go(1);
  expect(rig.reported).toEqual([expect.objectContaining({ code: 'VITRINE_E_SOUND' })]);
});
