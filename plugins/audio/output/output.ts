/** The output: a context whose clock runs whether or not there is anybody to hear it. */
import { existsSync, readFileSync } from 'node:fs';
import type { Log } from '../../../runtime/core/log';
import type { Scope } from '../../../runtime/core/scope';
import { messageOf } from '../../../runtime/core/errors';
import { ClockFront } from './clock-front';
import { webAudio, type BaseContext, type ContextOptions, type LiveContext } from './web-audio';

export interface Output {
  readonly context: BaseContext;
  /** `none` where nothing is heard; else the sink's name. */
  readonly name: string;
  /** What is ordered for a time nearer than this may come too late: what is rendered at once, and a little. */
  readonly leadS: number;
  /** Frame of the context's clock that is heard so many ms from now. */
  frameIn(ms: number): number;
}

export interface OutputOptions extends Pick<ContextOptions, 'latencyHint'> {
  readonly rateHz: number;
  /** `auto`, `none`, or the name of a device. */
  readonly sink: string;
}

/** Whether it is worth asking the system for a device: asking in vain is slow, and loud on standard error. */
export function mayHaveSound(env: Readonly<Record<string, string | undefined>>, root = '/'): boolean {
  if (env['ALSA_CONFIG_PATH'] !== undefined) return true;
  const runtime = env['XDG_RUNTIME_DIR'];
  if (runtime !== undefined && [`${runtime}/pipewire-0`, `${runtime}/pulse/native`].some((path) => existsSync(path)))
    return true;
  return cardsOf(root) !== '';
}

/** The sound cards there are, as text to compare; empty where there is none. */
export function cardsOf(root = '/'): string {
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
/** For an order to get from here to the thread that renders. */
const ORDER_S = 0.003;

/** How often devices are looked for, and the clock is looked at. */
const LOOK_MS = 2000;

/**
 * Opens the sink, or silence where there is none: the clock runs all the same, so the show goes on and can be told. A device that comes
 * later is taken; one that stops is left. Main thread; opening takes about 70 ms.
 */
export class LiveOutput implements Output {
  readonly context: LiveContext;
  private sink: string;
  private cards: string;
  private lastTime = -1;
  private readonly front: ClockFront;

  constructor(
    private readonly options: OutputOptions,
    private readonly log: Log,
    private readonly env: Readonly<Record<string, string | undefined>>,
    scope: Scope,
  ) {
    this.cards = cardsOf();
    const opened = this.open();
    this.context = opened.context;
    this.sink = opened.name;
    this.front = new ClockFront(() => this.context.currentTime * 1000);
    const timer = setInterval(() => void this.look(), LOOK_MS);
    timer.unref();
    scope.defer('sound output', async () => {
      clearInterval(timer);
      await this.context.close();
    });
  }

  get name(): string {
    return this.sink;
  }

  get leadS(): number {
    return BLOCK_FRAMES[this.sink === 'none' ? 'none' : this.options.latencyHint] / this.context.sampleRate + ORDER_S;
  }

  frameIn(ms: number): number {
    const { sampleRate, outputLatency } = this.context;
    const heardMs = this.front.nowMs() + ms - 1000 * (Number.isFinite(outputLatency) ? outputLatency : 0);
    return Math.round((heardMs / 1000) * sampleRate);
  }

  private open(): { context: LiveContext; name: string } {
    const { sink, latencyHint, rateHz } = this.options;
    const { AudioContext } = webAudio();
    const base = { latencyHint, sampleRate: rateHz };
    if (sink !== 'none' && (sink !== 'auto' || mayHaveSound(this.env))) {
      try {
        const context = new AudioContext(sink === 'auto' ? base : { ...base, sinkId: sink });
        return { context, name: sink === 'auto' ? 'default' : sink };
      } catch (cause) {
        this.log.warn('no sound', { sink, because: messageOf(cause) });
      }
    } else if (sink !== 'none') this.log.info('no sound', { because: 'there is no sound device' });
    return { context: new AudioContext({ ...base, sinkId: { type: 'none' } }), name: 'none' };
  }

  /** Takes a device that has come, and leaves one whose clock stands still. */
  private async look(): Promise<void> {
    const { sink } = this.options;
    const stands = this.context.currentTime === this.lastTime;
    this.lastTime = this.context.currentTime;
    const cards = cardsOf();
    const came = cards !== this.cards && cards !== '';
    this.cards = cards;
    try {
      if (this.sink !== 'none' && stands) {
        this.log.warn('the sound device has stopped; silence until one is there again', { sink: this.sink });
        this.sink = 'none';
        await this.context.setSinkId({ type: 'none' });
      } else if (this.sink === 'none' && sink !== 'none' && came) {
        await this.context.setSinkId(sink === 'auto' ? '' : sink);
        this.sink = sink === 'auto' ? 'default' : sink;
        this.log.info('sound is heard again', { sink: this.sink });
      }
    } catch (cause) {
      this.log.warn('no sound', { sink, because: messageOf(cause) });
    }
  }
}
