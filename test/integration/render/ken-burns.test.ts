/** Ken-burns on the screen: where a dot of the picture is while the picture fades out. */
import type { StageItem } from '../../../runtime/stage/media';
import { plain } from '../../support/images';
import { cueWith, sceneWith, showWith } from '../../support/parsed-show';
import { playScore } from '../../support/played-score';
import { openRig } from '../../support/render-rig';

const [WIDTH, HEIGHT] = [320, 180];
const [STORED_WIDTH, STORED_HEIGHT] = [368, 207];
const DOT_PX = 8;

const scene = sceneWith({
  everyMs: 3000,
  motion: 'ken-burns',
  transition: { type: 'crossfade', durationMs: 500 },
});
const cues = ['a', 'b'].map((name) =>
  cueWith({ name, durationMs: 6000, transition: { type: 'crossfade', durationMs: 5000 } }),
);
const show = showWith({ only: scene }, cues);

/** The middle of all light in a frame, in px. */
function middleOf(frame: Uint8Array): { x: number; y: number } {
  let [sum, x, y] = [0, 0, 0];
  for (let at = 0; at < WIDTH * HEIGHT; at += 1) {
    const light = frame[at * 4]!;
    sum += light;
    x += light * (at % WIDTH);
    y += light * Math.floor(at / WIDTH);
  }
  return { x: x / sum, y: y / sum };
}

it('moves a dot evenly through the whole transition of a cue', async () => {
  const rig = await openRig({ widthPx: WIDTH, heightPx: HEIGHT });
  try {
    const dotted = plain(STORED_WIDTH, STORED_HEIGHT, 0);
    for (let row = 0; row < DOT_PX; row += 1) {
      const at = ((30 + row) * STORED_WIDTH + 40) * 3;
      dotted.data.fill(255, at, at + DOT_PX * 3);
    }
    const dark = rig.put(plain(STORED_WIDTH, STORED_HEIGHT, 0)).ref;
    const dot = rig.put(dotted).ref;
    // The second picture is the last one of its cue.
    let items = 0;
    const next = (): StageItem => {
      items += 1;
      return { picture: items === 2 ? dot : dark, label: `${items}`, theme: 'all', release: () => {} };
    };
    const { layers } = await playScore({ show, seed: 3, forMs: 20_000, next: () => next() });
    const leaving = layers.find(({ picture }) => picture === dot)!;
    const coming = layers[layers.indexOf(leaving) + 1]!;
    expect(leaving.untilMs - coming.fromMs).toBe(5000);
    await rig.settle(
      rig.stage.add({ ...leaving, id: 1 }, () => {}),
      rig.stage.add({ ...coming, id: 2 }, () => {}),
      ...rig.clockAt(coming.fromMs - 1000),
    );
    const places: { x: number; y: number }[] = [];
    for (let atMs = coming.fromMs - 1000; atMs < coming.fromMs + 4000; atMs += 500) {
      await rig.settle(...rig.clockAt(atMs));
      places.push(middleOf(await rig.capture()));
    }
    const steps = places.slice(1).map(({ x, y }, at) => Math.hypot(x - places[at]!.x, y - places[at]!.y));
    const usual = (steps[0]! + steps[1]!) / 2;
    expect(usual).toBeGreaterThan(0.3);
    for (const step of steps) {
      expect(step).toBeGreaterThan(usual * 0.6);
      expect(step).toBeLessThan(usual * 1.6);
    }
  } finally {
    await rig.close();
  }
});
