/** What a person is told of the clips of a show before it plays: what they are, and whether this machine keeps up with them. */
import type { ClipFinding } from '../../../runtime/show/clip-finding';
import type { ClipFacts } from '../clip-facts';
import { fitted, fittingCommand, keepsUp, type PanelSize } from './fitting';
import { Proofs } from '../hardware/proofs';
import { readDecoderDevices } from '../../../runtime/media/decoder-devices';
import { whyTooLarge } from '../../../runtime/options/clip-need';
import { figureOf } from '../clip-order';
import { Probe, type ProbeResult } from '../probe';
import { clipTarget } from '../target';
import type { Tools } from '../../../runtime/media/tools';
import { tryClip, type TrialResult } from './trial';

/** Probes at the same time: they wait for disks more than for processors. */
const PROBES_AT_ONCE = 4;

type Clip = Extract<ProbeResult, { kind: 'clip' }> & { readonly path: string };

export interface Inspector {
  readonly tools: Tools;
  readonly panel: PanelSize;
  /** Whether hardware may decode. */
  readonly hardware: boolean;
  /** That a decoder in software may take. */
  readonly decoderBytes: number;
}

/**
 * Looks at every file and decodes a second of some: of clips that are alike in codec, size, depth and rate only of the one with the
 * most bytes a second, and of the next where that is broken. One at a time, so that none slows the other. In the order of `paths`; never
 * rejects.
 */
export async function inspectClips(inspector: Inspector, paths: readonly string[]): Promise<ClipFinding[]> {
  const { decoderBytes, panel } = inspector;
  const probe = new Probe(inspector.tools);
  const looks: ProbeResult[] = [];
  const left = paths.entries();
  const look = async (): Promise<void> => {
    for (const [at, path] of left) looks[at] = await probe.look(path);
  };
  await Promise.all(Array.from({ length: PROBES_AT_ONCE }, look));
  const clips = looks.flatMap((found, at): Clip[] => (found.kind === 'clip' ? [{ ...found, path: paths[at]! }] : []));
  const rates = new Map<string, number>();
  const broken = new Map<string, string>();
  const proofs = new Proofs(inspector.tools, readDecoderDevices(), { info: () => {} }, process.env);
  for (const clip of byWeight(clips)) {
    const kind = kindOf(clip.facts);
    if (rates.has(kind)) continue;
    const trial = await attempt(inspector, proofs, clip);
    if (trial.kind === 'decoded') rates.set(kind, trial.framesPerSecond);
    else broken.set(clip.path, trial.reason);
  }
  proofs.close();
  return looks.map((found, at) => {
    const path = paths[at]!;
    const reason = found.kind === 'bad' ? found.reason : found.kind === 'gone' ? 'is gone' : broken.get(path);
    if (found.kind !== 'clip' || reason !== undefined) return unplayable(path, reason ?? 'is gone');
    const tooLarge = found.facts.animatedWebp ? undefined : whyTooLarge(figureOf(found), decoderBytes, panel);
    if (tooLarge !== undefined) return unplayable(path, tooLarge);
    return judgeClip({ ...found, path }, rates.get(kindOf(found.facts))!, panel);
  });
}

const kindOf = ({ codec, codedWidthPx, codedHeightPx, pixelFormat, rateHz, interlaced, rotation }: ClipFacts): string =>
  [codec, codedWidthPx, codedHeightPx, pixelFormat, rateHz.toFixed(2), interlaced, rotation].join(' ');

/** Those with the most bytes a second first. */
function byWeight(clips: readonly Clip[]): Clip[] {
  const weight = ({ signature, facts }: Clip): number => signature.sizeBytes / (facts.lengthMs ?? Infinity);
  return [...clips].sort((a, b) => weight(b) - weight(a));
}

/** From its middle, where a clip is what it mostly is, else from its start; in hardware first, where there may be some. */
async function attempt({ tools, panel, hardware }: Inspector, proofs: Proofs, clip: Clip): Promise<TrialResult> {
  const { path, facts, index } = clip;
  const middleMs = (facts.lengthMs ?? 0) > 3000 && !facts.animatedWebp ? facts.lengthMs! / 2 : 0;
  const order = {
    path,
    facts,
    index,
    target: clipTarget(facts, 'cover', { ...panel, turn: 0, refreshHz: facts.rateHz }, Infinity),
    fromMs: middleMs,
    loop: false,
  };
  const asked = hardware ? await proofs.argumentsFor({ ...order, hardware: [] }) : [];
  const first = asked.length > 0 ? await tryClip(tools, { ...order, hardware: asked }) : undefined;
  if (first?.kind === 'decoded') return first;
  const second = await tryClip(tools, { ...order, hardware: [] });
  // The file may say that it is longer than its pictures are.
  return second.kind === 'decoded' || middleMs === 0 ? second : tryClip(tools, { ...order, fromMs: 0, hardware: [] });
}

/** `decodes`: frames a second. */
function judgeClip({ path, facts }: Clip, decodes: number, panel: PanelSize): ClipFinding {
  const { codec, widthPx, heightPx, rateHz, lengthMs, hasSound } = facts;
  const found: ClipFinding = {
    file: path,
    playable: true,
    codec,
    widthPx,
    heightPx,
    rateHz: Math.round(rateHz * 1000) / 1000,
    ...(lengthMs === undefined ? {} : { lengthMs: Math.round(lengthMs) }),
    hasSound,
    decodesHz: Math.round(decodes),
  };
  if (!keepsUp(facts, decodes)) {
    const remedy = facts.animatedWebp
      ? 'make a film of it in the program it comes from'
      : `this makes one that fits: ${fittingCommand(path, facts, fitted(facts, panel, decodes))}`;
    return {
      ...found,
      warning: {
        file: path,
        message: `is too heavy for this machine: ${Math.round(rateHz)} frames a second are to be shown, ${found.decodesHz} can be decoded when nothing else runs`,
        remedy,
      },
    };
  }
  if (!facts.hdr) return found;
  const message = 'is made for displays of high dynamic range and will look pale';
  return { ...found, warning: { file: path, message, remedy: 'convert it to BT.709 in the program it comes from' } };
}

function unplayable(file: string, reason: string): ClipFinding {
  const message = `cannot be played and will be passed over: ${reason}`;
  return { file, playable: false, warning: { file, message, remedy: 'replace or remove it' } };
}
