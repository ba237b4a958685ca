/** The voices that are heard: opened, put on the clock ahead of time, and taken off it once they are over. */
import type { Mixer } from '../output/mixer';
import type { BufferPool } from './buffer-pool';
import type { VoiceSource } from './source';
import { Voice, type VoiceOptions } from './voice';

/** Main thread only. */
export class Voices implements Iterable<Voice> {
  private readonly voices = new Set<Voice>();
  private readonly opened = { clips: 0, streams: 0 };
  /** Of voices that are over. */
  private endedUnderruns = 0;

  open(mixer: Mixer, buffers: BufferPool, source: VoiceSource, options: VoiceOptions, kind: 'clip' | 'stream'): Voice {
    const voice = new Voice(mixer, buffers, source, options);
    this.voices.add(voice);
    this.opened[kind === 'clip' ? 'clips' : 'streams'] += 1;
    return voice;
  }

  [Symbol.iterator](): Iterator<Voice> {
    return this.voices.values();
  }

  get size(): number {
    return this.voices.size;
  }

  /** Puts on the clock what is there; ends voices that have nothing left to do. */
  pump(nowFrame: number): void {
    for (const voice of this.voices) if (!voice.pump(nowFrame)) this.end(voice);
  }

  /** The voice is over: it is taken off the clock. Its source is not closed. */
  end(voice: Voice): void {
    if (!this.voices.delete(voice)) return;
    this.endedUnderruns += voice.underruns;
    voice.close();
  }

  /** Drops all voices without touching their clock: its thread may not answer any more. */
  abandon(): void {
    this.endedUnderruns = this.underruns;
    this.voices.clear();
  }

  /** Takes all of them off the clock. */
  close(): void {
    for (const voice of this.voices) voice.close();
    this.voices.clear();
  }

  /** Of all voices there were. */
  get counts(): { readonly clips: number; readonly streams: number; readonly underruns: number } {
    return { ...this.opened, underruns: this.underruns };
  }

  private get underruns(): number {
    let sum = this.endedUnderruns;
    for (const { underruns } of this.voices) sum += underruns;
    return sum;
  }
}
