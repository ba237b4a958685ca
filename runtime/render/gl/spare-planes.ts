/** Spare textures: those that no picture needs any more, kept for the next one of their size, as making one takes as long as filling it. */
import { GL, type Gl, type GlName } from '../../gl/gl';

interface Spare {
  readonly texture: GlName;
  readonly width: number;
  readonly height: number;
  readonly format: number;
  readonly atMs: number;
}

/** GLES keeps RGB as it likes, most drivers as RGBA: that is what is counted. */
const TEXEL_BYTES = 4;

export const planeBytes = (width: number, height: number): number => width * height * TEXEL_BYTES;

/** Render thread only; the context is current. */
export class SparePlanes {
  /** Those put first come first. */
  private readonly spares: Spare[] = [];
  private heldBytes = 0;

  constructor(private readonly gl: Gl) {}

  /** Of all that are kept. */
  get bytes(): number {
    return this.heldBytes;
  }

  /** A texture of this size and format, with whatever pixels it had; undefined where none is kept. */
  take(width: number, height: number, format: number): GlName | undefined {
    const at = this.spares.findIndex(
      (spare) => spare.width === width && spare.height === height && spare.format === format,
    );
    return at < 0 ? undefined : this.remove(at).texture;
  }

  /** `nowMs`: when it was last drawn from, in the order of which textures come here. */
  put(texture: GlName, width: number, height: number, format: number, nowMs: number): void {
    this.spares.push({ texture, width, height, format, atMs: nowMs });
    this.heldBytes += planeBytes(width, height);
  }

  /** Gives back those put first until at most so many bytes are kept. */
  shrinkTo(mostBytes: number): void {
    while (this.heldBytes > Math.max(0, mostBytes)) this.drop(0);
  }

  /** Gives back those that nothing was drawn from since `beforeMs`. */
  dropOlder(beforeMs: number): void {
    for (let at = this.spares.length - 1; at >= 0; at--) if (this.spares[at]!.atMs < beforeMs) this.drop(at);
  }

  private drop(at: number): void {
    this.gl.deleteTexture(this.remove(at).texture);
  }

  private remove(at: number): Spare {
    const [spare] = this.spares.splice(at, 1);
    this.heldBytes -= planeBytes(spare!.width, spare!.height);
    return spare!;
  }
}

/** The format of a picture with so many bytes a px. */
export const formatOf = (pixelBytes: number): number => (pixelBytes === 3 ? GL.RGB : GL.RGBA);
