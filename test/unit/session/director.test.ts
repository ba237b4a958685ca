/** The director: what it puts on the stage for the items it is handed. */
import { createErrorLog } from '../../../runtime/core/error-log';
import { createEmitter } from '../../../runtime/core/events';
import { Director } from '../../../runtime/session/director';
import { createScore } from '../../../runtime/session/score';
import { openStage } from '../../../runtime/session/stage';
import { openUntimedClock } from '../../../runtime/session/stage-clock';
import { createRandom } from '../../../runtime/show/random';
import type { Scene, Show } from '../../../runtime/show/types';
import type { StageBatch } from '../../../runtime/stage/commands';
import type { Layer } from '../../../runtime/stage/layer';
import type { StageItem } from '../../../runtime/stage/media';

const scene: Scene = {
  media: 'both',
  themes: ['all'],
  everyMs: 300,
  playsOut: true,
  order: 'sequence',
  fit: 'cover',
  motion: 'ken-burns',
  transition: { type: 'cut', durationMs: 0 },
  background: 0,
};
const show: Show = {
  version: 1,
  name: 'x',
  file: '/x.yaml',
  folder: '/',
  hash: '',
  themes: {},
  scenes: { only: scene },
  cuelist: {
    loop: 'forever',
    cues: [
      {
        name: 'one',
        durationMs: 1000,
        scenes: [{ scene: 'only', weight: 1 }],
        select: 'on-cue-start',
        transition: { type: 'cut', durationMs: 0 },
      },
    ],
  },
};

/** The layer that shows `picture` as the first item of the show. */
function layerOf(picture: StageItem['picture']): Layer {
  const batches: StageBatch[] = [];
  const stage = openStage((batch) => batches.push(batch));
  const director = new Director({
    sessionId: 's1',
    show,
    score: createScore(show, createRandom('score')),
    stage,
    clock: openUntimedClock(() => {}),
    providers: [],
    events: createEmitter(() => {}),
    errors: createErrorLog(() => {}),
    random: createRandom('director'),
    batchLeadMs: 0,
  });
  director.enter({ picture, label: 'x', theme: 'all', release: () => {} }, []).catch(() => {});
  stage.close();
  const added = batches.flatMap(({ commands }) => commands).find(({ op }) => op === 'add');
  if (added?.op !== 'add') throw new Error('no layer was added');
  return added.layer;
}

it('moves pictures, and leaves clips to move by themselves', () => {
  expect(layerOf({ slot: 1, generation: 1, widthPx: 4, heightPx: 4 }).placement).toHaveProperty('motion');
  expect(layerOf({ clip: 1, generation: 1, widthPx: 4, heightPx: 4 }).placement).not.toHaveProperty('motion');
});
