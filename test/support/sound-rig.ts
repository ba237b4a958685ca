/** The sound of a show rendered into memory: the real engine, decoder and audio library, on a clock that the test moves. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Desk } from '../../plugins/audio/desk/desk';
import { Engine } from '../../plugins/audio/engine';
import { audioOptions } from '../../plugins/audio/options';
import type { Output } from '../../plugins/audio/output/output';
import { webAudio, type BaseContext, type Node } from '../../plugins/audio/output/web-audio';
import { settingsOf, type Settings } from '../../plugins/audio/settings';
import { systemClock, type Clock } from '../../runtime/core/clock';
import { createErrorLog } from '../../runtime/core/error-log';
import type { Log } from '../../runtime/core/log';
import { openScope, type Scope } from '../../runtime/core/scope';
import { findTools } from '../../runtime/media/tools';
import type { Cue, CueSound, Show } from '../../runtime/show/types';
import type { BegunSound, SilentSound, SoundsReady } from '../../runtime/stage/sound';

export const RATE_HZ = 48_000;

const values = Object.fromEntries(Object.entries(audioOptions).map(([name, row]) => [name, row.default]));
export const DEFAULTS = settingsOf({ ...values, tier1Bytes: 74e6, tier2Bytes: 64 << 20 } as never);

/** A log that nobody reads. */
const silence = (): void => {};
export const QUIET: Log = { debug: silence, info: silence, warn: silence, error: silence, child: () => QUIET };

export interface SoundRig {
  readonly engine: Engine;
  readonly folder: string;
  readonly scope: Scope;
  readonly reported: { readonly code: string; readonly message: string }[];
  readonly said: string[];
  /** What the desks told. */
  readonly news: (BegunSound | string)[];
  /** What they told of sounds that are ready. */
  readonly readiness: readonly SoundsReady[];
  /** A desk for cues with these sounds, named `0`, `1` and so on. */
  desk(...cues: readonly (readonly CueSound[])[]): Desk;
  /** Stage and audio clock, in s. */
  readonly nowS: number;
  /** Moves the clock on in small steps; what is decoded meanwhile is waited for. */
  go(toS: number): Promise<void>;
  /** Waits for decodes without moving the clock. */
  settle(): Promise<void>;
  /** Everything that is heard, left and right. */
  render(): Promise<readonly [Float32Array, Float32Array]>;
  close(): Promise<void>;
}

