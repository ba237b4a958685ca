/** The stage as the render thread holds it: layers in drawing order, their coming, moving and going. */
import { movesWithin, nextMoveMs } from '../stage/envelope';
import type { Layer } from '../stage/layer';
import type { StageCommand } from '../stage/commands';

/** A change of a layer's picture, for counting what a picture change costs. */
export interface Arrivals {
  /** Layers that became visible since the last frame. */
  cards: number;
}

export class StageState {
  private layers: Layer[] = [];
  private readonly seen = new Set<number>();
  contentExpected = false;

  /** All layers, in drawing order: by plane, then by age. */
  get all(): readonly Layer[] {
    return this.layers;
  }

  /** Applies a command about layers. Returns the id of a layer it took off the stage, else 0. */
  apply(command: StageCommand): number {
    switch (command.op) {
      case 'add': {
        const at = this.layers.findIndex((layer) => layer.plane > command.layer.plane);
        this.layers.splice(at < 0 ? this.layers.length : at, 0, command.layer);
        return 0;
      }
      case 'amend': {
        const at = this.layers.findIndex((layer) => layer.id === command.id);
        const layer = this.layers[at];
        if (layer !== undefined) this.layers[at] = { ...layer, ...command.change };
        return 0;
      }
      case 'remove':
        return this.take(command.id) ? command.id : 0;
      case 'expect-content':
        this.contentExpected = command.expected;
        return 0;
      default:
        return 0;
    }
  }

  private take(id: number): boolean {
    const at = this.layers.findIndex((layer) => layer.id === id);
    if (at < 0) return false;
    this.layers.splice(at, 1);
    this.seen.delete(id);
    return true;
  }

  /** Takes layers whose time is over off the stage and adds their ids to `retired`. Allocates nothing when there are none. */
  retire(atMs: number, retired: number[]): void {
    for (let at = this.layers.length - 1; at >= 0; at--) {
      const layer = this.layers[at]!;
      if (layer.untilMs > atMs) continue;
      this.layers.splice(at, 1);
      this.seen.delete(layer.id);
      retired.push(layer.id);
    }
  }

  isOn(layer: Layer, atMs: number): boolean {
    return layer.fromMs <= atMs && atMs < layer.untilMs;
  }

  /** Counts cards that are on the stage now and were not at the last call. */
  countArrivals(atMs: number): number {
    let arrivals = 0;
    for (const layer of this.layers) {
      if (layer.plane !== 0 || !this.isOn(layer, atMs) || this.seen.has(layer.id)) continue;
      this.seen.add(layer.id);
      arrivals += 1;
    }
    return arrivals;
  }

  /** Whether anything changes between two frames: a value moves, a layer comes or goes. */
  movesWithin(fromMs: number, untilMs: number): boolean {
    return this.nextChangeMs(fromMs) < untilMs;
  }

  /** The first instant at or after `atMs` from which the picture differs; `atMs` itself while something moves; Infinity in a still. */
  nextChangeMs(atMs: number): number {
    let next = Infinity;
    for (const layer of this.layers) {
      if (layer.fromMs > atMs) {
        if (layer.fromMs < next) next = layer.fromMs;
        continue;
      }
      if (layer.untilMs > atMs && layer.untilMs < next) next = layer.untilMs;
      const motion = layer.placement.kind === 'card' ? layer.placement.motion : undefined;
      if (motion !== undefined && atMs < motion.untilMs) next = Math.min(next, Math.max(atMs, motion.fromMs));
      next = Math.min(
        next,
        nextMoveMs(layer.opacity, atMs),
        nextMoveMs(layer.offsetX, atMs),
        nextMoveMs(layer.offsetY, atMs),
        nextMoveMs(layer.reveal, atMs),
      );
    }
    return next;
  }

  /** Whether a transition runs: a value of a layer other than its slow motion moves. */
  inTransition(atMs: number, periodMs: number): boolean {
    for (const layer of this.layers) {
      if (layer.plane !== 0) continue;
      if (
        movesWithin(layer.opacity, atMs, atMs + periodMs) ||
        movesWithin(layer.offsetX, atMs, atMs + periodMs) ||
        movesWithin(layer.reveal, atMs, atMs + periodMs)
      ) {
        return true;
      }
    }
    return false;
  }
}
