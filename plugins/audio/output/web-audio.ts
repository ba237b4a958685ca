/** The part of the Web Audio API that is used, and how its implementation is loaded: late, because it is large and most shows are silent. */
import { createRequire } from 'node:module';

export interface Param {
  value: number;
  setValueAtTime(value: number, atS: number): Param;
  linearRampToValueAtTime(value: number, atS: number): Param;
  setValueCurveAtTime(values: readonly number[], fromS: number, durationS: number): Param;
  cancelScheduledValues(fromS: number): Param;
}

export interface Node {
  channelCount: number;
  channelCountMode: 'max' | 'clamped-max' | 'explicit';
  connect(to: Node, output?: number, input?: number): Node;
  /** The output of the node, mixed to one channel, is added to the parameter. */
  connect(to: Param, output?: number): void;
  disconnect(): void;
}

export interface Gain extends Node {
  readonly gain: Param;
}

export interface Buffer {
  readonly length: number;
  copyToChannel(source: Float32Array, channel: number, at?: number): void;
}

export interface BufferSource extends Node {
  buffer: Buffer | null;
  start(atS: number, offsetS?: number, durationS?: number): void;
}

export interface Delay extends Node {
  readonly delayTime: Param;
}

/** A curve over -1 to 1, read linearly between its points; what lies beyond is held at its ends. */
export interface WaveShaper extends Node {
  curve: Float32Array | null;
}

export interface ConstantSource extends Node {
  readonly offset: Param;
  start(): void;
}

export interface Analyser extends Node {
  fftSize: number;
  /** The last `fftSize` samples that were rendered. */
  getFloatTimeDomainData(into: Float32Array): void;
}

/** A context in which graphs are built: one that plays, or one that renders into memory. */
export interface BaseContext {
  readonly currentTime: number;
  readonly sampleRate: number;
  readonly destination: Node;
  createGain(): Gain;
  createBuffer(channels: number, frames: number, rateHz: number): Buffer;
  createBufferSource(): BufferSource;
  createDelay(mostS: number): Delay;
  createWaveShaper(): WaveShaper;
  /** Computed in double precision; at most 20 coefficients each. */
  createIIRFilter(feedforward: readonly number[], feedback: readonly number[]): Node;
  createChannelSplitter(channels: number): Node;
  createConstantSource(): ConstantSource;
  createAnalyser(): Analyser;
}

export type Sink = string | { readonly type: 'none' };

export interface LiveContext extends BaseContext {
  readonly state: 'suspended' | 'running' | 'closed';
  /** Seconds between rendering and sound, as far as the device reports it. */
  readonly outputLatency: number;
  close(): Promise<void>;
}

export interface ContextOptions {
  readonly latencyHint: 'interactive' | 'balanced' | 'playback';
  readonly sampleRate: number;
  readonly sinkId?: Sink;
}

export interface WebAudio {
  readonly AudioContext: new (options: ContextOptions) => LiveContext;
  readonly OfflineAudioContext: new (
    channels: number,
    frames: number,
    rateHz: number,
  ) => BaseContext & { startRendering(): Promise<{ getChannelData(channel: number): Float32Array }> };
}

let loaded: WebAudio | undefined;

/** Throws where the platform has no build of it. */
export function webAudio(): WebAudio {
  // Its allocator asks the kernel for pages of 2 MiB, of which it uses parts: 14 MiB more of a show with two streamed sounds.
  process.env['MIMALLOC_ALLOW_LARGE_OS_PAGES'] ??= '0';
  loaded ??= createRequire(__filename)('node-web-audio-api') as WebAudio;
  return loaded;
}
