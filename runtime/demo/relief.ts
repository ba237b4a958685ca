/** A coarse map of a ground, quick to ask: what shadows are cast by. */
import type { Ground, TerrainLook } from './terrain';

const CELLS = 640;
/** Detail that casts a shadow of its own. */
const OCTAVES = 5;
/** Ground beside and behind the view that may still cast shadows into it. */
const MARGIN = 5;

export class Relief {
  private readonly heights = new Float32Array(CELLS * CELLS);
  private readonly left: number;
  private readonly front: number;
  private readonly perUnitX: number;
  private readonly perUnitZ: number;

  /** `across` is the tangent of the right edge of the view. */
  constructor(ground: Ground, look: TerrainLook, across: number) {
    const { x, z } = look.camera;
    const width = 2 * (across * look.farthest + MARGIN);
    const depth = look.farthest + 2 * MARGIN;
    this.left = x - width / 2;
    this.front = z - MARGIN;
    this.perUnitX = (CELLS - 1) / width;
    this.perUnitZ = (CELLS - 1) / depth;
    for (let row = 0; row < CELLS; row++) {
      for (let column = 0; column < CELLS; column++) {
        const worldX = this.left + column / this.perUnitX;
        const worldZ = this.front + row / this.perUnitZ;
        this.heights[row * CELLS + column] = ground.height(worldX, worldZ, OCTAVES);
      }
    }
  }

  /** Height at a point; off the map nothing stands in the light. */
  at(x: number, z: number): number {
    const gridX = (x - this.left) * this.perUnitX;
    const gridZ = (z - this.front) * this.perUnitZ;
    if (gridX < 0 || gridZ < 0 || gridX >= CELLS - 1 || gridZ >= CELLS - 1) return -Infinity;
    const column = Math.floor(gridX);
    const row = Math.floor(gridZ);
    const cell = row * CELLS + column;
    const fx = gridX - column;
    const near = this.heights[cell]! + (this.heights[cell + 1]! - this.heights[cell]!) * fx;
    const far = this.heights[cell + CELLS]! + (this.heights[cell + CELLS + 1]! - this.heights[cell + CELLS]!) * fx;
    return near + (far - near) * (gridZ - row);
  }
}
