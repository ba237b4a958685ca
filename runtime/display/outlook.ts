/** What the chain of backends would come to, without opening anything: for a person who asks why. Pure but for the backends' own looks. */
import { BACKENDS, isWanted, whyNot, type Wanted } from './chain';
import { unfitness } from './gl-choice';
import type { GlVerdict } from './gl-record';
import type { OutputName, OutputSpec, RendererName, Surroundings } from './output';

/** `tried`: what comes of it is only known once it is opened. */
export interface Prospect {
  readonly output: OutputName;
  readonly renderer: RendererName;
  readonly verdict: 'taken' | 'tried' | 'passed over' | 'not reached';
  readonly because: string;
}

/** All wanted backends in their order. `verdictOn` is the record of GL trials. */
export function outlook(
  wanted: Wanted,
  surroundings: Surroundings,
  verdictOn: (output: OutputName) => GlVerdict | undefined,
  backends: readonly OutputSpec[] = BACKENDS,
): Prospect[] {
  let taken: string | undefined;
  return backends
    .filter((spec) => isWanted(spec, wanted))
    .map((spec): Prospect => {
      const { name: output, renderer } = spec;
      const prospect = (verdict: Prospect['verdict'], because: string): Prospect => ({
        output,
        renderer,
        verdict,
        because,
      });
      if (taken !== undefined) return prospect('not reached', `${taken} comes before it`);
      const reason = whyNot(spec, wanted, surroundings, []);
      if (reason !== undefined) return prospect('passed over', reason);
      if (renderer === 'gl') {
        const known = verdictOn(output);
        if (known === undefined)
          return prospect('tried', 'never tried with these drivers: the next start tries it first');
        const unfit = unfitness(known, wanted);
        if (unfit !== undefined) return prospect('passed over', unfit);
      }
      taken = `${output}+${renderer}`;
      return prospect('taken', renderer === 'gl' ? verdictOn(output)!.reason : 'the first that fits');
    });
}