export function openSoundRig(
  seconds: number,
  change: Partial<Settings> = {},
  env: NodeJS.ProcessEnv = {},
  tools = findTools(null, process.env),
  {
    rateHz = RATE_HZ,
    stepS = 0.4,
    clock,
    stagePace = 1,
    leads = { leadS: 0, startLeadS: 0 },
  }: {
    readonly rateHz?: number;
    readonly stepS?: number;
    readonly clock?: Clock;
    /** How fast stage time goes, by the clock of the sound. */
    readonly stagePace?: number;
    /** How far ahead of the clock fades and starts are ordered: not at all. */
    readonly leads?: Pick<Output, 'leadS' | 'startLeadS'>;
  } = {},
): SoundRig {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-sound-'));
  const scope = openScope('sound test');
  const { OfflineAudioContext } = webAudio();
  const offline = new OfflineAudioContext(2, seconds * rateHz, rateHz);
  let nowS = 0;
  const context: BaseContext = {
    get currentTime() {
      return nowS;
    },
    sampleRate: rateHz,
    destination: offline.destination,
    createGain: () => kept(offline.createGain()),
    createBuffer: (...args) => offline.createBuffer(...args),
    createBufferSource: () => kept(offline.createBufferSource()),
    createDelay: (mostS) => offline.createDelay(mostS),
    createWaveShaper: () => offline.createWaveShaper(),
    createIIRFilter: (feedforward, feedback) => offline.createIIRFilter(feedforward, feedback),
    createChannelSplitter: (channels) => offline.createChannelSplitter(channels),
    createConstantSource: () => offline.createConstantSource(),
    createAnalyser: () => offline.createAnalyser(),
  };
  // Times are those of the sound, however long the machine takes for it.
  const own: Clock = { ...systemClock, nowMs: () => nowS * 1000 };
  const reported: { code: string; message: string }[] = [];
  const errors = createErrorLog(({ code, message }) => void reported.push({ code, message }));
  const said: string[] = [];
  const news: (BegunSound | string)[] = [];
  const readiness: SoundsReady[] = [];
  const told = {
    begun: (sound: BegunSound) => void news.push(sound),
    silent: ({ file, silentMs }: SilentSound) =>
      void news.push(`${silentMs === undefined ? 'silent' : 'heard'} ${file}`),
    output: (sink: string) => void news.push(sink),
    ready: (state: SoundsReady) => void readiness.push(state),
  };
  const say = (message: string, fields: object = {}): void => void said.push(`${message} ${JSON.stringify(fields)}`);
  const log: Log = { debug: say, info: say, warn: say, error: say, child: () => log };
  const engine = new Engine(
    { scope, log, errors, clock: clock ?? own },
    tools,
    { ...DEFAULTS, ...change },
    {
      context,
      name: 'memory',
      ...leads,
      blockFrames: 0,
      deviceMs: 0,
      frameIn: (ms) => Math.round((nowS + ms / 1000) * rateHz),
      onChange: () => {},
    },
    { XDG_STATE_HOME: folder, ...env },
  );
  const settle = async (): Promise<void> => {
    for (let quiet = 0; quiet < 3;) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      engine.tick();
      quiet = engine.queue.isIdle && engine.probe.isIdle && engine.loudness.isIdle ? quiet + 1 : 0;
    }
  };
  return {
    engine,
    folder,
    scope,
    reported,
    said,
    news,
    readiness,
    settle,
    get nowS() {
      return nowS;
    },
    desk(...cues) {
      const desk = new Desk(engine, showOf(cues), { nowMs: () => nowS * 1000 * stagePace, isTimed: true }, told);
      scope.defer('desk', () => desk.close());
      // As a director does before it shows anything.
      desk.expect('0', nowS * 1000 * stagePace);
      return desk;
    },
    async go(toS) {
      while (nowS < toS) {
        nowS = Math.min(toS, nowS + stepS);
        await settle();
      }
    },
    async render() {
      const rendered = await offline.startRendering();
      // Copies: what the library gives is its own, and written over by the next rendering.
      return [rendered.getChannelData(0).slice(), rendered.getChannelData(1).slice()];
    },
    async close() {
      await scope.close(5000);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What has been heard on the test's clock is rendered later: it stays connected until then. */
function kept<N extends Node>(node: N): N {
  return Object.assign(node, { disconnect: () => {} });
}

export function showOf(cues: readonly (readonly CueSound[])[]): Show {
  return {
    version: 1,
    name: 'sounds',
    file: '/show.yaml',
    folder: '/',
    hash: '',
    themes: {},
    scenes: {},
    cuelist: {
      loop: 'forever',
      cues: cues.map((sounds, index): Cue => ({
        name: String(index),
        durationMs: 1000,
        scenes: [],
        select: 'on-cue-start',
        transition: { type: 'cut', durationMs: 0 },
        sounds,
      })),
    },
  };
}

export const cueSound = (file: string, change: Partial<CueSound> = {}): CueSound => ({
  file,
  role: 'voice',
  volume: 1,
  loop: false,
  fadeInMs: 0,
  fadeOutMs: 0,
  ...change,
});

/** A WAV file of 32-bit floats. */
export function writeWav(file: string, planes: readonly Float32Array[], rateHz = RATE_HZ): string {
  const channels = planes.length;
  const frames = planes[0]!.length;
  const data = Buffer.alloc(frames * channels * 4);
  for (let frame = 0; frame < frames; frame++)
    for (let channel = 0; channel < channels; channel++)
      data.writeFloatLE(planes[channel]![frame]!, (frame * channels + channel) * 4);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(3, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(rateHz, 24);
  head.writeUInt32LE(rateHz * channels * 4, 28);
  head.writeUInt16LE(channels * 4, 32);
  head.writeUInt16LE(32, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  writeFileSync(file, Buffer.concat([head, data]));
  return file;
}

/** A tone that rises through the whole range: every place of it is unlike every other. */
export function chirp(frames: number, rateHz = RATE_HZ, fromHz = 60, toHz = 12_000): Float32Array {
  const seconds = frames / rateHz;
  const slope = Math.log(toHz / fromHz) / seconds;
  return Float32Array.from({ length: frames }, (_, i) => {
    const t = i / rateHz;
    return 0.5 * Math.sin(((2 * Math.PI * fromHz) / slope) * (Math.exp(slope * t) - 1));
  });
}

/** Largest difference, in dBFS. */
export function worstDb(a: Float32Array, b: Float32Array): number {
  let worst = 0;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i]! - b[i]!));
  return 20 * Math.log10(Math.max(worst, 1e-12));
}

/** By how many frames `b` lies behind `a`, where both are most alike. */
export function lagOf(a: Float32Array, b: Float32Array, most: number): number {
  let best = { lag: 0, sum: -Infinity };
  for (let lag = -most; lag <= most; lag++) {
    let sum = 0;
    for (let i = most; i < a.length - most; i++) sum += a[i]! * b[i + lag]!;
    if (sum > best.sum) best = { lag, sum };
  }
  return best.lag;
}
