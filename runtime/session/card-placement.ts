/** Placements: how an item lies on the stage in its scene, and when it may stay as it lies. Pure, but for what `random` draws. */
import { sceneOf, type Show } from '../show/types';
import { isClip, type CardPlacement } from '../stage/layer';
import type { StageItem } from '../stage/media';
import type { Card } from './cards';
import { kenBurns, longestSeenMs } from './ken-burns';

/** Longer than a frame of the slowest display. */
export const ENTER_MS = 100;

/** The placement of an item that comes on at `atMs` in a scene of the show. */
export function placementOf(
  { picture }: StageItem,
  scene: string,
  show: Show,
  atMs: number,
  random: () => number,
): CardPlacement {
  const look = sceneOf(show, scene);
  const { fit, background, motion } = look;
  // A clip moves by itself; enlarged it would only be less sharp.
  if (motion !== 'ken-burns' || isClip(picture)) return { kind: 'card', fit, background };
  // The first picture counts from a little before it is there, and a change may be a frame late.
  const untilMs = atMs + longestSeenMs(look, show) + ENTER_MS;
  return { kind: 'card', fit, background, motion: kenBurns(atMs, untilMs, random) };
}

/** Whether this very picture is on and would look the same in `scene`: it stays on its layer, and nothing is drawn. */
export function stays({ picture }: StageItem, scene: string, current: Card | undefined, show: Show): boolean {
  if (current === undefined || isClip(picture) || current.item.picture !== picture) return false;
  return looksAlike(current.scene, scene, show);
}

/** Whether an item looks the same in both scenes. */
export function looksAlike(one: string, other: string, show: Show): boolean {
  if (one === other) return true;
  const [before, after] = [sceneOf(show, one), sceneOf(show, other)];
  return before.fit === after.fit && before.motion === after.motion && before.background === after.background;
}
