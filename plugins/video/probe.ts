/** The probe: what ffprobe says of a file, kept until the file changes. */
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../runtime/core/errors';
import { within } from '../../runtime/core/within';
import { stateFolder } from '../../runtime/core/paths';
import { KeptFacts } from '../../runtime/library/kept-facts';
import { sameSignature, type Signature } from '../../runtime/library/quarantine';
import { signatureOf } from '../../runtime/library/signature';
import { probeFile, probeIdentity } from '../../runtime/media/ffprobe';
import { animationFacts, clipFacts, type ClipFacts, type Probed } from './clip-facts';
import { figureOf } from './clip-order';
import type { ClipFigure } from '../../runtime/options/clip-need';
import { hasDecoder, type Tools } from '../../runtime/media/tools';
import { readAnimation } from './webp/animation';

export type ProbeResult =
  | { readonly kind: 'clip'; readonly facts: ClipFacts; readonly index: number; readonly signature: Signature }
  | { readonly kind: 'bad'; readonly reason: string; readonly signature: Signature }
  | { readonly kind: 'gone' };

const PROBE_LIMIT_MS = 5000;
/** Counting reads the whole file. */
const COUNT_LIMIT_MS = 20_000;
const FILES_KEPT = 512;
/** Lengths that differ by more than this contradict each other; less is how files round. */
const TELLING_MS = 500;

interface KnownClip {
  readonly facts: ClipFacts;
  readonly index: number;
}

/** Counted up whenever facts are read in another way. */
const FACTS_VERSION = 7;

/** What earlier starts found out with this ffprobe. */
export function keptClips(tools: Tools, env: Readonly<Record<string, string | undefined>>): KeptFacts<KnownClip> {
  const context = `${FACTS_VERSION} ${probeIdentity(tools)}`;
  return new KeptFacts({ file: join(stateFolder(env), 'clips.json'), context, most: FILES_KEPT });
}

export class Probe {
  private readonly known = new Map<string, Exclude<ProbeResult, { kind: 'gone' }>>();
  private readonly running = new Map<string, Promise<ProbeResult>>();
  /** Decoders by name, and whether ffmpeg has them. */
  private readonly decoders = new Map<string, Promise<boolean>>();

  /** `kept`: facts of earlier starts; without them every file is looked at anew. */
  constructor(
    private readonly tools: Tools,
    private readonly kept?: KeptFacts<KnownClip>,
  ) {}

  /** Writes down what was learnt. */
  close(): void {
    this.kept?.flush();
  }

  /** Never rejects. Two questions about a file at once are one. */
  look(path: string): Promise<ProbeResult> {
    const running = this.running.get(path) ?? this.ask(path).finally(() => this.running.delete(path));
    this.running.set(path, running);
    return running;
  }

  isLookingAt(path: string): boolean {
    return this.running.has(path);
  }

  /** As `look`, as far as the answer is known already; asks no program. Never rejects. */
  async recall(path: string): Promise<ProbeResult | undefined> {
    const signature = await signatureOf(path);
    if (signature === 'gone') return { kind: 'gone' };
    if (signature === 'unreadable') return undefined;
    const known = this.known.get(path);
    if (known !== undefined && sameSignature(known.signature, signature)) return known;
    const kept = this.kept?.get(path, signature);
    return kept === undefined ? undefined : { kind: 'clip', ...kept, signature };
  }

  /** The next look reads the file again. */
  forget(path: string): void {
    this.known.delete(path);
    this.kept?.delete(path);
  }

  /** A clip has been measured: that counts from now on. Returns whether the file states something else. */
  learn(path: string, signature: Signature, lengthMs: number, lengthFrom: 'decoder' | 'file'): boolean {
    const known = this.known.get(path);
    if (known?.kind !== 'clip' || !sameSignature(known.signature, signature)) return false;
    const { facts, index } = known;
    const isNews = facts.lengthMs === undefined || Math.abs(facts.lengthMs - lengthMs) > TELLING_MS;
    if (facts.lengthFrom === 'decoder' && (facts.lengthMs === lengthMs || lengthFrom === 'file')) return false;
    if (lengthFrom === 'file' && !isNews) return false;
    const found = { ...known, facts: { ...facts, lengthMs, lengthFrom } };
    this.known.set(path, found);
    this.kept?.set(path, signature, { facts: found.facts, index });
    return isNews;
  }

  private async ask(path: string): Promise<ProbeResult> {
    const signature = await signatureOf(path);
    if (signature === 'gone') return { kind: 'gone' };
    if (signature === 'unreadable')
      return { kind: 'bad', reason: 'is no file that can be read', signature: { sizeBytes: 0, mtimeMs: 0 } };
    const known = this.known.get(path);
    this.known.delete(path);
    const result =
      known !== undefined && sameSignature(known.signature, signature) ? known : await this.read(path, signature);
    this.known.set(path, result);
    if (this.known.size > FILES_KEPT) this.known.delete(this.known.keys().next().value!);
    return result;
  }

