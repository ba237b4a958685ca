/**
 * The texture pool: pictures of the arena in GL textures, uploaded in slices, kept within a byte cap, dropped when idle. A texture serves
 * one picture after the other of its size.
 */
import type { Directory, DirectoryEntry } from '../../arena/directory';
import { GL, type Gl, type GlName } from '../../gl/gl';
import type { PictureRef } from '../../stage/layer';
import { createPlane } from './plane';
import { formatOf, planeBytes, SparePlanes } from './spare-planes';
import { spans, type Span } from './tiles';
import type { Uploads } from './uploads';

export interface Tile {
  readonly texture: GlName;
  readonly x: Span;
  readonly y: Span;
  /** The filter it was drawn with last; 0 before. */
  filter: number;
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
  /** Bytes of textures, spare ones included, beyond which the longest unused go; what is on the stage stays whatever it takes. */
  readonly mostBytes: number;
  /** A texture nobody used for so long goes. */
  readonly idleMs: number;
}

/** Render thread only; the context is current. */
export class TexturePool {
  private readonly textures = new Map<number, Texture>();
  private readonly bytes: Uint8Array;
  private readonly entry: DirectoryEntry = { offset: 0, widthPx: 0, heightPx: 0, pixelBytes: 0, turn: 0 };
  private readonly mostPx: number;
  private readonly spares: SparePlanes;
  private usedBytes = 0;

  constructor(
    private readonly gl: Gl,
    private readonly uploads: Uploads,
    memory: { readonly buffer: ArrayBufferLike },
    private readonly directory: Directory,
    private readonly limits: PoolLimits,
    private readonly nowMs: () => number,
  ) {
    this.bytes = new Uint8Array(memory.buffer as ArrayBuffer);
    this.spares = new SparePlanes(gl);
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
    this.spares.dropOlder(nowMs - this.limits.idleMs);
  }

  close(): void {
    for (const texture of this.textures.values()) this.drop(texture);
    this.spares.shrinkTo(0);
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
    const planes = rows.flatMap((y) => columns.map((x) => ({ x, y })));
    const bytes = planes.reduce((sum, { x, y }) => sum + planeBytes(held(x), held(y)), 0);
    const format = formatOf(pixelBytes);
    this.makeRoom(bytes);
    const reused = planes.map(({ x, y }) => this.spares.take(held(x), held(y), format));
    this.spares.shrinkTo(this.limits.mostBytes - this.usedBytes - bytes);
    const tiles = planes.map(({ x, y }, at) => ({
      texture: reused[at] ?? createPlane(this.gl, held(x), held(y), format),
      x,
      y,
      filter: 0,
    }));
    const texture: Texture = {
      slot,
      generation,
      tiles,
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

  /** One slice of rows of the tile it has come to. */
  private uploadSlice(texture: Texture): void {
    const { gl, bytes, uploads } = this;
    const { pixelBytes, stridePx, offset } = texture;
    const { texture: name, x, y } = texture.tiles[texture.tile]!;
    const strideBytes = stridePx * pixelBytes;
    const rows = Math.min(held(y) - texture.row, Math.max(1, Math.floor(uploads.sliceBytes / strideBytes)));
    const begin = offset + (y.heldFrom + texture.row) * strideBytes + x.heldFrom * pixelBytes;
    gl.bindTexture(GL.TEXTURE_2D, name);
    uploads.take(bytes.subarray(begin, begin + (rows - 1) * strideBytes + held(x) * pixelBytes));
    uploads.fill(texture.row, held(x), rows, formatOf(pixelBytes), 0, stridePx);
    uploads.end();
    texture.row += rows;
    if (texture.row < held(y)) return;
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
    const format = formatOf(texture.pixelBytes);
    for (const { texture: name, x, y } of texture.tiles)
      this.spares.put(name, held(x), held(y), format, texture.usedAtMs);
    this.textures.delete(texture.slot);
    this.usedBytes -= texture.bytes;
  }
}

/** Px that a tile holds along an axis. */
const held = ({ heldFrom, heldTo }: Span): number => heldTo - heldFrom;

/** What is on the stage is used with every look at it, at least once a second. */
const IN_USE_MS = 1500;
