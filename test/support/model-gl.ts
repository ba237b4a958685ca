/** A GL that only keeps textures and buffers, and reads memory by the rules of OpenGL ES 3.0: for what is uploaded where. */
import { GL, type Gl, type GlBytes, type GlName } from '../../runtime/gl/gl';

export interface ModelTexture {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly pixels: Uint8Array;
}

const CHANNELS: Readonly<Record<number, number>> = { [GL.LUMINANCE]: 1, [GL.RGB]: 3, [GL.RGBA]: 4, [GL.BGRA]: 4 };

/** Throws where a driver would read beyond the memory it was given, or write beyond a texture. */
export class ModelGl {
  readonly textures = new Map<GlName, ModelTexture>();
  readonly buffers = new Map<GlName, Uint8Array>();
  /** Textures that were made, in all. */
  made = 0;
  /** The texture of each upload, in order. */
  readonly uploaded: GlName[] = [];
  private names = 0;
  private texture: GlName | null = null;
  private buffer: GlName | null = null;
  private rowPx = 0;
  private alignment = 4;

  constructor(private readonly mostPx: number) {}

  /** What the renderer's uploads call of it. */
  get gl(): Gl {
    return this as unknown as Gl;
  }

  getParameter(name: number): number {
    return name === GL.MAX_TEXTURE_SIZE ? this.mostPx : 0;
  }

  createTexture(): GlName {
    this.made += 1;
    return (this.names += 1);
  }

  deleteTexture(name: GlName): void {
    if (!this.textures.delete(name)) throw new Error('there is no such texture');
  }

  bindTexture(_target: number, name: GlName | null): void {
    this.texture = name;
  }

  texParameteri(): void {}

  createBuffer(): GlName {
    const name = (this.names += 1);
    this.buffers.set(name, new Uint8Array(0));
    return name;
  }

  deleteBuffer(name: GlName): void {
    this.buffers.delete(name);
  }

  bindBuffer(target: number, name: GlName | null): void {
    if (target !== GL.PIXEL_UNPACK_BUFFER) throw new Error('not a pixel buffer');
    this.buffer = name;
  }

  bufferData(_target: number, data: GlBytes): void {
    this.buffers.set(this.buffer!, data.slice());
  }

  pixelStorei(name: number, value: number): void {
    if (name === GL.UNPACK_ROW_LENGTH) this.rowPx = value;
    if (name === GL.UNPACK_ALIGNMENT) this.alignment = value;
  }

  texImage2D(...[, , , width, height, , format, , pixels]: Parameters<Gl['texImage2D']>): void {
    if (this.buffer !== null) throw new Error('the driver would take the pixels from the bound buffer');
    if (pixels !== null) throw new Error('only empty textures are made');
    if (Math.max(width, height) > this.mostPx) throw new Error('larger than a texture may be');
    const channels = CHANNELS[format]!;
    this.textures.set(this.texture!, { width, height, channels, pixels: new Uint8Array(width * height * channels) });
  }

  texSubImage2D(...[, , x, y, width, height, format, , pixels]: Parameters<Gl['texSubImage2D']>): void {
    const texture = this.textures.get(this.texture!)!;
    const { channels } = texture;
    if (CHANNELS[format] !== channels) throw new Error('another format than the texture has');
    if (x + width > texture.width || y + height > texture.height) throw new Error('beyond the texture');
    if ((typeof pixels === 'number') !== (this.buffer !== null)) throw new Error('the wrong kind of memory');
    const memory = typeof pixels === 'number' ? this.buffers.get(this.buffer!)! : pixels;
    const begin = typeof pixels === 'number' ? pixels : 0;
    const rowBytes = (this.rowPx === 0 ? width : this.rowPx) * channels;
    const strideBytes = Math.ceil(rowBytes / this.alignment) * this.alignment;
    for (let row = 0; row < height; row++) {
      const from = begin + row * strideBytes;
      if (from + width * channels > memory.length) throw new Error('beyond the memory');
      const line = memory.subarray(from, from + width * channels);
      texture.pixels.set(line, ((y + row) * texture.width + x) * channels);
    }
    this.uploaded.push(this.texture!);
  }
}
