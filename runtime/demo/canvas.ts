/** The canvas the demo pictures are painted on: linear light, one camera, rows from the top. */

/** Linear light; 1 is paper white, more is legal until the picture is developed. */
export type Rgb = readonly [red: number, green: number, blue: number];

/**
 * A pinhole camera looking level. A direction is given by its tangents: `across` (right positive) and `up`,
 * so a point at depth d lies d * across to the right and d * up above the camera.
 */
export class Canvas {
  readonly pixels: Float32Array;
  readonly focalPx: number;
  readonly horizonPx: number;

  /** `viewRatio`: width of what is seen over its distance; `horizon`: its place from the top, in picture heights. */
  constructor(
    readonly widthPx: number,
    readonly heightPx: number,
    viewRatio: number,
    horizon: number,
  ) {
    this.pixels = new Float32Array(widthPx * heightPx * 3);
    this.focalPx = widthPx / viewRatio;
    this.horizonPx = horizon * heightPx;
  }

  across(column: number): number {
    return (column + 0.5 - this.widthPx / 2) / this.focalPx;
  }

  up(row: number): number {
    return (this.horizonPx - row - 0.5) / this.focalPx;
  }

  /** Covers a pixel by `coverage` 0..1 of a colour. */
  cover(column: number, row: number, red: number, green: number, blue: number, coverage: number): void {
    const at = (row * this.widthPx + column) * 3;
    const pixels = this.pixels;
    pixels[at] = pixels[at]! + (red - pixels[at]!) * coverage;
    pixels[at + 1] = pixels[at + 1]! + (green - pixels[at + 1]!) * coverage;
    pixels[at + 2] = pixels[at + 2]! + (blue - pixels[at + 2]!) * coverage;
  }

  /** Adds light to a pixel; outside the canvas nothing happens. */
  add(column: number, row: number, red: number, green: number, blue: number): void {
    if (column < 0 || row < 0 || column >= this.widthPx || row >= this.heightPx) return;
    const at = (row * this.widthPx + column) * 3;
    this.pixels[at] = this.pixels[at]! + red;
    this.pixels[at + 1] = this.pixels[at + 1]! + green;
    this.pixels[at + 2] = this.pixels[at + 2]! + blue;
  }
}

/** An sRGB colour `#rrggbb` in linear light, times `gain`. */
export function colour(hex: string, gain = 1): Rgb {
  const channel = (from: number): number => {
    const encoded = parseInt(hex.slice(from, from + 2), 16) / 255;
    return gain * (encoded <= 0.04045 ? encoded / 12.92 : ((encoded + 0.055) / 1.055) ** 2.4);
  };
  return [channel(1), channel(3), channel(5)];
}
