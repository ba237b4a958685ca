/** The meter of the limiter, over sound that is rendered: it counts what was turned down, once, and nothing else. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LimiterMeter } from '../../../plugins/audio/output/limiter-meter';
import { Mixer } from '../../../plugins/audio/output/mixer';
import type { Output } from '../../../plugins/audio/output/output';
import { webAudio, type BaseContext } from '../../../plugins/audio/output/web-audio';
import { cueSound, openSoundRig, RATE_HZ, writeWav, type SoundRig } from '../../support/sound-rig';

const db = (ratio: number): number => 20 * Math.log10(ratio);

describe('the engine', () => {
  let rig: SoundRig;
  afterEach(() => rig.close());

  const SECONDS = 0.625;
  /** What the meter is looked at for: it keeps two thirds of a second. */
  const FROM_S = 0.125;

  /** Two sounds of the same tone, each of this level, rendered and looked at. */
  async function play(level: number): Promise<void> {
    rig = openSoundRig(SECONDS, {}, {}, undefined, { stepS: SECONDS });
    const tone = Float32Array.from(
      { length: 2 * RATE_HZ },
      (_, at) => level * Math.min(1, at / 2400) * Math.sin((2 * Math.PI * 500 * at) / RATE_HZ),
    );
    const files = ['a', 'b'].map((name) => writeWav(join(rig.folder, `${name}.wav`), [tone]));
    const desk = rig.desk(files.map((file) => cueSound(file)));
    await rig.settle();
    desk.enter('0', 0);
    await rig.settle();
    await rig.go(FROM_S);
    await rig.render();
    await rig.go(SECONDS);
  }

  it('reports for how long and by how much a sum over the ceiling was turned down', async () => {
    await play(0.8);
    const limited = rig.engine.report()['limited'] as { readonly ms: number; readonly worstDb: number };
    expect(limited.ms).toBeCloseTo(1000 * (SECONDS - FROM_S), 0);
    // 1.6 is brought under 1, by at most 1.1 dB more than needed.
    expect(limited.worstDb).toBeGreaterThanOrEqual(db(1.6) - 0.05);
    expect(limited.worstDb).toBeLessThanOrEqual(db(1.6) + 1.15);
    expect(rig.engine.status().limited).toEqual(limited);
  });

  it('reports nothing where the sum stays under the ceiling', async () => {
    await play(0.49);
    expect(rig.engine.report()['limited']).toEqual({ ms: 0, worstDb: 0 });
    expect(rig.engine.status().limited).toEqual({ ms: 0, worstDb: 0 });
  });
});

describe('on a clock that runs', () => {
  const SECONDS = 1.75;
  const frames = SECONDS * RATE_HZ;
  /** Never 0, and over the ceiling for a tenth of a second. */
  const given = Float32Array.from({ length: frames }, (_, at) =>
    at >= 0.25 * RATE_HZ && at < 0.35 * RATE_HZ ? 1.5 : 0.25,
  );

  function mixerOn(context: BaseContext, startS: number): Mixer {
    const mixer = new Mixer({ context } as Partial<Output> as Output, false, -1);
    const buffer = context.createBuffer(1, frames, RATE_HZ);
    buffer.copyToChannel(given, 0);
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(mixer.input('voice', 'original'));
    source.start(startS);
    return mixer;
  }

  /** By which share each frame is turned down, as what comes out shows. */
  async function renderedShares(): Promise<number[]> {
    const { OfflineAudioContext } = webAudio();
    const context = new OfflineAudioContext(2, frames, RATE_HZ);
    const { delayFrames } = mixerOn(context, 0);
    const heard = (await context.startRendering()).getChannelData(0);
    return Array.from(given.subarray(0, -delayFrames), (x, at) => 1 - heard[at + delayFrames]! / x);
  }

  it('counts each turned-down frame once, however often it is looked at', async () => {
    const shares = await renderedShares();
    const expectedMs = (shares.filter((share) => share > 1e-4).length / RATE_HZ) * 1000;
    expect(expectedMs).toBeGreaterThan(200);
    expect(expectedMs).toBeLessThan(1300);
    const { AudioContext } = webAudio();
    const context = new AudioContext({ latencyHint: 'playback', sampleRate: RATE_HZ, sinkId: { type: 'none' } });
    const mixer = mixerOn(context, context.currentTime + 0.1);
    const meter = new LimiterMeter();
    const endS = context.currentTime + 0.1 + SECONDS;
    /** On a machine that is busy: more lay between two looks than the library keeps. */
    let missedMs = 0;
    for (let lastS = context.currentTime; lastS < endS;) {
      await sleep(10 + 90 * Math.random());
      meter.look(mixer);
      missedMs += 1000 * Math.max(0, context.currentTime - lastS - 32_768 / RATE_HZ);
      lastS = context.currentTime;
    }
    await context.close();
    const { ms, worstDb } = meter.report();
    expect(Math.abs(ms - expectedMs)).toBeLessThan(15 + missedMs);
    if (missedMs === 0) expect(Math.abs(worstDb + db(1 - Math.max(...shares)))).toBeLessThan(0.06);
  });
});
