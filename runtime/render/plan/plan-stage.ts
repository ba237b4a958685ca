/** Plans the stage: those layers that are on it at an instant, the lowest left out where there are more than a plan can hold. */
import type { StageState } from '../stage-state';
import type { FramePlan } from './frame-plan';
import { PLAN_LAYERS } from './plan-layout';

/** Returns whether any of the show is in the plan. Allocates nothing. */
export function planStage(plan: FramePlan, stage: StageState, atMs: number): boolean {
  plan.begin();
  const layers = stage.all;
  let surplus = -PLAN_LAYERS;
  for (let index = 0; index < layers.length; index++) if (stage.isOn(layers[index]!, atMs)) surplus += 1;
  let hasContent = false;
  for (let index = 0; index < layers.length; index++) {
    const layer = layers[index]!;
    if (stage.isOn(layer, atMs) && surplus-- <= 0 && plan.add(layer, atMs)) hasContent = true;
  }
  return hasContent;
}
