/** The stage as the render thread holds it: layers in drawing order, their coming, moving and going. */
import { movesWithin, nextMoveMs } from '../stage/envelope';
import { ENVELOPES, type Layer } from '../stage/layer';
import type { LayerChange, StageCommand } from '../stage/commands';
import { clipOf, type ClipPlayer } from './clip-player';

/** A change of a layer's picture, for counting what a picture change costs. */
export interface Arrivals {
  /** Layers that became visible since the last frame. */
  cards: number;
}

export class StageState {
  private layers: Layer[] = [];
  private readonly seen = new Set<number>();
  contentExpected = false;

  /** Without `clips` no layer shows one. */
  constructor(private readonly clips?: ClipPlayer) {}

  /** All layers, in drawing order: by plane, then by age. */
  get all(): readonly Layer[] {
    return this.layers;
  }

  /** Applies a command about layers. Returns the id of a layer it took off the stage, else 0. */
  apply(command: StageCommand): number {
    switch (command.op) {
      case 'add': {
        const at = this.layers.findIndex((layer) => layer.plane > command.layer.plane);
        this.layers.splice(at < 0 ? this.layers.length : at, 0, this.waiting(command.layer));
        return 0;
      }
      case 'amend':
        this.amend(command.id, command.change);
        return 0;
      case 'recall':
        // The order may come late on a busy machine: the layer before may be off the stage by now.
        if (this.seen.has(command.id) || !this.take(command.id)) return 0;
        for (const id of command.before) this.amend(id, command.change);
        return command.id;
      case 'remove':
        return this.take(command.id) ? command.id : 0;
      case 'expect-content':
        this.contentExpected = command.expected;
        return 0;
      default:
        return 0;
    }
  }

  private amend(id: number, change: LayerChange): void {
    const at = this.layers.findIndex((layer) => layer.id === id);
    const layer = this.layers[at];
    if (layer !== undefined) this.layers[at] = { ...layer, ...change };
  }

  /** A layer that follows a clip is not on before that is over. */
  private waiting(layer: Layer): Layer {
    const leader = layer.follows === undefined ? undefined : this.layers.find(({ id }) => id === layer.follows);
    if (leader === undefined || clipOf(leader) === undefined) return { ...layer, follows: undefined };
    return { ...layer, fromMs: Infinity };
  }

  /**
   * Begins what follows clips that are over by `atMs`, and adds the ids and exact times to `begun`, one after the other. Allocates
   * nothing where nothing begins.
   */
  handOver(atMs: number, begun: number[]): void {
    const { clips, layers } = this;
    if (clips === undefined) return;
    for (let index = 0; index < layers.length; index++) {
      const layer = layers[index]!;
      if (layer.follows === undefined) continue;
      const leaderAt = layers.findIndex(({ id }) => id === layer.follows);
      const leader = layers[leaderAt];
      const lead = leader === undefined ? undefined : clipOf(leader);
      const overMs = lead === undefined ? atMs : clips.endMs(lead);
      const own = clipOf(layer);
      if (overMs > atMs + clips.periodMs / 2 || (own !== undefined && !clips.canBegin(own))) continue;
      const fromMs = Math.min(atMs, Math.max(overMs, atMs - clips.periodMs));
      if (own !== undefined) clips.beginAt(own, Math.max(overMs, fromMs));
      layers[index] = { ...layer, follows: undefined, fromMs };
      if (leader !== undefined) layers[leaderAt] = { ...leader, untilMs: fromMs };
      begun.push(layer.id, Math.max(overMs, fromMs));
    }
  }

  /** Chooses the frames of all clips that are on. */
  advanceClips(atMs: number): void {
    const { clips } = this;
    if (clips === undefined) return;
    for (let index = 0; index < this.layers.length; index++) {
      const layer = this.layers[index]!;
      const clip = clipOf(layer);
      if (clip !== undefined && this.isOn(layer, atMs)) clips.advance(clip, atMs, layer.movesMs);
    }
  }

  /** Whether a clip that is on has no next frame yet. */
  waitsForClip(atMs: number): boolean {
    const { clips } = this;
    if (clips === undefined) return false;
    for (let index = 0; index < this.layers.length; index++) {
      const layer = this.layers[index]!;
      const clip = clipOf(layer);
      if (clip !== undefined && this.isOn(layer, atMs) && clips.isBehind(clip)) return true;
    }
    return false;
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

  /** For the log: each layer with its times in ms beside `atMs`, and whether it is on. */
  describe(atMs: number): string[] {
    const beside = (ms: number): string => (Number.isFinite(ms) ? (ms - atMs).toFixed(1) : String(ms));
    return this.layers.map((layer) => {
      const kind = clipOf(layer) === undefined ? 'picture' : 'clip';
      const follows = layer.follows === undefined ? '' : ` behind ${layer.follows}`;
      const on = this.isOn(layer, atMs) ? ', on' : '';
      return `${kind} ${layer.id}${follows}: ${beside(layer.fromMs)} to ${beside(layer.untilMs)}${on}`;
    });
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

  /** Whether anything changes between two frames: a value moves, a layer comes or goes. Frames of clips are counted by their player. */
  movesWithin(fromMs: number, untilMs: number): boolean {
    return this.nextLayerChangeMs(fromMs) < untilMs;
  }

  /** The first instant at or after `atMs` from which the picture differs; `atMs` itself while something moves; Infinity in a still. */
  nextChangeMs(atMs: number): number {
    let next = this.nextLayerChangeMs(atMs);
    if (this.clips === undefined) return next;
    for (let index = 0; index < this.layers.length; index++) {
      const layer = this.layers[index]!;
      const clip = clipOf(layer);
      if (clip !== undefined && this.isOn(layer, atMs)) next = Math.min(next, this.clips.nextChangeMs(clip, atMs));
    }
    return next;
  }

  private nextLayerChangeMs(atMs: number): number {
    let next = Infinity;
    for (const layer of this.layers) {
      if (layer.fromMs > atMs) {
        if (layer.fromMs < next) next = layer.fromMs;
        continue;
      }
      if (layer.untilMs > atMs && layer.untilMs < next) next = layer.untilMs;
      const motion = layer.placement.kind === 'card' ? layer.placement.motion : undefined;
      if (motion !== undefined && (motion.swings === true || atMs < motion.untilMs))
        next = Math.min(next, Math.max(atMs, motion.fromMs));
      for (const name of ENVELOPES) next = Math.min(next, nextMoveMs(layer[name], atMs));
    }
    return next;
  }

  /** Whether a transition runs: a value of a layer other than its slow motion moves. */
  inTransition(atMs: number, periodMs: number): boolean {
    for (const layer of this.layers) {
      if (layer.plane !== 0) continue;
      for (const name of ENVELOPES) if (movesWithin(layer[name], atMs, atMs + periodMs)) return true;
    }
    return false;
  }
}
