/** Red, green and blue as the planes of a frame: BT.709, limited range, 4:2:0. */

// Luma's shares (H.273, table 4), and the ranges of 8 bits.
const [RED, BLUE] = [0.2126, 0.0722];
const GREEN = 1 - RED - BLUE;
const [LUMA_RANGE, CHROMA_RANGE] = [219, 224];

/** `rgb`: tight rows. Returns luma, then Cb, then Cr; chroma is the mean of its up to four pixels. */
export function planesOf(rgb: Uint8Array, widthPx: number, heightPx: number): Uint8Array {
  const [across, down] = [(widthPx + 1) >> 1, (heightPx + 1) >> 1];
  const planes = new Uint8Array(widthPx * heightPx + 2 * across * down);
  const cb = widthPx * heightPx;
  const cr = cb + across * down;
  for (let at = 0, from = 0; at < cb; at += 1, from += 3) {
    const luma = RED * rgb[from]! + GREEN * rgb[from + 1]! + BLUE * rgb[from + 2]!;
    planes[at] = 16 + (luma * LUMA_RANGE) / 255 + 0.5;
  }
  for (let y = 0; y < down; y += 1) {
    for (let x = 0; x < across; x += 1) {
      let [red, green, blue, count] = [0, 0, 0, 0];
      for (let py = 2 * y; py < Math.min(heightPx, 2 * y + 2); py += 1) {
        for (let px = 2 * x; px < Math.min(widthPx, 2 * x + 2); px += 1) {
          const from = (py * widthPx + px) * 3;
          red += rgb[from]!;
          green += rgb[from + 1]!;
          blue += rgb[from + 2]!;
          count += 1;
        }
      }
      const luma = RED * red + GREEN * green + BLUE * blue;
      const scale = CHROMA_RANGE / 255 / count;
      planes[cb + y * across + x] = 128 + ((blue - luma) / (2 * (1 - BLUE))) * scale + 0.5;
      planes[cr + y * across + x] = 128 + ((red - luma) / (2 * (1 - RED))) * scale + 0.5;
    }
  }
  return planes;
}
