/** The probe: what ffprobe says of sound files, kept until they change, over restarts too. It is what durations are asked from. */
import { join } from 'node:path';
import { messageOf } from '../../../runtime/core/errors';
import { stateFolder } from '../../../runtime/core/paths';
import { KeptFacts } from '../../../runtime/library/kept-facts';
import type { Signature } from '../../../runtime/library/quarantine';
import { signatureOf } from '../../../runtime/library/signature';
import { probeFile, probeIdentity } from '../../../runtime/media/ffprobe';
import type { Tools } from '../../../runtime/media/tools';
import { soundFacts, type Probed, type SoundFacts } from './sound-facts';

/** A file with sound in it, as it was when it was looked at. */
export interface KnownSound {
  readonly facts: SoundFacts;
  readonly signature: Signature;
}

export type SoundLook =
  | ({ readonly kind: 'sound' } & KnownSound)
  | { readonly kind: 'bad'; readonly reason: string; readonly signature: Signature }
  | { readonly kind: 'gone' };

const PROBE_LIMIT_MS = 5000;
const FILES_KEPT = 1024;
/** Counted up whenever facts are read in another way. */
const FACTS_VERSION = 5;
/** The first packets of the file, each stream's among them. */
const FIRST_PACKETS = ['-show_packets', '-read_intervals', '%+#8'];

/** Main thread only. */
export class SoundProbe {
  private readonly kept: KeptFacts<SoundFacts>;
  private readonly running = new Map<string, Promise<SoundLook>>();

  constructor(
    private readonly tools: Tools,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    this.kept = new KeptFacts({
      file: join(stateFolder(env), 'sounds.json'),
      context: `${FACTS_VERSION} ${probeIdentity(tools)}`,
      most: FILES_KEPT,
    });
  }

  /** Never rejects. Two questions about a file at once are one. */
  look(path: string): Promise<SoundLook> {
    const running = this.running.get(path) ?? this.ask(path).finally(() => this.running.delete(path));
    this.running.set(path, running);
    return running;
  }

  /** As `look`, as far as the answer is known already; asks no program. Never rejects. */
  async recall(path: string): Promise<SoundLook | undefined> {
    const signature = await signatureOf(path);
    if (signature === 'gone') return { kind: 'gone' };
    if (signature === 'unreadable') return undefined;
    const facts = this.kept.get(path, signature);
    return facts === undefined ? undefined : { kind: 'sound', facts, signature };
  }

  /** Whether nothing is being looked at. */
  get isIdle(): boolean {
    return this.running.size === 0;
  }

  close(): void {
    this.kept.flush();
  }

  private async ask(path: string): Promise<SoundLook> {
    const signature = await signatureOf(path);
    if (signature === 'gone') return { kind: 'gone' };
    if (signature === 'unreadable')
      return { kind: 'bad', reason: 'is no file that can be read', signature: { sizeBytes: 0, mtimeMs: 0 } };
    if (signature.sizeBytes === 0) return { kind: 'bad', reason: 'is empty', signature };
    const known = this.kept.get(path, signature);
    if (known !== undefined) return { kind: 'sound', facts: known, signature };
    try {
      const found = soundFacts((await probeFile(this.tools, path, PROBE_LIMIT_MS, FIRST_PACKETS)) as Probed);
      if ('fault' in found) return { kind: 'bad', reason: found.fault, signature };
      this.kept.set(path, signature, found.facts);
      return { kind: 'sound', facts: found.facts, signature };
    } catch (cause) {
      return { kind: 'bad', reason: messageOf(cause).replaceAll(`file:${path}: `, ''), signature };
    }
  }
}
