/** The picture that a machine shows and its test expects: corners of their own colours, gradients, a square that moves. */

const CORNER_PX = 40;
export const SQUARE_PX = 33;

/** Where the square stands at a step; odd places, so that rows begin anywhere. */
export function squareAt(step: number): { readonly left: number; readonly top: number } {
  return { left: 101 + 17 * step, top: 77 + 9 * step };
}

/** B, G, R, X bytes of the card, without the square. */
export function paintCard(frame: Uint8Array, widthPx: number, heightPx: number): void {
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      const at = (y * widthPx + x) * 4;
      frame[at] = (x * 255) / (widthPx - 1);
      frame[at + 1] = (y * 255) / (heightPx - 1);
      frame[at + 2] = (x ^ y) & 255;
      frame[at + 3] = 255;
    }
  }
  const corners = [
    [0, 0, 0x0000ff],
    [widthPx - CORNER_PX, 0, 0x00ff00],
    [0, heightPx - CORNER_PX, 0xff0000],
    [widthPx - CORNER_PX, heightPx - CORNER_PX, 0xffffff],
  ] as const;
  for (const [left, top, colour] of corners) paintSquare(frame, widthPx, left, top, CORNER_PX, colour);
}

/** `colour`: red in the highest byte, blue in the lowest. */
export function paintSquare(
  frame: Uint8Array,
  widthPx: number,
  left: number,
  top: number,
  sidePx: number,
  colour: number,
): void {
  for (let y = top; y < top + sidePx; y++) {
    for (let x = left; x < left + sidePx; x++) {
      const at = (y * widthPx + x) * 4;
      frame[at] = colour;
      frame[at + 1] = colour >>> 8;
      frame[at + 2] = colour >>> 16;
    }
  }
}

/** Steps after the first picture; the squares of all steps stay. */
export const STEPS = 9;
export const squareColour = (step: number): number => (step * 0x1c3a57 + 0x40f080) & 0xffffff;

/** What is on the screen when all steps were shown. */
export function finalCard(widthPx: number, heightPx: number): Uint8Array {
  const frame = new Uint8Array(widthPx * heightPx * 4);
  paintCard(frame, widthPx, heightPx);
  for (let step = 1; step <= STEPS; step++) {
    const { left, top } = squareAt(step);
    paintSquare(frame, widthPx, left, top, SQUARE_PX, squareColour(step));
  }
  return frame;
}
