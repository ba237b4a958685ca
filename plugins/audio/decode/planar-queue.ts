/** A queue of frames, a plane for each channel. Pure but for its own state. */

/** A block of frames of any float kind. */
type Plane = Float32Array | Float64Array;

export class PlanarQueue {
  private planes: Float32Array[];
  private count = 0;

  constructor(channels: number) {
    this.planes = Array.from({ length: channels }, () => new Float32Array(0));
  }

  get frames(): number {
    return this.count;
  }

  /** Takes frames `from` to `to` of the blocks in. */
  push(blocks: readonly Plane[], from: number, to: number): void {
    const needed = this.count + to - from;
    this.planes = this.planes.map((plane, channel) => {
      const room = plane.length >= needed ? plane : grown(plane, needed);
      room.set(blocks[channel]!.subarray(from, to), this.count);
      return room;
    });
    this.count = needed;
  }

  /** Gives the oldest frames out, as many as there are and as the planes hold; returns how many. */
  shift(into: readonly Float32Array[]): number {
    const frames = Math.min(this.count, into[0]!.length);
    for (const [channel, plane] of this.planes.entries()) {
      into[channel]!.set(plane.subarray(0, frames));
      plane.copyWithin(0, frames, this.count);
    }
    this.count -= frames;
    return frames;
  }

  clear(): void {
    this.count = 0;
  }
}

function grown(plane: Float32Array, frames: number): Float32Array {
  const larger = new Float32Array(Math.max(frames, 2 * plane.length));
  larger.set(plane);
  return larger;
}
