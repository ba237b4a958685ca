/** Draws stages with the kernels and prints how many pixels are not the reference's; for a process with other flags. */
import { composeReference, worstDifference, type Shown } from './reference-compositor';
import { DrawingBoard } from './drawing-board';
import { noise } from './images';
import { card } from './render-rig';
import { constant } from '../../runtime/stage/envelope';

const [WIDTH, HEIGHT] = [90, 61];
const board = new DrawingBoard(WIDTH, HEIGHT);
const TOLERANCE = 2;

function wrong(shown: readonly Shown[]): number {
  board.clear();
  board.add(...shown.map(({ layer }) => layer));
  board.draw(0);
  const worst = worstDifference(board.frame, composeReference(WIDTH, HEIGHT, shown, 0), WIDTH, HEIGHT, 0);
  return worst <= TOLERANCE ? 0 : worst;
}

const shown = (id: number, widthPx: number, heightPx: number, opacity: number): Shown => {
  const image = noise(widthPx, heightPx, id);
  return { layer: card(id, board.put(image).ref, { opacity: constant(opacity) }), image };
};
const results = {
  mixed: wrong([shown(1, WIDTH, HEIGHT, 1), shown(2, WIDTH, HEIGHT, 0.4)]),
  scaled: wrong([shown(3, 70, 61, 1), shown(4, 33, 61, 0.7)]),
};
board.close();
process.stdout.write(JSON.stringify(results));