  private async read(path: string, signature: Signature): Promise<Exclude<ProbeResult, { kind: 'gone' }>> {
    if (signature.sizeBytes === 0) return { kind: 'bad', reason: 'is empty', signature };
    const kept = this.kept?.get(path, signature);
    if (kept !== undefined) return this.withDecoder({ kind: 'clip', ...kept, signature });
    const result = await this.find(path, signature);
    if (result.kind === 'clip') this.kept?.set(path, signature, { facts: result.facts, index: result.index });
    return this.withDecoder(result);
  }

  private hasDecoder(name: string): Promise<boolean> {
    const asked = this.decoders.get(name) ?? hasDecoder(this.tools, name).catch(() => false);
    this.decoders.set(name, asked);
    return asked;
  }

  /** An ffmpeg that was built without libvpx shows a transparent clip as if it were opaque. */
  private async withDecoder<R extends ProbeResult>(result: R): Promise<R> {
    if (result.kind !== 'clip' || result.facts.alphaDecoder === undefined) return result;
    if (await this.hasDecoder(result.facts.alphaDecoder)) return result;
    const { alphaDecoder: _, ...opaque } = result.facts;
    return { ...result, facts: { ...opaque, alpha: false } };
  }

  private async find(path: string, signature: Signature): Promise<Exclude<ProbeResult, { kind: 'gone' }>> {
    try {
      const found = clipFacts(await this.run(path, false));
      if ('fault' in found) return animationIn(path, signature) ?? { kind: 'bad', reason: found.fault, signature };
      if (found.facts.lengthMs !== undefined) return { kind: 'clip', ...found, signature };
      // Streams without a container do not say how long they are.
      const counted = clipFacts(await this.run(path, true));
      const lengthMs = 'fault' in counted ? undefined : counted.facts.lengthMs;
      const facts = lengthMs === undefined ? found.facts : { ...found.facts, lengthMs };
      return { kind: 'clip', facts, index: found.index, signature };
    } catch (cause) {
      const animation = animationIn(path, signature);
      if (animation !== undefined) return animation;
      return { kind: 'bad', reason: messageOf(cause).replaceAll(`file:${path}: `, ''), signature };
    }
  }

  /** `count`: every packet, for streams without a container. */
  private async run(path: string, count: boolean): Promise<Probed> {
    const limitMs = count ? COUNT_LIMIT_MS : PROBE_LIMIT_MS;
    // The package brings an ffmpeg 6 of its own: another one's ffprobe says nothing of it.
    const about = this.tools.origin === 'ffmpeg-static' ? [] : ['-show_library_versions'];
    const more = [...about, ...(count ? ['-count_packets', '-select_streams', 'v'] : [])];
    return (await probeFile(this.tools, path, limitMs, more)) as Probed;
  }
}

/** An animated WebP, which ffmpeg does not read; undefined where the file is none. */
function animationIn(path: string, signature: Signature): Extract<ProbeResult, { kind: 'clip' }> | undefined {
  let file: number | undefined;
  try {
    const opened = (file = openSync(path, 'r'));
    const animation = readAnimation((at, length) => {
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, readSync(opened, bytes, 0, length, at));
    });
    return animation === undefined
      ? undefined
      : { kind: 'clip', facts: animationFacts(animation), index: 0, signature };
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** The probe that commands and the clip bank of this process share. */
let early: { readonly tools: Tools; readonly probe: Probe } | undefined;

/** A probe that looks at files before they are played: always the same with the same ffprobe. */
export function beginProbe(tools: Tools, env: Readonly<Record<string, string | undefined>>): Probe {
  if (early?.tools.ffprobe !== tools.ffprobe) early = { tools, probe: new Probe(tools, keptClips(tools, env)) };
  return early.probe;
}

/** A probe with these tools: the one that was begun already, where there is one. */
export function openProbe(tools: Tools): Probe {
  return early?.tools.ffprobe === tools.ffprobe ? early.probe : new Probe(tools, keptClips(tools, process.env));
}

/**
 * The figures of clips that are known; of the others the first `mostNew` are looked at, as far as that is done within `limitMs`. Never
 * rejects.
 */
export async function clipFigures(
  probe: Probe,
  paths: readonly string[],
  mostNew: number,
  limitMs = Infinity,
): Promise<{ readonly known: readonly ClipFigure[]; readonly unknown: number }> {
  const known: ClipFigure[] = [];
  const others: string[] = [];
  const recalled = await Promise.all(paths.map((path) => probe.recall(path)));
  for (const [at, found] of recalled.entries()) {
    if (found === undefined) others.push(paths[at]!);
    // A file that cannot be played takes nothing.
    else if (found.kind === 'clip') known.push(figureOf(found));
  }
  // Those that somebody looks at already cost nothing more.
  const inOrder = others.sort((a, b) => Number(probe.isLookingAt(b)) - Number(probe.isLookingAt(a)));
  const left = inOrder.slice(0, mostNew).values();
  let looked = 0;
  const look = async (): Promise<void> => {
    for (const path of left) {
      const found = await probe.look(path);
      looked += 1;
      if (found.kind === 'clip') known.push(figureOf(found));
    }
  };
  await within(Promise.all(Array.from({ length: LOOKS_AT_ONCE }, look)), limitMs);
  return { known: [...known], unknown: others.length - looked };
}

/** They wait for disks more than for processors. */
const LOOKS_AT_ONCE = 4;
