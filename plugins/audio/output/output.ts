/** The output: a context whose clock runs whether or not there is anybody to hear it. */
import { existsSync, readFileSync } from 'node:fs';
import { withQuietOutput } from '../../../runtime/core/quiet-output';
import type { Log } from '../../../runtime/core/log';
import type { Scope } from '../../../runtime/core/scope';
import { messageOf } from '../../../runtime/core/errors';
import { ClockFront } from './clock-front';
import { webAudio, type BaseContext, type ContextOptions, type LiveContext } from './web-audio';

export interface Output {
  /** Another one after each call of `onChange`. */
  readonly context: BaseContext;
  /** `none` where nothing is heard; else the sink's name. */
  readonly name: string;
  /** Why it is `none`, where it is. */
  readonly because?: string | undefined;
  /** An order for a time nearer than this may come too late: one block is rendered at once, and the order takes a little. */
  readonly leadS: number;
  /** The same for starts of voices, which are ordered again where they came too late; never more. */
  readonly startLeadS: number;
  /** Frames that are rendered at once: orders are looked at between two of these blocks. */
  readonly blockFrames: number;
  /** Frame of the context's clock that leaves the device so many ms from now. */
  frameIn(ms: number): number;
  /** Between rendering and output, as far as the device reports it; else 0. */
  readonly deviceMs: number;
  /** Calls `changed` whenever there is another context: what was on the clock of the one before is heard no more. */
  onChange(changed: () => void): void;
}

export interface OutputOptions extends Pick<ContextOptions, 'latencyHint'> {
  readonly rateHz: number;
  /** `auto`, `none`, or the name of a device. */
  readonly sink: string;
}

/**
 * Everything that sound could go to, as text to compare: sound cards, servers of this user, an ALSA configuration of its own. Empty where
 * there is nothing: then asking for a device would be in vain, slow, and loud on standard error.
 */
export function soundPresence(env: Readonly<Record<string, string | undefined>>, root = '/'): string {
  const { XDG_RUNTIME_DIR: runtime, ALSA_CONFIG_PATH: config } = env;
  const places = [
    ...(runtime === undefined ? [] : [`${runtime}/pipewire-0`, `${runtime}/pulse/native`]),
    ...(config === undefined ? [] : [config]),
  ];
  return [cardsOf(root), ...places.filter((path) => existsSync(path))].filter((found) => found !== '').join('\n');
}

function cardsOf(root: string): string {
  try {
    const cards = readFileSync(`${root}proc/asound/cards`, 'utf8');
    return cards.includes('no soundcards') ? '' : cards.trim();
  } catch {
    return '';
  }
}

/** Frames that are rendered at once: the quantum of the Web Audio API without a device, what the library asks of devices with one. */
const BLOCK_FRAMES: Readonly<Record<ContextOptions['latencyHint'] | 'none', number>> = {
  none: 128,
  interactive: 256,
  balanced: 512,
  playback: 1024,
};
/** For an order to get from here to the thread that renders, and for what may interrupt this one meanwhile: mostly, and nearly always. */
const ORDER_S = 0.003;
const MOSTLY_INTERRUPTED_S = 0.002;
const INTERRUPTED_S = 0.012;

/** How often devices are looked for, and the clock is looked at. */
const LOOK_MS = 2000;
/** A device that was lost, or could not be opened, is tried again after this many looks, or once anything has changed. */
const TRY_AGAIN_LOOKS = 15;

/** Contexts whose device does not answer any more: to touch them, or to let them be collected, would wait for it for ever. */
const lost: LiveContext[] = [];

/**
 * Opens the sink, or silence where there is none: the clock runs all the same, so the show goes on and can be reported. A device that comes
 * later is taken; one that stops is left: each time with a new context, because one whose device fails cannot be sent elsewhere. Main
 * thread; opening takes about 70 ms.
 */
export class LiveOutput implements Output {
  private now: { readonly context: LiveContext; readonly name: string };
  private presence: string;
  private looksInVain = 0;
  private lastTime = -1;
  private front: ClockFront;
  private changed: () => void = () => {};
  /** Why nothing is heard, where that is so. */
  private silentBecause: string | undefined;

