/** The settings of video: its option values as numbers, once tuning has replaced every `auto`. */
import { tunedNumber } from '../../runtime/options/row';
import type { VideoValues } from './options';

export interface Settings {
  readonly ringBytes: number;
  readonly ringFrames: number;
  readonly prefill: number;
  readonly decoders: number;
  /** Of a decoder, at most. */
  readonly threads: number;
  /** Of a decoder's own, in software. */
  readonly decoderBytes: number;
  readonly hardware: boolean;
  readonly repeatHorizon: number;
  readonly watch: boolean;
}

/** Throws where tuning left an `auto` behind: a defect of the program. */
export function settingsOf(values: VideoValues): Settings {
  return {
    ringBytes: tunedNumber('video.ringBytes', values.ringBytes),
    ringFrames: tunedNumber('video.ringFrames', values.ringFrames),
    prefill: tunedNumber('video.prefill', values.prefill),
    decoders: values.decoders,
    threads: tunedNumber('video.threads', values.threads),
    decoderBytes: tunedNumber('video.decoderBytes', values.decoderBytes),
    hardware: values.hardware === 'auto',
    repeatHorizon: values.repeatHorizon,
    watch: values.watch !== 'off',
  };
}
