/** Before anything is opened: which GL backends have to be passed over, by the record of this machine or by a trial. */
import { mightTake, type Excluded, type Wanted } from './chain';
import type { GlRecord, GlVerdict } from './gl-record';
import { tryGl, type TrialOrder } from './gl-trial';
import type { OutputName, OutputRequest, OutputSpec } from './output';

export interface GlChoice {
  readonly excluded: readonly Excluded[];
  /** The GL backend that will be opened, should it come to that; undefined where none can be. */
  readonly trusted: OutputName | undefined;
}

/**
 * Looks at the GL backends in the order of the chain until one can be trusted. One that was never tried under the record's
 * signature is tried now, which takes as long as a process start and a first frame; never rejects.
 */
export async function chooseGl(
  wanted: Wanted,
  request: OutputRequest,
  record: GlRecord,
  trial: (order: TrialOrder) => Promise<GlVerdict> = tryGl,
  backends?: readonly OutputSpec[],
): Promise<GlChoice> {
  const excluded: Excluded[] = [];
  for (const { name, renderer } of mightTake(wanted, request, backends)) {
    if (renderer === 'cpu') continue;
    const known = record.verdictOn(name);
    const verdict = known ?? (await trial({ output: name, request }));
    if (known === undefined) record.judge(name, verdict);
    const because = unfitness(verdict, wanted);
    if (because === undefined) return { excluded, trusted: name };
    excluded.push({ output: name, renderer, reason: because });
  }
  return { excluded, trusted: undefined };
}

/** Why a backend of this verdict is passed over; undefined where it is not. */
export function unfitness({ usable, reason, software }: GlVerdict, { renderer }: Wanted): string | undefined {
  if (!usable) return reason;
  if (software && renderer === 'auto') return `${reason} draws on the CPU, where the cpu renderer is faster`;
  return undefined;
}
