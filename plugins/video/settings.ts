/** The settings of video: its option values as numbers, once tuning has replaced every `auto`. */
import type { VideoValues } from './options';

export interface Settings {
  readonly ringBytes: number;
  readonly ringFrames: number;
  readonly prefill: number;
  readonly decoders: number;
  readonly hardware: boolean;
  readonly repeatHorizon: number;
}

/** Throws where tuning left an `auto` behind: a defect of the program. */
export function settingsOf(values: VideoValues): Settings {
  return {
    ringBytes: tuned('ringBytes', values.ringBytes),
    ringFrames: tuned('ringFrames', values.ringFrames),
    prefill: tuned('prefill', values.prefill),
    decoders: values.decoders,
    hardware: values.hardware === 'auto',
    repeatHorizon: values.repeatHorizon,
  };
}

function tuned(name: string, value: number | 'auto'): number {
  if (typeof value !== 'number')
    throw new TypeError(`video.${name} is still '${value}': it must be tuned before the plugin opens`);
  return value;
}
