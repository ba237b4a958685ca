/** The decoded clips: the last ones are kept, bounded in number and in bytes. Pure but for its own state. */
import { clipBytes, type DecodedClip } from '../play/source';

export interface ClipLimits {
  readonly entries: number;
  readonly bytes: number;
}

export class ClipStore {
  /** The one longest unused first. */
  private readonly clips = new Map<string, DecodedClip>();
  /** By file, the key of its only copy: with another gain, or of an older file, nobody would ask for it again. */
  private readonly keys = new Map<string, string>();
  private bytes = 0;
  hits = 0;
  misses = 0;

  constructor(private readonly limits: () => ClipLimits) {}

  get size(): number {
    return this.clips.size;
  }

  get bytesHeld(): number {
    return this.bytes;
  }

  /** Somebody is going to play it. */
  get(key: string): DecodedClip | undefined {
    const clip = this.clips.get(key);
    if (clip === undefined) {
      this.misses += 1;
      return undefined;
    }
    this.hits += 1;
    this.clips.delete(key);
    this.clips.set(key, clip);
    return clip;
  }

  /** Whether it is there, without counting. */
  has(key: string): boolean {
    return this.clips.has(key);
  }

  /** A clip that is larger than all the room is not kept; who has it plays it all the same. It takes the place of another copy of `file`. */
  put(key: string, clip: DecodedClip, file = key): void {
    this.remove(key);
    this.remove(this.keys.get(file) ?? key);
    if (clipBytes(clip) > this.limits().bytes) return;
    this.clips.set(key, clip);
    this.keys.set(file, key);
    this.bytes += clipBytes(clip);
    for (const oldest of [...this.clips.keys()]) {
      if (this.clips.size <= this.limits().entries && this.bytes <= this.limits().bytes) break;
      this.remove(oldest);
    }
  }

  clear(): void {
    for (const key of [...this.clips.keys()]) this.remove(key);
  }

  private remove(key: string): void {
    const clip = this.clips.get(key);
    if (clip === undefined) return;
    this.clips.delete(key);
    for (const [file, of] of this.keys) if (of === key) this.keys.delete(file);
    this.bytes -= clipBytes(clip);
  }
}