  constructor(
    private readonly options: OutputOptions,
    private readonly log: Log,
    /** Told why nothing is heard, where something should be. */
    private readonly fault: (reason: string) => void,
    private readonly env: Readonly<Record<string, string | undefined>>,
    scope: Scope,
  ) {
    this.presence = soundPresence(env);
    this.now = this.first();
    this.front = this.newFront();
    const timer = setInterval(() => this.look(), LOOK_MS);
    timer.unref();
    scope.defer('sound output', async () => {
      clearInterval(timer);
      if (this.isAlive()) await this.now.context.close();
    });
  }

  get context(): LiveContext {
    return this.now.context;
  }

  get name(): string {
    return this.now.name;
  }

  get because(): string | undefined {
    return this.name === 'none' ? this.silentBecause : undefined;
  }

  get leadS(): number {
    return Math.max(this.blockS, INTERRUPTED_S) + ORDER_S;
  }

  get startLeadS(): number {
    return Math.min(this.blockS + MOSTLY_INTERRUPTED_S + ORDER_S, this.leadS);
  }

  private get blockS(): number {
    return this.blockFrames / this.context.sampleRate;
  }

  get blockFrames(): number {
    return BLOCK_FRAMES[this.name === 'none' ? 'none' : this.options.latencyHint];
  }

  frameIn(ms: number): number {
    return Math.round(((this.front.nowMs() + ms - this.deviceMs) / 1000) * this.context.sampleRate);
  }

  get deviceMs(): number {
    const { outputLatency } = this.context;
    return Number.isFinite(outputLatency) ? 1000 * outputLatency : 0;
  }

  onChange(changed: () => void): void {
    this.changed = changed;
  }

  private newFront(): ClockFront {
    return new ClockFront(() => this.context.currentTime * 1000);
  }

  private first(): LiveOutput['now'] {
    const { sink } = this.options;
    if (sink === 'none') {
      this.silentBecause = 'audio.sink is none';
      return this.open('none');
    }
    if (sink === 'auto' && this.presence === '') {
      this.silentBecause = 'there is no sound device';
      this.log.info('no sound', { because: this.silentBecause });
      return this.open('none');
    }
    try {
      return this.open(sink);
    } catch (cause) {
      this.fault(this.silent(`the sink ${sink} cannot be opened: ${messageOf(cause)}`));
      return this.open('none');
    }
  }

  private silent(because: string): string {
    this.silentBecause = because;
    return because;
  }

  /** Throws where the device cannot be opened. */
  private open(sink: string): LiveOutput['now'] {
    const { latencyHint, rateHz: sampleRate } = this.options;
    const { AudioContext } = webAudio();
    const to = sink === 'auto' ? {} : { sinkId: sink === 'none' ? ({ type: 'none' } as const) : sink };
    const open = (): LiveContext => new AudioContext({ latencyHint, sampleRate, ...to });
    // Its library asks for a JACK server and prints that there is none.
    const context = sink === 'none' ? open() : withQuietOutput(open);
    return { context, name: sink === 'auto' ? 'default' : sink };
  }

  /** Whether the clock has gone on since it was asked last. */
  private isAlive(): boolean {
    const { currentTime } = this.context;
    const goesOn = currentTime !== this.lastTime;
    this.lastTime = currentTime;
    return goesOn;
  }

  /** Takes a device that has come, and leaves one whose clock stands still. */
  private look(): void {
    const { sink } = this.options;
    const presence = soundPresence(this.env);
    const hasChanged = presence !== this.presence;
    this.presence = presence;
    const alive = this.isAlive();
    if (this.name !== 'none' && !alive) {
      this.fault(this.silent(`the sink ${this.name} has stopped; silence until one is there again`));
      lost.push(this.context);
      this.swap(this.open('none'));
    } else if (this.name === 'none' && sink !== 'none' && presence !== '') {
      this.looksInVain += 1;
      if (!hasChanged && this.looksInVain < TRY_AGAIN_LOOKS) return;
      this.looksInVain = 0;
      this.tryAgain(sink);
    }
  }

  private tryAgain(sink: string): void {
    const before = this.context;
    try {
      this.swap(this.open(sink));
    } catch (cause) {
      return this.fault(this.silent(`the sink ${sink} cannot be opened: ${messageOf(cause)}`));
    }
    void before.close();
  }

  private swap(to: LiveOutput['now']): void {
    this.now = to;
    this.lastTime = -1;
    this.front = this.newFront();
    this.changed();
  }
}
