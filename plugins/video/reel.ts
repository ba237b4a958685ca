/** A scene's reel of clips: hands them out in planner order, each ready on its first frame, passing over what cannot be played. */
import { isAbsolute, relative } from 'node:path';
import type { Planner, ThemeFiles } from '../../runtime/library/planner';
import type { Panel } from '../../runtime/stage/panel';
import type { Reel, StageItem } from '../../runtime/stage/media';
import type { ClipSound } from '../../runtime/stage/sound';
import type { ClipBank, ClipOrder } from './clip-bank';
import type { Decoder } from './decoder';
import { clipTarget } from './target';

export interface ReelParts {
  readonly bank: ClipBank;
  readonly panel: Panel;
  readonly session: string;
  /** Labels are relative to it where the file is below it. Absolute. */
  readonly folder: string;
  /** A file is gone or struck out: the library has to know. */
  readonly lose: (path: string) => void;
}

/** How its scene shows clips. */
export interface ClipScene {
  readonly name: string;
  readonly fit: 'cover' | 'contain';
  /** Clips are shown to their end; else for a time of the show's, again and again. */
  readonly playsOut: boolean;
}

/** Main thread only. */
export class ClipReel implements Reel {
  constructor(
    readonly scene: ClipScene,
    private readonly planner: Planner,
    private readonly parts: ReelParts,
  ) {}

  /** A clip begins to be decoded when it is asked for. */
  readonly ready = false;

  get size(): number {
    return this.planner.size;
  }

  setFiles(themes: readonly ThemeFiles[]): void {
    this.planner.update(themes);
  }

  async next(signal: AbortSignal): Promise<StageItem | undefined> {
    const { bank } = this.parts;
    let passed = 0;
    for (;;) {
      signal.throwIfAborted();
      const head = this.planner.peek(1)[0];
      if (head === undefined) return undefined;
      const { path, theme } = head;
      if (bank.quarantine.blocks(path)) {
        if (passed++ >= this.planner.size) return undefined;
        this.planner.draw();
        continue;
      }
      const found = await bank.probe.look(path);
      signal.throwIfAborted();
      if (this.planner.peek(1)[0] !== head) continue;
      if (found.kind === 'gone') {
        this.lose(path);
        continue;
      }
      if (found.kind === 'bad') {
        this.strike(path, found.signature, found.reason);
        continue;
      }
      const { facts, index, signature } = found;
      const { session } = this.parts;
      const target = clipTarget(facts, this.scene.fit, this.parts.panel, bank.mostPixels);
      const order: ClipOrder = { path, facts, index, signature, target, loop: !this.scene.playsOut, session };
      const decoder = await this.start(order, signal);
      if (!(await unlessAborted(decoder.ready, signal, () => void bank.close(decoder)))) {
        // Why is told where the decoder ended.
        await bank.close(decoder);
        if (bank.quarantine.excludes(path)) this.lose(path);
        continue;
      }
      this.planner.draw();
      return this.itemOf(order, theme, decoder);
    }
  }

  close(): void {}

  /** Waits for room where both decoders are at work. */
  private async start(order: ClipOrder, signal: AbortSignal): Promise<Decoder> {
    const { bank } = this.parts;
    for (;;) {
      const decoder = bank.start(order);
      if (decoder !== undefined) return decoder;
      await bank.room(signal);
    }
  }

  private itemOf(order: ClipOrder, theme: string, decoder: Decoder): StageItem {
    const { bank } = this.parts;
    const { path, facts, loop, fromMs = 0 } = order;
    return {
      picture: decoder.ring.ref,
      label: this.labelOf(path),
      theme,
      ...(facts.hasSound ? { sound: soundOf(path, decoder, loop, fromMs) } : {}),
      ...(loop || facts.lengthMs === undefined ? {} : { lengthMs: facts.lengthMs - fromMs }),
      ...(loop || fromMs > 0 ? {} : { better: bank.scan(order) }),
      ends: decoder.over.then(({ outcome, endMs }) => (outcome === 'closed' ? undefined : endMs - fromMs)),
      clip: {
        file: path,
        loops: loop,
        get lengthMs() {
          return decoder.lengthMs;
        },
        positionMs: (atMs) => positionOf(atMs - decoder.ring.beganMs, loop ? decoder.lengthMs : undefined),
        from: (toMs, signal) => this.another({ ...order, fromMs: toMs }, theme, signal),
      },
      release: () => void bank.close(decoder),
    };
  }

  /** A second decoder, which begins elsewhere. */
  private async another(order: ClipOrder, theme: string, signal: AbortSignal): Promise<StageItem | undefined> {
    const { bank } = this.parts;
    const decoder = await this.start(order, signal);
    if (await unlessAborted(decoder.ready, signal, () => void bank.close(decoder)))
      return this.itemOf(order, theme, decoder);
    await bank.close(decoder);
    return undefined;
  }

  private strike(path: string, signature: ClipOrder['signature'], reason: string): void {
    this.parts.bank.strike(path, signature, reason);
    if (this.parts.bank.quarantine.excludes(path)) this.lose(path);
  }

  private lose(path: string): void {
    this.planner.remove(path);
    this.parts.lose(path);
  }

  private labelOf(path: string): string {
    const label = relative(this.parts.folder, path);
    return label.startsWith('..') || isAbsolute(label) ? path : label;
  }
}

/** Within its round, where it loops. */
const positionOf = (ms: number, roundMs: number | undefined): number => (roundMs === undefined ? ms : ms % roundMs);

/** Its clock stays readable when the clip is gone. */
const soundOf = (file: string, decoder: Decoder, loop: boolean, fromMs: number): ClipSound => ({
  file,
  fromMs,
  get beganMs() {
    return decoder.ring.beganMs;
  },
  get roundMs() {
    return loop ? decoder.lengthMs : undefined;
  },
});

/** Leaves no listener behind; `undo` is called where the signal was faster. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal, undo: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      undo();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
