/** Cards: puts pictures on the stage ahead of time, each taking the place of the one before with a transition. */
import { arrival, AT_REST, departure, type TransitionKind } from '../stage/transitions';
import { isClip, type CardPlacement, type Layer } from '../stage/layer';
import type { LayerChange, StageCommand } from '../stage/commands';
import type { StageItem } from '../stage/media';
import type { Stage } from './stage';

/** Pictures lie below, texts above. */
export const CARD_PLANE = 0;

/** A change this near is in the render thread's hands: it is most likely on the screen before a recall arrives. */
const RECALL_MS = 100;

/** A layer is off the stage with the first frame after its end: two frames of the slowest usual display. */
const RETIRE_MS = 40;

/** How a card stays on until its departure is planned. */
export const STAYS: LayerChange = { ...AT_REST, untilMs: Infinity };

export interface Card {
  readonly item: StageItem;
  readonly scene: string;
  /** Stage ms at which it begins to come in, and at which it is there whole. */
  readonly fromMs: number;
  readonly thereMs: number;
}

/** How a card comes on. Times are stage ms. */
export interface Entrance {
  readonly kind: TransitionKind;
  readonly fromMs: number;
  /** Of the transition; without effect for a cut. */
  readonly durationMs: number;
  /** It comes on where the clip that is on truly ends; `fromMs` is when that is expected. */
  readonly follows?: boolean;
  /** A clip stands on its first frame until then. */
  readonly movesMs?: number | undefined;
}

interface OnStage extends Card {
  readonly id: number;
  /** Layers that were recalled while it was on: a recall that came late left them on the stage in its place. They go when it goes. */
  readonly recalled: readonly number[];
}

export class Cards {
  private now: OnStage | undefined;
  private before: OnStage | undefined;

  constructor(private readonly stage: Stage) {}

  /** The card that is on the stage or on its way. */
  get current(): Card | undefined {
    return this.now;
  }

  /**
   * Brings `item` in; the card there now goes at the same time. The item is released once it is off the stage.
   * A change never starts before the last one is over: ask `current.thereMs`.
   */
  show(
    item: StageItem,
    scene: string,
    placement: CardPlacement,
    { kind, fromMs, durationMs, follows = false, movesMs }: Entrance,
  ): StageCommand[] {
    const untilMs = kind === 'cut' ? fromMs : fromMs + durationMs;
    const span = { kind, fromMs, untilMs };
    const id = this.stage.nextId();
    const leader = follows ? this.now?.id : undefined;
    const layer: Layer = {
      id,
      plane: CARD_PLANE,
      picture: item.picture,
      placement,
      fromMs,
      ...(leader === undefined ? {} : { follows: leader }),
      ...(movesMs === undefined ? {} : { movesMs }),
      untilMs: Infinity,
      ...arrival(span),
    };
    const commands = [this.stage.add(layer, () => item.release())];
    const leaving = this.now === undefined ? [] : this.idsOf(this.now);
    for (const each of leaving) if (each !== leader) commands.push(this.stage.amend(each, departure(span)));
    this.before = this.now;
    this.now = { id, item, scene, fromMs, thereMs: untilMs, recalled: [] };
    return commands;
  }

  /** The layer of the card that is on the stage or on its way. */
  get currentId(): number | undefined {
    return this.now?.id;
  }

  /**
   * Stage ms at which only one of the two sides of a transition moves any more: a clip is decoded for the next change from then on. 0 where
   * the current card does not move.
   */
  get handsFreeMs(): number {
    return this.now !== undefined && isClip(this.now.item.picture) ? this.now.thereMs + RETIRE_MS : 0;
  }

  /** The card that followed a clip came on at another time than was planned. */
  cameOn(atMs: number): void {
    if (this.now !== undefined) this.now = { ...this.now, fromMs: atMs, thereMs: atMs };
  }

  /** Takes a planned card back if it has not begun to come in. Returns whether it did. */
  recall(nowMs: number): boolean {
    const { now, before } = this;
    if (now === undefined || before === undefined || now.fromMs - nowMs < RECALL_MS) return false;
    const replaced = this.idsOf(before);
    this.stage.send({ op: 'recall', id: now.id, before: replaced, change: STAYS });
    this.now = { ...before, recalled: [...replaced, now.id].slice(1) };
    this.before = undefined;
    return true;
  }

  /** Commands that clear the stage of these cards at the next frame edge. */
  leave(): StageCommand[] {
    const cards = [this.before, this.now].filter((card) => card !== undefined);
    this.now = undefined;
    this.before = undefined;
    return cards.flatMap((card) => this.idsOf(card)).map((id) => ({ op: 'remove', id }) as const);
  }

  /** The layer of a card, and those that may be on the stage in its place. */
  private idsOf({ id, recalled }: OnStage): readonly number[] {
    return [id, ...recalled.filter((each) => this.stage.isOn(each))];
  }
}
