/** What is decoded whole and what is streamed, when it is made ready, and what is said of it. */
import { LIMITER_DELAY_FRAMES } from '../../../plugins/audio/output/sum-limiter';
import { join } from 'node:path';
import { systemClock } from '../../../runtime/core/clock';
import type { CueSound } from '../../../runtime/show/types';
import { faultyTools, type FaultyTools } from '../../support/faulty-tools';
import { cueSound, openSoundRig, RATE_HZ, writeWav, type SoundRig } from '../../support/sound-rig';
import { until } from '../../support/until';

let rig: SoundRig;
/** Decoders as they are; no loudness is measured, so that nothing is decoded for the sake of another level. */
const plain = (): FaultyTools => faultyTools('exec $real');
afterEach(() => rig.close());

const flat = (name: string, seconds: number): string =>
  writeWav(join(rig.folder, `${name}.wav`), [new Float32Array(seconds * RATE_HZ).fill(0.25)]);
/** A clip is waited for, however busy the machine is. */
const PATIENT_MS = 60_000;
/** Nothing goes by how fast this machine is just now. */
const CALM = { slowDecodeMs: Infinity, prefetchBlockMs: PATIENT_MS };
const LIMITS = { voice: 10_000, background: 10_000, effect: 5000, clips: 0 };
/** Everything that was said, without the folder. */
const said = (about: string): string[] =>
  rig.said.filter((line) => line.startsWith(about)).map((line) => line.replaceAll(`${rig.folder}/`, ''));
/** How the sounds began that were begun so far. */
const began = (): { clips: unknown; streams: unknown } => {
  const { clips, streams } = rig.engine.report();
  return { clips, streams };
};
/** Lets a show of one sound in one cue begin. */
async function plays(sound: CueSound): Promise<void> {
  const desk = rig.desk([sound]);
  await rig.settle();
  desk.enter('0', rig.nowS * 1000 + 100);
  await rig.settle();
}
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
describe('a sound is decoded whole', () => {
  it('where it is short: once, for however many cues', async () => {
    const { tools, decodes, probes } = plain();
    rig = openSoundRig(4, CALM, {}, tools);
    const sound = cueSound(flat('short', 1));
    const desk = rig.desk([sound], [sound], [sound]);
    await rig.settle();
    // Not so near to each other that they would be joined.
    for (const [cue, atMs] of [
      ['0', 100],
      ['1', 1500],
      ['2', 2900],
    ] as const) {
      desk.enter(cue, atMs);
      await rig.settle();
      await rig.go(atMs / 1000 + 1.1);
    }
    expect(began()).toEqual({ clips: 3, streams: 0 });
    expect(decodes()).toHaveLength(1);
    // Its length is kept as well: nothing is asked twice.
    expect(probes()).toBe(1);
    const [heard] = await rig.render();
    for (const fromS of [0.1, 1.5, 2.9])
      expect(heard.subarray((fromS + 0.01) * RATE_HZ, (fromS + 0.99) * RATE_HZ).every((x) => x === 0.25)).toBe(true);
  });

  it('one after the other, never two at once', async () => {
    const { tools, decodes } = faultyTools(
      'mkdir "$(dirname "$0")/busy" || echo two >> "$(dirname "$0")/decodes"; $real; rmdir "$(dirname "$0")/busy"',
    );
    rig = openSoundRig(3, { ...CALM, maxBufferMs: { ...LIMITS, voice: 60_000 } }, {}, tools);
    await plays(cueSound(flat('a', 1)));
    const desk = rig.desk(['b', 'c', 'd'].map((name) => cueSound(flat(name, 1))));
    await rig.settle();
    desk.enter('0', 200);
    await rig.settle();
    expect(decodes()).toHaveLength(4);
    expect(decodes()).not.toContain('two');
  });
});

