/** Clips in GL textures: one for each plane of the frame that is on, filled anew with every other frame. */
import { GL, type Gl, type GlName } from '../../gl/gl';
import type { ClipEntry } from '../../arena/clip-table';
import type { ClipRef } from '../../stage/layer';
import type { ClipFrames } from '../plan/frame-plan';
import { createPlane } from './plane';

export interface ClipPlanes {
  readonly generation: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly luma: GlName;
  readonly cb: GlName;
  readonly cr: GlName;
  /** The frame they hold; -1 before the first. */
  frame: number;
}

/** Render thread only; the context is current. */
export class ClipTextures {
  private readonly bytes: Uint8Array;
  /** By place in the clip table. */
  private readonly planes = new Map<number, ClipPlanes>();
  private readonly refs = new Map<number, ClipRef>();
  private readonly mostPx: number;

  constructor(
    private readonly gl: Gl,
    memory: { readonly buffer: ArrayBufferLike },
    private readonly clips: ClipFrames,
  ) {
    this.bytes = new Uint8Array(memory.buffer as ArrayBuffer);
    this.mostPx = Number(gl.getParameter(GL.MAX_TEXTURE_SIZE));
  }

  /** The planes of the frame that is on, for drawing; undefined when it is gone or larger than this GL's textures. */
  take(ref: ClipRef): { readonly planes: ClipPlanes; readonly entry: ClipEntry } | undefined {
    const entry = this.clips.entryOf(ref);
    if (entry === undefined || Math.max(entry.widthPx, entry.heightPx) > this.mostPx) return undefined;
    let planes = this.planes.get(ref.clip);
    if (planes?.generation !== ref.generation) {
      if (planes !== undefined) this.drop(ref.clip, planes);
      planes = this.make(ref, entry);
    }
    if (planes.frame !== entry.frame) this.upload(planes, entry);
    return { planes, entry };
  }

  /** Gives back textures of clips that are gone. */
  dropGone(): void {
    for (const [clip, planes] of this.planes) {
      if (this.clips.entryOf(this.refs.get(clip)!) === undefined) this.drop(clip, planes);
    }
  }

  close(): void {
    for (const [clip, planes] of this.planes) this.drop(clip, planes);
  }

  private make(ref: ClipRef, { widthPx, heightPx }: ClipEntry): ClipPlanes {
    const [chromaWidth, chromaHeight] = [(widthPx + 1) >> 1, (heightPx + 1) >> 1];
    const plane = (width: number, height: number): GlName => createPlane(this.gl, width, height, GL.LUMINANCE);
    const planes: ClipPlanes = {
      generation: ref.generation,
      widthPx,
      heightPx,
      luma: plane(widthPx, heightPx),
      cb: plane(chromaWidth, chromaHeight),
      cr: plane(chromaWidth, chromaHeight),
      frame: -1,
    };
    this.planes.set(ref.clip, planes);
    this.refs.set(ref.clip, ref);
    return planes;
  }

  /** The whole frame at once: it is due now. */
  private upload(planes: ClipPlanes, { offset, frame, widthPx, heightPx }: ClipEntry): void {
    const [chromaWidth, chromaHeight] = [(widthPx + 1) >> 1, (heightPx + 1) >> 1];
    const cb = offset + widthPx * heightPx;
    this.gl.pixelStorei(GL.UNPACK_ALIGNMENT, 1);
    this.fill(planes.luma, offset, widthPx, heightPx);
    this.fill(planes.cb, cb, chromaWidth, chromaHeight);
    this.fill(planes.cr, cb + chromaWidth * chromaHeight, chromaWidth, chromaHeight);
    planes.frame = frame;
  }

  private fill(texture: GlName, begin: number, width: number, height: number): void {
    const { gl } = this;
    const bytes = this.bytes.subarray(begin, begin + width * height);
    gl.bindTexture(GL.TEXTURE_2D, texture);
    gl.texSubImage2D(GL.TEXTURE_2D, 0, 0, 0, width, height, GL.LUMINANCE, GL.UNSIGNED_BYTE, bytes);
  }

  private drop(clip: number, { luma, cb, cr }: ClipPlanes): void {
    for (const texture of [luma, cb, cr]) this.gl.deleteTexture(texture);
    this.planes.delete(clip);
    this.refs.delete(clip);
  }
}
