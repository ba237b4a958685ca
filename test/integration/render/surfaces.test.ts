/** The memory in which the render thread draws: that of the output that is open, whatever else arrives late. */
import { allocateSurface } from '../../../runtime/session/surface';
import { card, openRig, type Rig } from '../../support/render-rig';

const SIZE = { widthPx: 320, heightPx: 180 };
const LIMITS = { threads: 1, textures: { mostBytes: 0, idleMs: 0, sliceMs: 0 } };

let rig: Rig;
afterEach(() => rig.close());

/** The pixel in the middle of the frame in memory, in the order of the output. */
function middle(): number[] {
  const at = rig.frameAt() + 4 * (SIZE.widthPx * (SIZE.heightPx / 2) + SIZE.widthPx / 2);
  return [...rig.arena.bytes.subarray(at, at + 3)];
}

function solid(grey: number) {
  const data = new Uint8Array(SIZE.widthPx * SIZE.heightPx * 3).fill(grey);
  return rig.put({ ...SIZE, channels: 3, data }).ref;
}

it.each([
  ['smaller', 16, 16],
  ['of the same size', SIZE.widthPx, SIZE.heightPx],
  ['larger', 640, 360],
])('passes over a surface for an output that was closed meanwhile, %s', async (_size, widthPx, heightPx) => {
  rig = await openRig(SIZE);
  await rig.settle(
    ...rig.clockAt(0),
    rig.stage.add(card(1, solid(50)), () => {}),
  );
  expect(middle()).toEqual([50, 50, 50]);
  const answers: string[] = [];
  rig.render.listen(({ kind }) => answers.push(kind));
  const late = allocateSurface(rig.arena, { widthPx, heightPx, renderer: 'cpu' }, LIMITS)!;
  rig.render.send({ ...late.message, opening: rig.opened.opening - 1 });
  await rig.settle(
    ...rig.clockAt(100),
    rig.stage.add(card(2, solid(200)), () => {}),
  );
  expect(middle()).toEqual([200, 200, 200]);
  // The output is not given up for it.
  expect(answers).not.toContain('opened');
});
