/** Sound that lasts: long files in odd orders, for minutes, and decoders that die or hang; every tenth of a second is listened to. */
import { join } from 'node:path';
import { createRandom } from '../../../runtime/show/random';
import { findTools } from '../../../runtime/media/tools';
import type { ClipSound } from '../../../runtime/stage/sound';
import { decodersOf } from '../../support/decoders';
import { faultyTools } from '../../support/faulty-tools';
import { cueSound, openSoundRig, type SoundRig } from '../../support/sound-rig';
import { makeMedia } from '../../support/make-media';

/** Low, so that ten minutes are rendered in seconds. */
const RATE_HZ = 8000;
const LEVEL = 0.25;

// A limit against hanging: a busy machine takes minutes for ten minutes of sound.
jest.setTimeout(300_000);

let rig: SoundRig;
afterEach(() => rig.close());

/** A tone of one level. */
function long(name: string, seconds: number): string {
  const source = `aevalsrc=${LEVEL}*sin(2*PI*400*t):s=${RATE_HZ}:d=${seconds}`;
  return makeMedia(join(rig.folder, name), '-f', 'lavfi', '-i', source);
}

/** Tenths of a second, from `fromS` to `toS`, in which less than half of the tone was heard: their beginnings, in s. */
function silentAt(plane: Float32Array, fromS: number, toS: number): number[] {
  const block = RATE_HZ / 10;
  return Array.from({ length: Math.floor((toS - fromS) * 10) }, (_, at) => fromS + at / 10).filter((atS) => {
    const from = Math.round(atS * RATE_HZ);
    const sum = plane.subarray(from, from + block).reduce((all, sample) => all + sample * sample, 0);
    return Math.sqrt(sum / block) < LEVEL / Math.SQRT2 / 2;
  });
}

const decoders = (): string[] => decodersOf(rig.folder);

describe('ten minutes of long sounds', () => {
  it('alternate, are skipped through and begin again, and no tenth of a second is silent', async () => {
    const seconds = 600;
    rig = openSoundRig(seconds, {}, {}, undefined, { rateHz: RATE_HZ, stepS: 1 });
    // More than decoders are kept for, in every kind of container.
    const names = ['a.mp3', 'b.wav', 'c.flac', 'd.ogg', 'e.m4a', 'f.opus', 'g.mp3', 'h.wav'];
    const files = names.map((name) => long(name, 120));
    const random = createRandom('endurance');
    const desk = rig.desk(
      ...files.map((file, at) => [
        cueSound(file, { role: 'background', loop: at % 2 === 0, fadeInMs: 100, fadeOutMs: 100 }),
      ]),
    );
    await rig.settle();
    let atS = 0.5;
    desk.enter('0', atS * 1000);
    while (atS < seconds - 20) {
      // From skips every second to a stretch as long as a chunk and more.
      const stayS = 1 + Math.floor(random() ** 2 * 19);
      await rig.go(atS + stayS - 0.5);
      atS += stayS;
      desk.enter(String(Math.floor(random() * files.length)), atS * 1000);
      await rig.settle();
    }
    await rig.go(seconds - 3);
    const [heard] = await rig.render();
    expect(silentAt(heard, 2, seconds - 5)).toEqual([]);
    expect(rig.reported).toEqual([]);
    expect(rig.engine.report()).toMatchObject({ underruns: 0, silences: 0, silentMs: 0 });
    expect(rig.engine.cacheReport()).toMatchObject({ healthy: true });
  });

  it('go on through clips with sound that give way to each other', async () => {
    const seconds = 60;
    rig = openSoundRig(seconds, {}, {}, undefined, { rateHz: RATE_HZ, stepS: 0.4 });
    const files = ['a.m4a', 'b.ogg', 'c.mp3', 'd.flac', 'e.wav', 'f.m4a', 'g.ogg', 'h.mp3'].map((name) =>
      long(name, 60),
    );
    const desk = rig.desk([]);
    desk.enter('0', 0);
    const stayS = 3;
    for (let at = 0; at * stayS < seconds - 2 * stayS; at++) {
      const fromMs = (1 + at * stayS) * 1000;
      const clip: ClipSound = { file: files[at % files.length]!, beganMs: fromMs };
      desk.ready({ sound: clip, volume: 1 });
      await rig.go(fromMs / 1000 - 0.3);
      desk.card(fromMs, 0, { sound: clip, volume: 1 });
      await rig.go(fromMs / 1000);
    }
    await rig.go(seconds - 4);
    const [heard] = await rig.render();
    expect(silentAt(heard, 1.5, seconds - 8)).toEqual([]);
    expect(rig.reported).toEqual([]);
  });
});

describe('a decoder that is ended from outside', () => {
  it('is begun again where it was: the sound goes on to the sample', async () => {
    // Each decoder dies by a signal after some output.
    const { tools } = faultyTools(`( ${ffmpegWords()} | head -c 400000 ); kill -9 $$`);
    rig = openSoundRig(60, { tier1Bytes: 1 << 20, tier2Bytes: 1 << 20 }, {}, tools, { rateHz: RATE_HZ, stepS: 0.4 });
    const desk = rig.desk([cueSound(long('a.wav', 50), { role: 'background' })]);
    await rig.settle();
    desk.enter('0', 500);
    await rig.go(40);
    const [heard] = await rig.render();
    const gaps = silentAt(heard, 1, 38);
    expect(gaps).toEqual([]);
    expect(rig.reported.length).toBeGreaterThan(0);
    expect(rig.reported[0]!.message).toContain('ended by SIGKILL; it is tried again');
  });
});

const ffmpegWords = (): string => `${findTools(null, process.env).ffmpeg} "$@"`;

it('leaves no decoder behind when a scope ends in the middle of files', async () => {
  rig = openSoundRig(30, { tier1Bytes: 1 << 20, tier2Bytes: 1 << 20 }, {}, undefined, { rateHz: RATE_HZ });
  const desk = rig.desk(
    ['a.mp3', 'b.wav', 'c.flac']
      .slice(0, 2)
      .map((name, at) => cueSound(long(name, 600), { role: at === 0 ? 'voice' : 'background' })),
  );
  await rig.settle();
  desk.enter('0', 500);
  await rig.go(3);
  expect(decoders().length).toBeGreaterThan(0);
  await rig.scope.close(5000);
  expect(decoders()).toEqual([]);
});
