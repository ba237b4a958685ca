/** A coarse map of a ground, quick to ask: what shadows are cast by. */
import type { Canvas } from './canvas';
import type { Ground, TerrainLook } from './terrain';

/** Cells along each side for a pixel of the picture's width: shadows are soft, so far fewer than pixels. */
const CELLS_PER_PX = 0.4;
/** Detail that casts a shadow of its own. */
const OCTAVES = 5;
/** Ground beside and behind the view that may still cast shadows into it. */
const MARGIN = 5;

export class Relief {
  private readonly cells: number;
  private readonly heights: Float32Array;
  private readonly left: number;
  private readonly front: number;
  private readonly perUnitX: number;
  private readonly perUnitZ: number;

  constructor(ground: Ground, look: TerrainLook, canvas: Canvas) {
    const across = canvas.across(canvas.widthPx);
    this.cells = Math.ceil(canvas.widthPx * CELLS_PER_PX) + 2;
    this.heights = new Float32Array(this.cells * this.cells);
    const { x, z } = look.camera;
    const width = 2 * (across * look.farthest + MARGIN);
    const depth = look.farthest + 2 * MARGIN;
    this.left = x - width / 2;
    this.front = z - MARGIN;
    this.perUnitX = (this.cells - 1) / width;
    this.perUnitZ = (this.cells - 1) / depth;
    for (let row = 0; row < this.cells; row++) {
      for (let column = 0; column < this.cells; column++) {
        const worldX = this.left + column / this.perUnitX;
        const worldZ = this.front + row / this.perUnitZ;
        this.heights[row * this.cells + column] = ground.height(worldX, worldZ, OCTAVES);
      }
    }
  }

  /** Height at a point; off the map nothing stands in the light. */
  at(x: number, z: number): number {
    const gridX = (x - this.left) * this.perUnitX;
    const gridZ = (z - this.front) * this.perUnitZ;
    if (gridX < 0 || gridZ < 0 || gridX >= this.cells - 1 || gridZ >= this.cells - 1) return -Infinity;
    const column = Math.floor(gridX);
    const row = Math.floor(gridZ);
    const cell = row * this.cells + column;
    const beyond = cell + this.cells;
    const fx = gridX - column;
    const near = this.heights[cell]! + (this.heights[cell + 1]! - this.heights[cell]!) * fx;
    const far = this.heights[beyond]! + (this.heights[beyond + 1]! - this.heights[beyond]!) * fx;
    return near + (far - near) * (gridZ - row);
  }
}
