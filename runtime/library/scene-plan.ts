/** How a scene of a show plays, in the words of the order of play. */
import type { Scene, Show } from '../show/types';
import type { ScenePlan } from './planner';

export function scenePlan(name: string, { themes, order, media }: Scene, show: Pick<Show, 'themes'>): ScenePlan {
  return {
    scene: name,
    themes: themes.map((theme) => ({ name: theme, weight: show.themes[theme]?.weight ?? 1 })),
    order,
    kinds: media === 'both' ? ['images', 'videos'] : [media],
  };
}
