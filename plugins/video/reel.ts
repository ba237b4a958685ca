/** A scene's reel of clips: hands them out in planner order, each ready on its first frame, passing over what cannot be played. */
import { isAbsolute, relative } from 'node:path';
import { sameSignature } from '../../runtime/library/quarantine';
import { turnOf, type PlannedFile, type Planner } from '../../runtime/library/planner';
import type { Panel } from '../../runtime/stage/panel';
import type { Reel, StageItem } from '../../runtime/stage/media';
import type { ClipSound } from '../../runtime/stage/sound';
import type { ClipBank } from './clip-bank';
import type { ClipOrder } from './clip-order';
import type { Decoder } from './decoder';
import { howShown, type Showing } from './showing';
import { clipTarget } from './target';

export interface ReelParts {
  readonly bank: ClipBank;
  readonly panel: Panel;
  readonly session: string;
  /** Labels are relative to it where the file is below it. Absolute. */
  readonly folder: string;
  /** How many reels wait for clips that were only late: as long as one does, such clips may be shown. */
  readonly doubtful: { waitedFor: number };
  /** A file is gone or struck out: the library has to know. */
  readonly lose: (path: string) => void;
}

/** Whether a clip may be shown now. */
export const clipUsable =
  ({ bank, doubtful }: Pick<ReelParts, 'bank' | 'doubtful'>) =>
  (path: string): boolean =>
    doubtful.waitedFor > 0 ? !bank.quarantine.blocks(path) : !bank.blocks(path);

/** How its scene shows clips. */
export interface ClipScene {
  readonly name: string;
  readonly fit: 'cover' | 'contain';
  /** Clips are shown to their end; else for a time of the show's, again and again. */
  readonly playsOut: boolean;
  /** It shows pictures, too: where no clip is ready, they are. */
  readonly hasPictures: boolean;
}

/** Main thread only. */
export class ClipReel implements Reel {
  /** Loops that were handed out and whose decoder goes on, with the file as it was. */
  private readonly looping = new WeakMap<StageItem, Pick<ClipOrder, 'path' | 'signature'>>();

  constructor(
    readonly scene: ClipScene,
    private readonly planner: Planner,
    private readonly parts: ReelParts,
  ) {}

  /** A clip begins to be decoded when it is asked for. */

  get size(): number {
    return this.planner.size;
  }

  get due(): boolean {
    return this.planner.head !== undefined;
  }

  async next(
    signal: AbortSignal,
    _urgent?: boolean,
    comes: (sound: ClipSound) => void = () => {},
    current?: StageItem,
  ): Promise<StageItem | undefined> {
    const { bank, panel, session, doubtful } = this.parts;
    if (current !== undefined && (await this.goesOn(current, signal))) return current;
    let givenUp = 0;
    // Where every clip was passed over, those that were only late are waited for.
    let waits = false;
    try {
      for (;;) {
        signal.throwIfAborted();
        const { head } = this.planner;
        if (head === undefined) {
          if (waits || givenUp === 0 || this.scene.hasPictures) return undefined;
          waits = true;
          doubtful.waitedFor += 1;
          continue;
        }
        const { path } = head;
        const limitMs = waits ? Infinity : bank.patience.limitMs(path, givenUp);
        const looking = bank.probe.look(path);
        const found = await this.inTime(looking, limitMs, path, signal);
        if (this.planner.head?.path !== path) continue;
        if (found === LATE) {
          bank.hold(path, looking);
          givenUp += 1;
          continue;
        }
        if (found.kind === 'gone') {
          this.lose(path);
          continue;
        }
        if (found.kind === 'bad') {
          this.strike(path, found.signature, found.reason);
          continue;
        }
        const { facts, index, signature } = found;
        const target = clipTarget(facts, this.scene.fit, panel, bank.mostPixels);
        const showing = howShown(facts, this.scene.playsOut, this.isOnly(path));
        const loop = showing === 'loop' || showing === 'rounds';
        const known = { path, facts, index, signature, target, loop, hardware: [], session };
        const hardware = await unlessAborted(bank.hardwareFor(known), signal, () => {});
        const order: ClipOrder = { ...known, hardware };
        const tooLarge = hardware.length > 0 || facts.animatedWebp ? undefined : bank.whyTooLarge(order);
        if (tooLarge !== undefined) {
          this.strike(path, signature, tooLarge);
          continue;
        }
        const decoder = await this.start(order, signal);
        const sound = soundOf(order, decoder);
        if (sound !== undefined) comes(sound);
        const beganMs = performance.now();
        const abandon = (): void => void bank.close(decoder);
        const isReady = await this.inTime(decoder.ready, limitMs, path, signal, abandon);
        if (isReady === LATE) {
          bank.giveUp(decoder, order);
          givenUp += 1;
          continue;
        }
        if (!isReady) {
          // Why is told where the decoder ended.
          await bank.close(decoder);
          if (bank.quarantine.excludes(path)) this.lose(path);
          continue;
        }
        bank.patience.took(path, performance.now() - beganMs);
        if (this.planner.head?.path !== path) {
          // Another scene or session has shown it meanwhile.
          await bank.close(decoder);
          continue;
        }
        this.planner.draw();
        return this.itemOf(order, showing, head, decoder, sound, turnOf(this.planner, head));
      }
    } finally {
      if (waits) doubtful.waitedFor -= 1;
    }
  }

