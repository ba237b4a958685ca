/** Files of all kinds, good and bad, through decoder, chunks and clips: what is heard of them, and what is said where nothing is. */
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { faultyTools } from '../../support/faulty-tools';
import { chirp, cueSound, openSoundRig, RATE_HZ, writeWav, type SoundRig } from '../../support/sound-rig';
import { makeMedia } from '../../support/make-media';

let rig: SoundRig;
afterEach(() => rig.close());

const at = (name: string): string => join(rig.folder, name);

/** Plays a file for a while; gives the loudest sample of it. */
async function loudest(file: string, seconds = 1.5): Promise<number> {
  const desk = rig.desk([cueSound(file)]);
  await rig.settle();
  desk.enter('0', 100);
  await rig.settle();
  await rig.go(seconds);
  const [left, right] = await rig.render();
  return [...left, ...right].reduce((most, x) => Math.max(most, Math.abs(x)), 0);
}

describe('are heard', () => {
  it.each([
    [8000, 1],
    [11_025, 2],
    [22_050, 1],
    [44_100, 2],
    [96_000, 2],
    [192_000, 8],
    [48_000, 6],
  ])('at %d samples a second, %d channels', async (rateHz, channels) => {
    rig = openSoundRig(3);
    const tone = chirp(2 * rateHz, rateHz, 200, 2000);
    const file = writeWav(
      at('a.wav'),
      Array.from({ length: channels }, () => tone),
      rateHz,
    );
    expect(await loudest(file)).toBeGreaterThan(0.3);
    expect(rig.reported).toEqual([]);
  });

  it('where the name says something else', async () => {
    rig = openSoundRig(3);
    const wav = writeWav(at('a.wav'), [chirp(2 * RATE_HZ)]);
    makeMedia(at('really-vorbis.mp3'), '-i', wav, '-f', 'ogg', '-c:a', 'libvorbis');
    expect(await loudest(at('really-vorbis.mp3'))).toBeGreaterThan(0.3);
    expect(rig.reported).toEqual([]);
  });

  it('of one sample: once, and without an end to the show', async () => {
    rig = openSoundRig(3);
    expect(await loudest(writeWav(at('one.wav'), [Float32Array.of(0.5)]))).toBeCloseTo(0.5, 3);
  });

  it('of one sample in a loop: not as a tone', async () => {
    rig = openSoundRig(3);
    const desk = rig.desk([cueSound(writeWav(at('one.wav'), [Float32Array.of(0.5)]), { loop: true })]);
    await rig.settle();
    desk.enter('0', 100);
    await rig.settle();
    await rig.go(2);
    const [left] = await rig.render();
    expect(left.filter((x) => x !== 0)).toHaveLength(1);
  });

  it.each([
    ['ogg', 'libvorbis'],
    ['opus', 'libopus'],
    ['mp3', 'libmp3lame'],
    ['aac', 'aac'],
    ['flac', 'flac'],
  ])('to the end of the second, where two %s recordings were joined', async (container, codec) => {
    rig = openSoundRig(3);
    const parts = ['one', 'two'].map((name, part) => {
      const file = at(`${name}.${container}`);
      makeMedia(file, '-f', 'lavfi', '-i', `sine=${440 * (1 + part)}:r=48000:d=1`, '-af', 'volume=4', '-c:a', codec);
      return readFileSync(file);
    });
    const file = at(`joined.${container}`);
    writeFileSync(file, Buffer.concat(parts));
    const desk = rig.desk([cueSound(file)]);
    await rig.settle();
    desk.enter('0', 0);
    await rig.settle();
    await rig.go(2.6);
    const [left] = await rig.render();
    // How often it crosses zero in a fifth of a second tells which of the two it is.
    const crossings = (seconds: number): number => {
      const piece = left.subarray(seconds * RATE_HZ, (seconds + 0.2) * RATE_HZ);
      return piece.reduce((count, x, i) => count + Number(i > 0 && piece[i - 1]! < 0 && x >= 0), 0);
    };
    expect(Math.abs(crossings(0.4) - 88)).toBeLessThanOrEqual(2);
    expect(Math.abs(crossings(1.4) - 176)).toBeLessThanOrEqual(2);
  });

  it.each([
    ['more than there is', 60 * RATE_HZ * 2],
    ['nothing', 0],
    ['all that can be stated', 0xffffffff],
  ])('for as long as there are samples, where a WAV header states %s', async (_, bytes) => {
    rig = openSoundRig(3);
    const file = writeWav(at('cut.wav'), [new Float32Array(RATE_HZ).fill(0.25)]);
    const wav = readFileSync(file);
    wav.writeUInt32LE(bytes, wav.indexOf('data') + 4);
    writeFileSync(file, wav);
    const desk = rig.desk([cueSound(file)]);
    await rig.settle();
    desk.enter('0', 0);
    await rig.settle();
    await rig.go(2);
    const [left] = await rig.render();
    const heard = left.reduce((count, x) => count + Number(Math.abs(x) > 0.1), 0);
    expect(Math.abs(heard - RATE_HZ)).toBeLessThan(0.02 * RATE_HZ);
  });

  it('of ten hours, of which only chunks are held', async () => {
    // Its loudness alone would take a minute.
    rig = openSoundRig(3, { tier1Bytes: 16 << 20 }, {}, faultyTools('exec $real').tools);
    const bytes = 36_000 * RATE_HZ * 2;
    const head = Buffer.from(readFileSync(writeWav(at('head.wav'), [new Float32Array(0)])));
    head.writeUInt32LE(bytes + 36, 4);
    head.writeUInt16LE(1, 20);
    head.writeUInt32LE(RATE_HZ * 2, 28);
    head.writeUInt16LE(2, 32);
    head.writeUInt16LE(16, 34);
    head.writeUInt32LE(bytes, 40);
    const tone = Int16Array.from(chirp(2 * RATE_HZ, RATE_HZ, 200, 400), (x) => x * 32_767);
    writeFileSync(at('ten-hours.wav'), Buffer.concat([head, Buffer.from(tone.buffer)]));
    // The rest is a hole in the file: silence that takes no place.
    truncateSync(at('ten-hours.wav'), bytes + 44);
    expect(await loudest(at('ten-hours.wav'))).toBeGreaterThan(0.3);
    const { tier1, tier2 } = rig.engine.cache.report();
    expect(tier1.bytes + tier2.bytes).toBeLessThanOrEqual(80 << 20);
    expect(rig.reported).toEqual([]);
  });

  it('as far as they go, where they are cut or damaged', async () => {
    rig = openSoundRig(5, { streamThresholdBytes: 1 });
    makeMedia(at('a.mp3'), '-i', writeWav(at('a.wav'), [chirp(4 * RATE_HZ)]), '-c:a', 'libmp3lame', '-b:a', '128k');
    const bytes = readFileSync(at('a.mp3'));
    for (let i = 20_000; i < 24_000; i++) bytes[i] = (i * 7919) & 0xff;
    writeFileSync(at('damaged.mp3'), bytes.subarray(0, 50_000));
    expect(await loudest(at('damaged.mp3'), 4.5)).toBeGreaterThan(0.3);
    expect(rig.reported).toEqual([]);
  });
});

describe('are told, and the show goes on in silence', () => {
  it.each([
    // An accident says nothing of the file, which stays due.
    ['dies', 'kill -9 $$', ['was ended by SIGKILL; it is tried again', 'is due and has no samples']],
    ['complains', 'echo "this is wrong" >&2; exit 1', ['this is wrong']],
    ['gives nothing', 'exit 0', ['has no sound that can be decoded']],
    ['hangs', 'exec sleep 100', ['gave nothing any more; it is tried again', 'is due and has no samples']],
    ['talks without end', 'yes wrong | head -c 50000000 >&2; exit 1', ['wr']],
  ])(
    'where the decoder %s',
    async (_, words, reasons) => {
      rig = openSoundRig(3, {}, {}, faultyTools(words).tools);
      expect(await loudest(writeWav(at('a.wav'), [chirp(2 * RATE_HZ)]))).toBe(0);
      expect(rig.reported).toEqual(
        reasons.map((reason) => ({ code: 'VITRINE_E_SOUND', message: expect.stringContaining(reason) as string })),
      );
    },
    40_000,
  );
});