describe('a sound is streamed', () => {
  it.each([
    ['its size', { streamThresholdBytes: 1000 }, 1, 'size'],
    ['its length', {}, 11, 'buffer limit'],
  ])('for %s', async (_, change, seconds, because) => {
    rig = openSoundRig(3, change, {}, plain().tools);
    await plays(cueSound(flat('it', seconds)));
    expect(began()).toEqual({ clips: 0, streams: 1 });
    expect(said('a sound is streamed')).toEqual([
      `a sound is streamed {"file":"it.wav","role":"voice","because":"${because}"}`,
    ]);
  });

  it('by the limit of its role', async () => {
    rig = openSoundRig(3, { ...CALM, maxBufferMs: LIMITS }, {}, plain().tools);
    const file = flat('seven', 7);
    await plays(cueSound(file, { role: 'effect' }));
    expect(began()).toEqual({ clips: 0, streams: 1 });
    await plays(cueSound(file, { role: 'voice' }));
    expect(began()).toEqual({ clips: 1, streams: 1 });
  });

  it('where its decode has not begun when it is due; the stage does not wait', async () => {
    const { tools, decodes } = faultyTools('sleep 0.6; exec $real');
    rig = openSoundRig(3, { prefetchBlockMs: 50 }, {}, tools);
    // The decode of the first cue is at work: chunks are made before clips that wait.
    const desk = rig.desk([cueSound(flat('first', 1))], [cueSound(flat('slow', 1))]);
    await until(() => decodes().length > 0);
    desk.enter('1', 100);
    // At once, and without a decode having ended.
    expect(began()).toEqual({ clips: 0, streams: 0 });
    await until(() => said('a sound is streamed').length > 0);
    expect(said('a sound is streamed')[0]).toContain('"because":"prefetch pending"');
    expect(decodes()[0]).toContain('first.wav');
    await rig.settle();
    expect(began()).toEqual({ clips: 0, streams: 1 });
    // The share of the budget is given back: it is a stream now.
    expect(rig.engine.budgets.freeMs('voice', 0)).toBe(rig.engine.now.maxBufferMs.voice);
  });

  it('and is not, where its decode is late and over before the first chunk', async () => {
    const { tools, decodes } = faultyTools('sleep 0.6; exec $real');
    rig = openSoundRig(3, { prefetchBlockMs: 50 }, {}, tools);
    const desk = rig.desk([cueSound(flat('slow', 1))]);
    await until(() => decodes().length > 0);
    desk.enter('0', 100);
    await until(() => said('a sound is streamed').length > 0);
    await rig.settle();
    // One decode: the chunk was not begun.
    expect(began()).toEqual({ clips: 1, streams: 0 });
    expect(decodes()).toHaveLength(1);
    // Its share of the budget is reserved again; it shrinks while it plays.
    const { budgets, services, now } = rig.engine;
    expect(budgets.freeMs('voice', services.clock.nowMs() - 60_000)).toBeLessThan(now.maxBufferMs.voice);
  });

  it('from then on where it took too long to decode, which is said, and is decoded again later', async () => {
    const { tools } = faultyTools(
      'test -e "$(dirname "$0")/idle" && exec $real; $real | { head -c 4000; sleep 0.3; cat; }',
    );
    let laterMs = 0;
    const clock = { ...systemClock, nowMs: () => systemClock.nowMs() + laterMs };
    rig = openSoundRig(4, { slowDecodeMs: 200, prefetchBlockMs: PATIENT_MS }, {}, tools, { clock });
    const sound = cueSound(flat('slow', 1));
    await plays(sound);
    expect(began()).toEqual({ clips: 1, streams: 0 });
    expect(said('slow decode')).toEqual([expect.stringMatching(/\{"file":"slow\.wav","what":"clip","ms":\d{3,}\}$/)]);
    expect(said('a file is streamed from now on')).toEqual([
      expect.stringMatching(/"file":"slow\.wav","decodeMs":\d{3,},"limitMs":200,"forMs":60000\}$/),
    ]);
    // What was decoded once is heard from memory as long as it is kept.
    await plays(sound);
    expect(began()).toEqual({ clips: 2, streams: 0 });
    rig.engine.clips.clear();
    await plays(sound);
    expect(began()).toEqual({ clips: 2, streams: 1 });
    expect(said('a sound is streamed')).toEqual([expect.stringContaining('"because":"its decode was too slow"')]);
    // The machine is less busy by now.
    rig.engine.retune({ ...rig.engine.now, slowDecodeMs: PATIENT_MS });
    writeWav(join(tools.ffmpeg, '..', 'idle'), [new Float32Array(1)]);
    laterMs = 60_000;
    await plays(sound);
    expect(began()).toEqual({ clips: 3, streams: 1 });
  });

  it('not for its wait in the queue, nor for the start of its decoder', async () => {
    rig = openSoundRig(
      4,
      { slowDecodeMs: 750, prefetchBlockMs: PATIENT_MS, clips: { entries: 0, bytes: 0 } },
      {},
      faultyTools('sleep 0.8; exec $real').tools,
    );
    const sounds = ['a', 'b'].map((name) => cueSound(flat(name, 1)));
    for (const _ of [1, 2]) {
      const desk = rig.desk(sounds);
      await rig.settle();
      desk.enter('0', rig.nowS * 1000 + 100);
      await rig.settle();
    }
    expect(began()).toEqual({ clips: 4, streams: 0 });
  });

  it('never for its slow decode where that is off', async () => {
    rig = openSoundRig(4, CALM, {}, faultyTools('sleep 0.2; exec $real').tools);
    const sound = cueSound(flat('slow', 1));
    await plays(sound);
    await plays(sound);
    expect(began()).toEqual({ clips: 2, streams: 0 });
  });

  it('from then on where it could not be decoded, and tried anew once the file is another', async () => {
    const words = 'test -e "$(dirname "$0")/mended" || { echo wrong >&2; exit 1; }; exec $real';
    const { tools } = faultyTools(words);
    rig = openSoundRig(4, CALM, {}, tools);
    const sound = cueSound(flat('bad', 1));
    await plays(sound);
    expect(said('a clip could not be decoded')).toEqual([expect.stringContaining('wrong')]);
    await plays(sound);
    expect(began()['clips']).toBe(0);
    writeWav(join(tools.ffmpeg, '..', 'mended'), [new Float32Array(1)]);
    await sleep(10);
    flat('bad', 2);
    await plays(sound);
    expect(began()['clips']).toBe(1);
  });
});