  /** Whether this file is all that the scene shows. */
  private isOnly(path: string): boolean {
    const { planner, scene } = this;
    return !scene.hasPictures && planner.size === 1 && planner.head?.path === path;
  }

  /** Whether a loop that is on is the only clip, and the file still the same. */
  private async goesOn(item: StageItem, signal: AbortSignal): Promise<boolean> {
    const loop = this.looping.get(item);
    if (loop === undefined || !this.isOnly(loop.path)) return false;
    const found = await unlessAborted(this.parts.bank.probe.look(loop.path), signal, () => {});
    return found.kind === 'clip' && sameSignature(found.signature, loop.signature) && this.looping.has(item);
  }

  /** What comes of the work, or that it is late and there is something else to show. `undo` is called where the signal was faster. */
  private async inTime<T>(
    work: Promise<T>,
    limitMs: number,
    path: string,
    signal: AbortSignal,
    undo: () => void = () => {},
  ): Promise<T | typeof LATE> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<typeof LATE>((resolve) => {
      if (Number.isFinite(limitMs)) timer = setTimeout(() => this.hasOthers(path) && resolve(LATE), limitMs);
    });
    try {
      return await unlessAborted(Promise.race([work, late]), signal, undo);
    } finally {
      clearTimeout(timer);
    }
  }

  private hasOthers(path: string): boolean {
    const { bank } = this.parts;
    const next = this.planner.peek(Math.min(this.planner.size, MOST_PEEKED));
    return this.scene.hasPictures || next.some(({ path: other }) => other !== path && !bank.blocks(other));
  }

  close(): void {}

  /**
   * Waits for room where all decoders are at work; where the memory is planned for one, no longer than a fade takes. After that the clip on
   * the screen has nothing else to give way to.
   */
  private async start(order: ClipOrder, signal: AbortSignal, beyond = false): Promise<Decoder> {
    const { bank } = this.parts;
    const isOne = bank.now.decoders === 1;
    const untilMs = performance.now() + LONGEST_FADE_MS;
    for (;;) {
      const leftMs = isOne ? untilMs - performance.now() : Infinity;
      const decoder = bank.start(order, beyond || leftMs <= 0);
      if (decoder !== undefined) return decoder;
      await bank.room(signal, leftMs > 0 ? leftMs : Infinity);
    }
  }

  private itemOf(
    order: ClipOrder,
    showing: Showing,
    planned: PlannedFile,
    decoder: Decoder,
    sound: ClipSound | undefined,
    turn: Partial<ReturnType<typeof turnOf>> = {},
  ): StageItem {
    const { bank } = this.parts;
    const { path, facts, loop, fromMs = 0 } = order;
    const playsOut = showing === 'once' || showing === 'rounds';
    const item: StageItem = {
      picture: decoder.ring.ref,
      label: this.labelOf(path),
      theme: planned.theme,
      ...(sound === undefined ? {} : { sound }),
      ...(!playsOut || facts.lengthMs === undefined ? {} : { lengthMs: facts.lengthMs - fromMs }),
      ...(!playsOut || fromMs > 0 ? {} : { better: bank.scan(order) }),
      // Of a still nothing more is expected.
      ...(showing === 'still'
        ? {}
        : { ends: decoder.over.then(({ outcome, endMs }) => (outcome === 'closed' ? undefined : endMs - fromMs)) }),
      clip: {
        file: path,
        loops: showing === 'loop',
        isEndless: loop,
        get lengthMs() {
          return decoder.lengthMs;
        },
        positionMs: (atMs) => positionOf(atMs - decoder.ring.beganMs, loop ? decoder.lengthMs : undefined),
        from: (toMs, signal, comes) => this.another({ ...order, fromMs: toMs }, showing, planned, signal, comes),
      },
      ...turn,
      release: () => void bank.close(decoder),
    };
    if (loop) {
      this.looping.set(item, order);
      void decoder.over.then(() => this.looping.delete(item));
    }
    return item;
  }

  /** A second decoder, which begins elsewhere. */
  private async another(
    order: ClipOrder,
    showing: Showing,
    planned: PlannedFile,
    signal: AbortSignal,
    comes: (sound: ClipSound) => void = () => {},
  ): Promise<StageItem | undefined> {
    const { bank } = this.parts;
    const decoder = await this.start(order, signal, true);
    const sound = soundOf(order, decoder);
    if (sound !== undefined) comes(sound);
    if (await unlessAborted(decoder.ready, signal, () => void bank.close(decoder)))
      return this.itemOf(order, showing, planned, decoder, sound);
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

/** Most transitions of shows are over by then. */
const LONGEST_FADE_MS = 3000;
/** The work is not done in time. */
const LATE = Symbol('late');
/** Draws that are looked at for something else to show. */
const MOST_PEEKED = 16;

/** The sound of a clip that has one. Its clock stays readable when the clip is gone. */
function soundOf({ path, facts, loop, fromMs = 0 }: ClipOrder, decoder: Decoder): ClipSound | undefined {
  if (!facts.hasSound) return undefined;
  return {
    file: path,
    fromMs,
    get beganMs() {
      return decoder.ring.beganMs;
    },
    get roundMs() {
      return loop ? decoder.lengthMs : undefined;
    },
  };
}

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
