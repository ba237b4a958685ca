/** A tap on what is heard: the last samples of a clock that runs. */
import type { Engine } from '../../plugins/audio/engine';
import type { BaseContext, Node } from '../../plugins/audio/output/web-audio';

interface Analyser extends Node {
  fftSize: number;
  getFloatTimeDomainData(into: Float32Array): void;
}

/** The most the analyser keeps. */
export const TAP_FRAMES = 32_768;

export interface Tap {
  /** The last samples that were rendered, both channels mixed, and the frame of the clock after them: a quantum of 128 more or less. */
  read(): { readonly samples: Float32Array; readonly endFrame: number };
}

export function tapOf({ mixer, rateHz }: Engine): Tap {
  const context = mixer.context as BaseContext & { createAnalyser(): Analyser };
  const analyser = context.createAnalyser();
  analyser.fftSize = TAP_FRAMES;
  mixer.sum.connect(analyser);
  return {
    read() {
      const samples = new Float32Array(TAP_FRAMES);
      analyser.getFloatTimeDomainData(samples);
      return { samples, endFrame: Math.round(context.currentTime * rateHz) };
    },
  };
}
