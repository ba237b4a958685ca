/** The text track: one scene's texts over the picture, one after the other, softly in and out. */
import { ramp, constant, type Envelope } from '../stage/envelope';
import type { Layer } from '../stage/layer';
import type { TextReel } from '../stage/media';
import type { StageCommand } from '../stage/commands';
import type { Stage } from './stage';
import type { StageClock } from './stage-clock';

export const TEXT_PLANE = 1;

/** Long enough to be soft, short enough that two texts are never unreadable over each other. */
const FADE_MS = 400;
/** A text is drawn this long before it is due. */
const LEAD_MS = 1500;

interface TextOnStage {
  readonly id: number;
  readonly fromMs: number;
  /** When it begins to fade out, as far as is planned. */
  outFromMs: number;
}

export class TextTrack {
  private readonly texts = new Map<number, TextOnStage>();
  private last: TextOnStage | undefined;

  constructor(
    private readonly stage: Stage,
    private readonly clock: StageClock,
    private readonly reel: TextReel,
    private readonly everyMs: number,
  ) {}

  /** Shows text after text from `startMs` on, until the signal aborts (then it resolves). The only text of a scene stays. */
  async run(startMs: number, signal: AbortSignal): Promise<void> {
    const leave = this.clock.join();
    try {
      for (let dueMs = startMs; ; dueMs += this.everyMs) {
        await this.clock.sleepUntil(dueMs - LEAD_MS, signal);
        const text = await this.reel.next(signal);
        if (signal.aborted) {
          text?.release();
          return;
        }
        if (text === undefined) return;
        const fromMs = Math.max(dueMs, this.clock.nowMs());
        this.show(text, fromMs);
        if (this.reel.count <= 1) return;
      }
    } catch (cause) {
      if (!signal.aborted) throw cause;
    } finally {
      leave();
    }
  }

  private show(text: NonNullable<Awaited<ReturnType<TextReel['next']>>>, fromMs: number): void {
    const id = this.stage.nextId();
    const layer: Layer = {
      id,
      plane: TEXT_PLANE,
      picture: text.picture,
      placement: { kind: 'overlay', leftPx: text.leftPx, topPx: text.topPx },
      fromMs,
      untilMs: Infinity,
      opacity: ramp(fromMs, 0, fromMs + FADE_MS, 1),
      offsetX: constant(0),
      offsetY: constant(0),
      reveal: constant(1),
      revealEdge: 'left',
    };
    const commands = [
      this.stage.add(layer, () => {
        this.texts.delete(id);
        text.release();
      }),
    ];
    if (this.last !== undefined) commands.push(this.fadeOut(this.last, fromMs));
    this.last = { id, fromMs, outFromMs: Infinity };
    this.texts.set(id, this.last);
    this.stage.send(...commands);
  }

  private fadeOut(text: TextOnStage, fromMs: number): StageCommand {
    text.outFromMs = fromMs;
    // A text that is still coming in turns round where it is.
    const share = Math.min(1, Math.max(0, (fromMs - text.fromMs) / FADE_MS));
    const opacity: Envelope = ramp(fromMs, share, fromMs + FADE_MS * share, 0);
    return this.stage.amend(text.id, { untilMs: fromMs + FADE_MS * share, opacity });
  }

  /** Fades what is there out from `fromMs` on. Call once, after the signal aborted. */
  end(fromMs: number): void {
    // Beside the last one, also one that was to stay until a text that is on its way: that one never comes now.
    const going = [...this.texts.values()].filter((text) => text.outFromMs > fromMs);
    this.stage.send(...going.map((text) => this.fadeOut(text, fromMs)));
    this.last = undefined;
  }

  /** Commands that take every text off at the next frame edge. */
  leave(): StageCommand[] {
    return [...this.texts.keys()].map((id) => ({ op: 'remove', id }) as const);
  }
}
