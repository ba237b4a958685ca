/** Down-mixes: full scale in every channel stays full scale, whatever the layout, and loudness is measured of the mix that is heard. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PcmStream } from '../../../plugins/audio/decode/pcm-stream';
import { LoudnessBook } from '../../../plugins/audio/facts/loudness';
import { SoundProbe, type KnownSound } from '../../../plugins/audio/facts/sound-probe';
import { findTools } from '../../../runtime/media/tools';
import { RATE_HZ, writeWav } from '../../support/sound-rig';

const tools = findTools(null, process.env);
const FRAMES = 2400;

let folder: string;
let probe: SoundProbe;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vitrine-mix-'));
  probe = new SoundProbe(tools, { XDG_STATE_HOME: folder });
});
afterEach(() => {
  // First: it writes what it knows.
  probe.close();
  rmSync(folder, { recursive: true, force: true });
});

const SPEAKERS = 'FL FR FC LFE BL BR FLC FRC BC SL SR TC TFL TFC TFR TBL TBC TBR'.split(' ');

/** A WAV file whose header names the loudspeakers (WAVE_FORMAT_EXTENSIBLE); none are named for `count` channels. */
function stored(layout: string | number, planes: (channel: number) => Float32Array): string {
  const speakers = typeof layout === 'number' ? [] : layout.split('+');
  const channels = typeof layout === 'number' ? layout : speakers.length;
  const file = join(folder, `${layout}.wav`);
  const sides = Array.from({ length: channels }, (_, channel) => planes(channel));
  writeWav(file, sides);
  if (typeof layout === 'number') return file;
  const mask = speakers.reduce((sum, speaker) => sum + 2 ** SPEAKERS.indexOf(speaker), 0);
  const format = Buffer.alloc(40);
  format.writeUInt16LE(0xfffe, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(RATE_HZ, 4);
  format.writeUInt32LE(RATE_HZ * channels * 4, 8);
  format.writeUInt16LE(channels * 4, 12);
  format.writeUInt16LE(32, 14);
  format.writeUInt16LE(22, 16);
  format.writeUInt16LE(32, 18);
  format.writeUInt32LE(mask, 20);
  Buffer.from('0300000000001000800000aa00389b71', 'hex').copy(format, 24);
  const data = Buffer.alloc(sides[0]!.length * channels * 4);
  sides.forEach((plane, channel) =>
    plane.forEach((sample, at) => data.writeFloatLE(sample, (at * channels + channel) * 4)),
  );
  const chunk = (name: string, body: Buffer): Buffer => {
    const head = Buffer.from(`${name}....`);
    head.writeUInt32LE(body.length, 4);
    return Buffer.concat([head, body]);
  };
  writeFileSync(file, chunk('RIFF', Buffer.concat([Buffer.from('WAVE'), chunk('fmt ', format), chunk('data', data)])));
  return file;
}

async function known(file: string): Promise<KnownSound> {
  const look = await probe.look(file);
  if (look.kind !== 'sound') throw new Error(look.kind === 'bad' ? look.reason : look.kind);
  return look;
}

async function decoded(file: string, { facts }: KnownSound, frames = FRAMES): Promise<Float32Array[]> {
  const stream = new PcmStream(tools.ffmpeg, { ...facts, path: file, rateHz: RATE_HZ, fromFrame: 0 });
  const planes = Array.from({ length: facts.channels }, () => new Float32Array(frames + 1));
  const got = await stream.read(planes, 0, frames + 1);
  await stream.close();
  return planes.map((plane) => plane.subarray(0, got));
}

const tone = (at: number): number => Math.sin((2 * Math.PI * 1000 * at) / RATE_HZ);
const fullScale = (): Float32Array => Float32Array.from({ length: FRAMES }, (_, at) => tone(at));
const peak = (plane: Float32Array): number => plane.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);

const NAMED = [
  ...['FC', 'FL', 'LFE', 'FL+FR', 'FL+FC', 'FC+LFE', 'FL+FR+LFE', 'FL+FR+FC', 'FL+FR+BC', 'FL+FR+FC+BC', 'FL+FR+BL+BR'],
  ...[
    'FL+FR+FC+LFE',
    'FL+FR+FC+BL+BR',
    'FL+FR+FC+SL+SR',
    'FL+FR+FC+LFE+BC',
    'FL+FR+FC+LFE+BL+BR',
    'FL+FR+FC+LFE+SL+SR',
  ],
  ...['FL+FR+FC+BC+SL+SR', 'FL+FR+FLC+FRC+SL+SR', 'FL+FR+FC+LFE+BC+SL+SR', 'FL+FR+FC+LFE+BL+BR+SL+SR'],
  ...['FL+FR+FC+LFE+BL+BR+FLC+FRC', 'FL+FR+FC+LFE+BL+BR+SL+SR+TFL+TFR+TBL+TBR', 'BL+BR+TC', SPEAKERS.join('+')],
];
const UNNAMED = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 17, 24, 32];

it.each([...NAMED, ...UNNAMED])('holds full scale in every channel at full scale: %s', async (layout) => {
  const file = stored(layout, fullScale);
  const planes = await decoded(file, await known(file));
  for (const plane of planes) {
    expect(plane.length).toBe(FRAMES);
    expect(peak(plane)).toBeLessThan(1.00001);
    // Nobody is shut out.
    expect(peak(plane)).toBeGreaterThan(0.35);
  }
});

it.each([['FL+FR'], ['FC'], [2], [1]])('leaves the samples of one or two channels as they are: %s', async (layout) => {
  const file = stored(layout, (channel) => fullScale().map((sample) => sample * (channel === 0 ? 1 : -0.3)));
  const planes = await decoded(file, await known(file));
  expect(Array.from(planes[0]!)).toEqual(Array.from(fullScale()));
  if (planes.length > 1) expect(Array.from(planes[1]!)).toEqual(Array.from(fullScale().map((sample) => sample * -0.3)));
});

it('hears every channel of a file that names no loudspeakers', async () => {
  for (const channel of [0, 1, 10]) {
    const file = stored(11, (at) => (at === channel ? fullScale() : new Float32Array(FRAMES)));
    const [left, right] = await decoded(file, await known(file));
    expect(peak(channel % 2 === 0 ? left! : right!)).toBeGreaterThan(0.1);
    rmSync(file);
  }
});

it.each([[1], ['FC'], ['FL+FR'], ['FL+FR+FC+LFE+BL+BR'], [11]])(
  'measures the mix that is heard: %s',
  async (layout) => {
    const frames = 2 * RATE_HZ;
    const file = stored(layout, (channel) =>
      Float32Array.from(
        { length: frames },
        (_, at) => 0.2 * Math.sin((2 * Math.PI * (300 + 70 * channel) * at) / RATE_HZ),
      ),
    );
    const look = await known(file);
    const book = new LoudnessBook(tools, { XDG_STATE_HOME: folder });
    const told = await book.measure(file, look.facts, look.signature);
    const [left, right = left] = await decoded(file, look, frames);
    const heard = writeWav(join(folder, 'heard.wav'), [left!, right!]);
    const again = await known(heard);
    const reference = await book.measure(heard, again.facts, again.signature);
    await book.close();
    expect(Math.abs(told!.integratedLufs! - reference!.integratedLufs!)).toBeLessThanOrEqual(0.11);
  },
);
