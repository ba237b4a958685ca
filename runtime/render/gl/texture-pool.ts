/** The texture pool: pictures of the arena in GL textures, uploaded in slices, kept within a byte cap, dropped when idle. */
import type { Directory, DirectoryEntry } from '../../arena/directory';
import { GL, type Gl, type GlName } from '../../gl/gl';
import type { PictureRef } from '../../stage/layer';
import { createPlane } from './plane';
import { spans, type Span } from './tiles';

export interface Tile {
  readonly texture: GlName;
  readonly x: Span;
  readonly y: Span;
}

/** A picture in textures. `uploadedRows` of each tile's rows are there, tile after tile. */
export interface Texture {
  readonly slot: number;
  readonly generation: number;
  readonly tiles: readonly Tile[];
  readonly bytes: number;
  readonly pixelBytes: number;
  readonly stridePx: number;
  readonly offset: number;
  tile: number;
  row: number;
  whole: boolean;
  usedAtMs: number;
}

export interface PoolLimits {
  /** Bytes of textures beyond which the longest unused go; what is on the stage stays whatever it takes. */
  readonly mostBytes: number;
  /** A texture nobody used for so long goes. */
  readonly idleMs: number;
}

/** A slice: the time of an upload is looked at after each. Large enough that the call itself is nothing. */
const SLICE_BYTES = 256 * 1024;

/** GLES keeps RGB as it likes, most drivers as RGBA: that is what is counted. */
const TEXEL_BYTES = 4;

/** Render thread only; the context is current. */
export class TexturePool {
  private readonly textures = new Map<number, Texture>();
  private readonly bytes: Uint8Array;
  private readonly entry: DirectoryEntry = { offset: 0, widthPx: 0, heightPx: 0, pixelBytes: 0, turn: 0 };
  private readonly mostPx: number;
  private usedBytes = 0;

  constructor(
    private readonly gl: Gl,
    memory: { readonly buffer: ArrayBufferLike },
    private readonly directory: Directory,
    private readonly limits: PoolLimits,
    private readonly nowMs: () => number,
  ) {
    this.bytes = new Uint8Array(memory.buffer as ArrayBuffer);
    this.mostPx = Number(gl.getParameter(GL.MAX_TEXTURE_SIZE));
    if (!(this.mostPx >= 64)) throw new Error(`the GL says its largest texture is ${this.mostPx} px`);
  }

  /**
   * Uploads more of a picture until it is whole or `untilMs` has come (Infinity: all of it). Returns whether it is whole; true
   * also when the picture is not in the store any more.
   */
  prepare(picture: PictureRef, untilMs: number): boolean {
    const texture = this.of(picture);
    if (texture === undefined) return true;
    texture.usedAtMs = this.nowMs();
    while (!texture.whole && this.nowMs() < untilMs) this.uploadSlice(texture);
    return texture.whole;
  }

  /** The whole picture, for drawing; uploads what is missing. Undefined when it is not in the store any more. */
  take(picture: PictureRef): Texture | undefined {
    this.prepare(picture, Infinity);
    const texture = this.textures.get(picture.slot);
    return texture?.generation === picture.generation ? texture : undefined;
  }

  /** Drops what nobody used for a while. */
  dropIdle(): void {
    const nowMs = this.nowMs();
    for (const texture of this.textures.values()) {
      if (nowMs - texture.usedAtMs > this.limits.idleMs) this.drop(texture);
    }
  }

  close(): void {
    for (const texture of this.textures.values()) this.drop(texture);
  }

  private of(picture: PictureRef): Texture | undefined {
    const known = this.textures.get(picture.slot);
    if (known !== undefined && known.generation === picture.generation) return known;
    if (known !== undefined) this.drop(known);
    if (!this.directory.read(picture, this.entry)) return undefined;
    return this.make(picture, this.entry);
  }

  private make({ slot, generation }: PictureRef, { widthPx, heightPx, pixelBytes, offset }: DirectoryEntry): Texture {
    const columns = spans(widthPx, this.mostPx);
    const rows = spans(heightPx, this.mostPx);
    const area = columns.flatMap((x) => rows.map((y) => (x.heldTo - x.heldFrom) * (y.heldTo - y.heldFrom)));
    const bytes = area.reduce((sum, texels) => sum + texels * TEXEL_BYTES, 0);
    this.makeRoom(bytes);
    const texture: Texture = {
      slot,
      generation,
      tiles: rows.flatMap((y) => columns.map((x) => ({ texture: this.createTexture(x, y, pixelBytes), x, y }))),
      bytes,
      pixelBytes,
      stridePx: widthPx,
      offset,
      tile: 0,
      row: 0,
      whole: false,
      usedAtMs: this.nowMs(),
    };
    this.textures.set(slot, texture);
    this.usedBytes += bytes;
    return texture;
  }

  private createTexture(x: Span, y: Span, pixelBytes: number): GlName {
    return createPlane(this.gl, x.heldTo - x.heldFrom, y.heldTo - y.heldFrom, pixelBytes === 3 ? GL.RGB : GL.RGBA);
  }

  /** One slice of rows of the tile it has come to. A tile as wide as the picture is a block; others go row by row. */
  private uploadSlice(texture: Texture): void {
    const { gl, bytes } = this;
    const { pixelBytes, stridePx, offset } = texture;
    const tile = texture.tiles[texture.tile]!;
    const width = tile.x.heldTo - tile.x.heldFrom;
    const height = tile.y.heldTo - tile.y.heldFrom;
    const rowBytes = stridePx * pixelBytes;
    const rows = Math.min(height - texture.row, Math.max(1, Math.floor(SLICE_BYTES / rowBytes)));
    const format = pixelBytes === 3 ? GL.RGB : GL.RGBA;
    gl.bindTexture(GL.TEXTURE_2D, tile.texture);
    gl.pixelStorei(GL.UNPACK_ALIGNMENT, 1);
    const begin = offset + (tile.y.heldFrom + texture.row) * rowBytes + tile.x.heldFrom * pixelBytes;
    if (width === stridePx) {
      const slice = bytes.subarray(begin, begin + rows * rowBytes);
      gl.texSubImage2D(GL.TEXTURE_2D, 0, 0, texture.row, width, rows, format, GL.UNSIGNED_BYTE, slice);
    } else {
      for (let row = 0; row < rows; row++) {
        const line = bytes.subarray(begin + row * rowBytes, begin + row * rowBytes + width * pixelBytes);
        gl.texSubImage2D(GL.TEXTURE_2D, 0, 0, texture.row + row, width, 1, format, GL.UNSIGNED_BYTE, line);
      }
    }
    texture.row += rows;
    if (texture.row < height) return;
    texture.row = 0;
    texture.tile += 1;
    texture.whole = texture.tile === texture.tiles.length;
  }

  /** Drops the longest unused until `bytes` more are within the cap. What was used within this frame's period stays. */
  private makeRoom(bytes: number): void {
    const { mostBytes } = this.limits;
    while (this.usedBytes + bytes > mostBytes) {
      let oldest: Texture | undefined;
      for (const texture of this.textures.values()) {
        if (oldest === undefined || texture.usedAtMs < oldest.usedAtMs) oldest = texture;
      }
      if (oldest === undefined || this.nowMs() - oldest.usedAtMs < IN_USE_MS) return;
      this.drop(oldest);
    }
  }

  private drop(texture: Texture): void {
    for (const { texture: name } of texture.tiles) this.gl.deleteTexture(name);
    this.textures.delete(texture.slot);
    this.usedBytes -= texture.bytes;
  }
}

/** What is on the stage is used with every look at it, at least once a second. */
const IN_USE_MS = 1500;
