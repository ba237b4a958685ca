/** The sounds that are due and have no samples: voices that starve, and sounds that have no voice yet. */
import { Silences, type SilenceChange } from './silences';

/** A voice, as far as it is asked: the file it plays, and since when it should be heard and has no samples. */
export interface DueVoice {
  readonly file: string;
  missingSince(nowFrame: number): number | undefined;
}

/** Where the clock is, in frames, and for how long sound has been heard over all clocks there were. */
export interface ClockNow {
  readonly nowFrame: number;
  readonly rateHz: number;
  readonly heardMs: number;
}

/** Main thread only. */
export class DueSounds {
  private readonly silences = new Silences();
  /** Sounds that have no voice yet: from which frame of the clock on each is due. */
  private readonly awaited = new Map<object, { readonly file: string; readonly dueFrame: number }>();

  /** `sound` is due at a frame of the clock and has no voice yet; `arrived` ends that. */
  await(sound: object, file: string, dueFrame: number): void {
    this.awaited.set(sound, { file, dueFrame });
  }

  arrived(sound: object): void {
    this.awaited.delete(sound);
  }

  /** Returns the silences that began or ended since the last look. */
  look({ nowFrame, rateHz, heardMs }: ClockNow, voices: Iterable<DueVoice>): SilenceChange[] {
    const missing = new Map<object, { file: string; sinceMs: number }>();
    const add = (sound: object, file: string, sinceFrame: number): void =>
      void missing.set(sound, { file, sinceMs: heardMs - ((nowFrame - sinceFrame) / rateHz) * 1000 });
    for (const voice of voices) {
      const sinceFrame = voice.missingSince(nowFrame);
      if (sinceFrame !== undefined) add(voice, voice.file, sinceFrame);
    }
    for (const [sound, { file, dueFrame }] of this.awaited) if (dueFrame < nowFrame) add(sound, file, dueFrame);
    return this.silences.look(heardMs, missing);
  }

  /** Files that are due and silent now. */
  get silentFiles(): readonly string[] {
    return this.silences.files;
  }

  /** Whether a sound was due and silent in the last minute. */
  wasSilent(heardMs: number): boolean {
    return this.silences.wasSilent(heardMs);
  }

  /** Silences so far and how long all of them lasted. */
  report(heardMs: number): { readonly silences: number; readonly silentMs: number } {
    return this.silences.report(heardMs);
  }
}