describe('the next cue', () => {
  const room = { ...CALM, maxBufferMs: LIMITS };

  it('is made ready within the lead and not before; at the start the first cue alone is', async () => {
    const { tools, decodes } = plain();
    rig = openSoundRig(12, { ...room, prefetchLeadMs: 2000 }, {}, tools);
    const desk = rig.desk(...['a', 'b', 'c'].map((name) => [cueSound(flat(name, 1))]));
    await rig.settle();
    const files = (): string[] => decodes().map((args) => /([a-c])\.wav/.exec(args)![1]!);
    expect(files()).toEqual(['a']);
    desk.enter('0', 100);
    desk.expect('1', 10_000);
    await rig.settle();
    expect(files()).toEqual(['a']);
    // The clock of the test moves by steps; what waits for it asks again when it is told the same.
    await rig.go(7.6);
    desk.expect('1', 10_000);
    await rig.settle();
    expect(files()).toEqual(['a']);
    await rig.go(8.4);
    desk.expect('1', 10_000);
    desk.expect('1', 10_000);
    await rig.settle();
    expect(files()).toEqual(['a', 'b']);
  });

  it('is made ready by itself when its time comes', async () => {
    const { tools, decodes } = plain();
    rig = openSoundRig(12, { ...room, prefetchLeadMs: 1000 }, {}, tools);
    const desk = rig.desk([cueSound(flat('a', 1))], [cueSound(flat('b', 1))]);
    await rig.settle();
    desk.enter('0', 100);
    desk.expect('1', 1200);
    await rig.settle();
    expect(decodes()).toHaveLength(1);
    await rig.go(0.4);
    await until(() => decodes().length === 2);
  });

  it('that nobody expected is made ready when it comes, and a show that goes round makes its cues ready anew', async () => {
    rig = openSoundRig(6, { ...room, clips: { entries: 0, bytes: 0 } }, {}, plain().tools);
    const desk = rig.desk([cueSound(flat('a', 1))], [cueSound(flat('b', 1))]);
    await rig.settle();
    for (const [turn, cue] of ['0', '1', '0', '1'].entries()) {
      desk.enter(cue, turn * 1400 + 100);
      await rig.settle();
      await rig.go((turn + 1) * 1.4);
    }
    const [heard] = await rig.render();
    for (let turn = 0; turn < 4; turn++) {
      const from = Math.round((turn * 1.4 + 0.11) * RATE_HZ);
      expect(heard.subarray(from, from + 0.9 * RATE_HZ).every((x) => x === 0.25)).toBe(true);
    }
    expect(rig.reported).toEqual([]);
  });

  it('waits for room, asks again, and has it once what plays has gone on', async () => {
    const { tools, decodes } = plain();
    rig = openSoundRig(4, { ...CALM, maxBufferMs: { ...LIMITS, voice: 2050 } }, {}, tools);
    const desk = rig.desk([cueSound(flat('a', 2))], [cueSound(flat('b', 1))]);
    await rig.settle();
    desk.enter('0', 100);
    desk.expect('1', 2000);
    await rig.settle();
    expect(said('a sound waits for room')[0]).toBe('a sound waits for room {"file":"b.wav","role":"voice"}');
    expect(decodes()).toHaveLength(1);
    // A second of what plays has to be over.
    await rig.go(1.2);
    await until(() => decodes().length === 2);
    await rig.settle();
    desk.enter('1', 2000);
    await rig.settle();
    expect(began()).toEqual({ clips: 2, streams: 0 });
    expect(said('a sound is streamed')).toEqual([]);
  });

  it('is streamed where there was no room until it was due', async () => {
    rig = openSoundRig(4, { maxBufferMs: { ...LIMITS, voice: 4050 }, prefetchBlockMs: 20 }, {}, plain().tools);
    const desk = rig.desk([cueSound(flat('a', 4))], [cueSound(flat('b', 4))]);
    await rig.settle();
    desk.enter('0', 100);
    await rig.settle();
    desk.enter('1', 300);
    await until(() => said('a sound is streamed').length > 0);
    expect(said('a sound is streamed')[0]).toContain('"because":"prefetch pending"');
    await rig.settle();
    expect(began()).toEqual({ clips: 1, streams: 1 });
  });

  it('is told to be late where it is', async () => {
    rig = openSoundRig(4, CALM, {}, faultyTools('sleep 0.2; exec $real').tools);
    const desk = rig.desk([cueSound(flat('a', 1))]);
    desk.enter('0', 100);
    // Its decode takes longer than the clock does.
    await rig.go(0.4);
    expect(said('slow start')).toEqual([expect.stringMatching(/\{"file":"a\.wav","ms":30\d\}$/)]);
    expect(rig.news).toEqual([
      { file: join(rig.folder, 'a.wav'), role: 'voice', from: 'memory', lateMs: expect.closeTo(306, 0) as number },
    ]);
    const [heard] = await rig.render();
    expect(heard.findIndex((x) => x !== 0)).toBe(0.404 * RATE_HZ + LIMITER_DELAY_FRAMES);
  });
});
