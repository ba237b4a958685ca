/** Picture files: decodes a file in the state it is in, and strikes the one that cannot be decoded. */
import 'reflect-metadata';
import { inject, Lifecycle, scoped } from 'tsyringe';
import { CLOCK, type Clock } from '../../runtime/core/clock';
import { ERROR_LOG, type ErrorLog } from '../../runtime/core/error-log';
import { messageOf } from '../../runtime/core/errors';
import { Quarantine, sameContents, type Signature } from '../../runtime/library/quarantine';
import { signatureOf } from '../../runtime/library/signature';
import { decodePicture, type Decoded } from './decode';
import { SettlingFiles } from './settling';
import { SETTINGS, TRACE, type LiveSettings, type Trace } from './parts';
import type { Target } from './target';

/** Why there is no picture: the file is not there any more, or it was struck or held. */
export type NoPicture = 'gone' | 'bad';

/** Of a file whose state is not known: forgiven as soon as it is. */
const UNKNOWN: Signature = { sizeBytes: -1, mtimeMs: -1 };

/** Main thread only. */
@scoped(Lifecycle.ContainerScoped)
export class PictureFiles {
  constructor(
    @inject(SETTINGS) private readonly settings: LiveSettings,
    @inject(CLOCK.key) private readonly clock: Clock,
    @inject(ERROR_LOG.key) private readonly errors: ErrorLog,
    @inject(TRACE) private readonly trace: Trace,
    @inject(Quarantine) private readonly quarantine: Quarantine,
    @inject(SettlingFiles) private readonly settling: SettlingFiles,
  ) {}

  /** The state of a file that is to be decoded; one that may still be copied is held for a while. */
  async stateOf(path: string): Promise<Signature | NoPicture> {
    const signature = await signatureOf(path);
    if (signature === 'unreadable') return this.strike(path, UNKNOWN, 'the file cannot be read');
    if (signature === 'gone') return 'gone';
    const waitMs = await this.settling.waitMs(path, signature);
    if (waitMs === 0) return signature;
    this.quarantine.hold(path, signature, 'its end is missing, as while it is being copied', waitMs);
    return 'bad';
  }

  /** Decodes a file that is in the state `signature` by `decode`, and forgives it where it still is. Rejects where it cannot be decoded. */
  async decode(
    path: string,
    target: Target,
    signature: Signature,
    decode = decodePicture,
  ): Promise<Decoded | NoPicture> {
    const decoded = await this.decodeTraced(path, target, decode);
    const after = await signatureOf(path);
    if (after === 'gone') return 'gone';
    if (after === 'unreadable' || !sameContents(signature, after))
      return this.strike(path, signature, 'changed while it was read');
    this.quarantine.forget(path);
    return decoded;
  }

  /** A decode was rejected: strikes the file, unless it is gone. */
  async failed(path: string, signature: Signature, cause: unknown): Promise<NoPicture> {
    return (await signatureOf(path)) === 'gone' ? 'gone' : this.strike(path, signature, messageOf(cause), cause);
  }

  private async decodeTraced(path: string, target: Target, decode: typeof decodePicture): Promise<Decoded> {
    const startMs = this.clock.nowMs();
    let result: string | undefined;
    try {
      const decoded = await decode(path, target, this.settings.now.decodeBytes);
      result = `${decoded.widthPx}x${decoded.heightPx}`;
      return decoded;
    } finally {
      const durationMs = this.clock.nowMs() - startMs;
      this.trace({ name: 'decode', category: 'decode', durationMs, metadata: { path, result: result ?? 'failed' } });
    }
  }

  private strike(path: string, signature: Signature, reason: string, cause?: unknown): 'bad' {
    if (this.quarantine.strike(path, signature, reason) === 'struck-out') {
      this.errors.report(
        'VITRINE_E_PICTURE',
        'theme-bank',
        `${path}: ${reason}; replace the file or take it out`,
        cause,
      );
    }
    return 'bad';
  }
}
