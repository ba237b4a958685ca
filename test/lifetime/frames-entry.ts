/** Draws a number of frames of a crossfade and a slow motion untimed, then ends; run by a test that watches its collector. */
import { ramp } from '../../runtime/stage/envelope';
import { noise, veil } from '../support/images';
import { card, openRig, overlay } from '../support/render-rig';

const FRAME_MS = 1000 / 60;
const view = { centreX: 0.5, centreY: 0.5, zoom: 1 };

async function draw(frames: number): Promise<void> {
  const rig = await openRig({ widthPx: 48, heightPx: 27, untimed: true });
  const untilMs = frames * FRAME_MS;
  const motion = { fromMs: 0, untilMs, from: view, to: { ...view, zoom: 2 } };
  const reached = rig.heard('horizon');
  rig.stage.send(
    rig.stage.add(card(1, rig.put(noise(60, 40, 1)).ref), () => {}),
    rig.stage.add(
      card(2, rig.put(noise(48, 27, 2)).ref, { opacity: ramp(0, 0, untilMs, 1), card: { motion } }),
      () => {},
    ),
    rig.stage.add(overlay(3, rig.put(veil(20, 9, 3)).ref, 4, 4, { offsetX: ramp(0, 0, untilMs, 0.5) }), () => {}),
    { op: 'horizon', untilMs },
  );
  await reached;
  process.stdout.write(`\npresented ${rig.stats.get('presented')}\n`);
  await rig.close();
}

void draw(Number(process.argv[2]));
