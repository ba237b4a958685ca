/** The frame plan: the stage at one instant, in words the kernels understand, and how it differs from the last one. */
import { type Directory, type DirectoryEntry } from '../../arena/directory';
import type { ClipEntry } from '../../arena/clip-table';
import type { StoredColour } from '../../stage/colour';
import { isClip, type ClipRef, type Layer, type SourceRef } from '../../stage/layer';
import { emptyPlaced, placeLayer, turnRect, type Rect } from '../../stage/placement';
import {
  PLAN,
  PLAN_BYTES,
  PLAN_LAYER,
  PLAN_LAYERS,
  PLAN_VIDEOS,
  tableBytes,
  FRACTION_ONE,
  LUMA_ONE,
  WEIGHT_ONE,
  WIDEST_SOURCE_PX,
  WIDEST_VIDEO_PX,
} from './plan-layout';

/** A source that is off by less than this is taken as one to one (a rounding error, not a move). */
const WHOLE_PX = 1 / 512;
const KIND_CARD = 0;
export const KIND_OVERLAY = 1;
const KIND_VIDEO = 2;
/** The kernels read cards as RGB and overlays as RGBA. */
const CARD_PIXEL_BYTES = 3;
const OVERLAY_PIXEL_BYTES = 4;

/** 0xRRGGBB as the frame stores it (B, G, R, X in rising bytes). */
export function bgrx(rgb: number): number {
  return rgb | 0xff000000 | 0;
}

export interface FrameGeometry {
  /** Address of the frame (0 where the renderer has none) and of the plan in the memory. */
  readonly frame: number;
  readonly plan: number;
  /** As scanned out. */
  readonly widthPx: number;
  readonly heightPx: number;
  readonly turn: 0 | 90 | 180 | 270;
}

/** Where the current frames of clips are looked up. */
export interface ClipFrames {
  entryOf(ref: ClipRef): ClipEntry | undefined;
}

export class FramePlan {
  /** The plan, by `PLAN` and `PLAN_LAYER`; the floats are the same memory. */
  readonly words: Int32Array;
  readonly floats: Float64Array;
  private readonly last = new Int32Array(PLAN_BYTES / 4);
  private readonly ids = new Int32Array(PLAN_LAYERS);
  private readonly lastIds = new Int32Array(PLAN_LAYERS);
  private readonly pictures: (SourceRef | undefined)[] = new Array<SourceRef | undefined>(PLAN_LAYERS).fill(undefined);
  private videos = 0;
  private readonly placed = emptyPlaced();
  private readonly entry: DirectoryEntry = { offset: 0, widthPx: 0, heightPx: 0, pixelBytes: 0, turn: 0 };
  private readonly stageWidthPx: number;
  private readonly stageHeightPx: number;
  private count = 0;
  private lastCount = -1;
  readonly damage: Rect = { left: 0, top: 0, right: 0, bottom: 0 };

  constructor(
    memory: { readonly buffer: ArrayBufferLike },
    private readonly directory: Directory,
    private readonly geometry: FrameGeometry,
    private readonly clips: ClipFrames,
  ) {
    const { plan, frame, widthPx, heightPx, turn } = geometry;
    this.words = new Int32Array(memory.buffer, plan, PLAN_BYTES / 4);
    this.floats = new Float64Array(memory.buffer, plan, PLAN_BYTES / 8);
    const upright = turn === 0 || turn === 180;
    this.stageWidthPx = upright ? widthPx : heightPx;
    this.stageHeightPx = upright ? heightPx : widthPx;
    this.words.fill(0);
    this.words[PLAN.frame] = frame;
    this.words[PLAN.frameStride] = widthPx * 4;
    this.words[PLAN.baseColour] = bgrx(0);
    this.words[PLAN.tableBytes] = tableBytes(widthPx);
  }

  get layerCount(): number {
    return this.count;
  }

  /** Clips that are in the plan. */
  get videoCount(): number {
    return this.videos;
  }

  /** Of the layer at this place in the plan. */
  pictureAt(index: number): SourceRef {
    return this.pictures[index]!;
  }

  /** Forgets the last frame: everything counts as changed. */
  invalidate(): void {
    this.lastCount = -1;
  }

  begin(): void {
    this.count = 0;
    this.videos = 0;
  }

  /** Adds a layer as it is at `atMs`. False when its picture is gone or not one that can be drawn here. */
  add(layer: Layer, atMs: number): boolean {
    const { placed, words, floats, geometry } = this;
    const video = this.look(layer);
    if (video === false || this.count >= PLAN_LAYERS) return false;
    const { entry } = this;
    placeLayer(layer, this.stageWidthPx, this.stageHeightPx, atMs, placed);
    const weight = Math.round(placed.opacity * 256);
    turnRect(placed.clip, this.stageWidthPx, this.stageHeightPx, geometry.turn);
    turnRect(placed.picture, this.stageWidthPx, this.stageHeightPx, geometry.turn);
    turnRect(placed.source, layer.picture.widthPx, layer.picture.heightPx, geometry.turn);
    const { clip, picture, source } = placed;
    const left = Math.max(0, clip.left);
    const top = Math.max(0, clip.top);
    const right = Math.min(geometry.widthPx, clip.right);
    const bottom = Math.min(geometry.heightPx, clip.bottom);
    // A layer that cannot be seen yet still counts as content: it is on its way in or out.
    if (weight <= 0 || left >= right || top >= bottom) return true;
    const at = PLAN.headerWords + this.count * PLAN_LAYER.words;
    words[at + PLAN_LAYER.kind] = layer.placement.kind === 'overlay' ? KIND_OVERLAY : KIND_CARD;
    this.describeVideo(at, video);
    words[at + PLAN_LAYER.source] = entry.offset;
    words[at + PLAN_LAYER.sourceStride] = entry.widthPx * entry.pixelBytes;
    words[at + PLAN_LAYER.sourceWidth] = entry.widthPx;
    words[at + PLAN_LAYER.sourceHeight] = entry.heightPx;
    words[at + PLAN_LAYER.clipLeft] = left;
    words[at + PLAN_LAYER.clipTop] = top;
    words[at + PLAN_LAYER.clipRight] = right;
    words[at + PLAN_LAYER.clipBottom] = bottom;
    words[at + PLAN_LAYER.pictureLeft] = picture.left;
    words[at + PLAN_LAYER.pictureTop] = picture.top;
    words[at + PLAN_LAYER.pictureRight] = picture.right;
    words[at + PLAN_LAYER.pictureBottom] = picture.bottom;
    words[at + PLAN_LAYER.background] = layer.placement.kind === 'card' ? bgrx(layer.placement.background) : 0;
    words[at + PLAN_LAYER.weight] = weight;
    const stepX = (source.right - source.left) / (picture.right - picture.left);
    const stepY = (source.bottom - source.top) / (picture.bottom - picture.top);
    const whole =
      Math.abs(stepX - 1) < WHOLE_PX / geometry.widthPx &&
      Math.abs(stepY - 1) < WHOLE_PX / geometry.heightPx &&
      Math.abs(source.left - Math.round(source.left)) < WHOLE_PX &&
      Math.abs(source.top - Math.round(source.top)) < WHOLE_PX;
    words[at + PLAN_LAYER.scaled] = whole ? 0 : 1;
    const float = at / 2;
    floats[float + PLAN_LAYER.sourceXFloat] = whole ? Math.round(source.left) : source.left + stepX / 2 - 0.5;
    floats[float + PLAN_LAYER.stepXFloat] = stepX;
    floats[float + PLAN_LAYER.sourceYFloat] = whole ? Math.round(source.top) : source.top + stepY / 2 - 0.5;
    floats[float + PLAN_LAYER.stepYFloat] = stepY;
    this.ids[this.count] = layer.id;
    this.pictures[this.count] = layer.picture;
    this.count += 1;
    return true;
  }

  /**
   * Looks a layer's source up: its place and size go to `entry`, and a clip's frame is returned. False when it is gone or not one
   * that can be drawn here.
   */
  private look({ picture, placement }: Layer): ClipEntry | undefined | false {
    const { entry, geometry } = this;
    if (!isClip(picture)) {
      const layout = placement.kind === 'overlay' ? OVERLAY_PIXEL_BYTES : CARD_PIXEL_BYTES;
      if (!this.directory.read(picture, entry) || entry.turn !== geometry.turn) return false;
      return entry.pixelBytes === layout && entry.widthPx <= WIDEST_SOURCE_PX ? undefined : false;
    }
    const clip = this.clips.entryOf(picture);
    if (clip === undefined || placement.kind !== 'card' || this.videos >= PLAN_VIDEOS) return false;
    if (clip.turn !== geometry.turn || clip.widthPx > WIDEST_VIDEO_PX) return false;
    entry.offset = clip.offset;
    entry.widthPx = clip.widthPx;
    entry.heightPx = clip.heightPx;
    entry.pixelBytes = 1;
    return clip;
  }

  private describeVideo(at: number, clip: ClipEntry | undefined): void {
    const { words } = this;
    if (clip === undefined) {
      for (let word = PLAN_LAYER.cb; word < PLAN_LAYER.words; word++) words[at + word] = 0;
      return;
    }
    words[at + PLAN_LAYER.kind] = KIND_VIDEO;
    writeVideo(words, at, clip, this.videos);
    this.videos += 1;
  }

  /** Ends the plan. Returns whether the frame differs from the last one; then `damage` is where. */
  end(): boolean {
    const { words, damage, geometry } = this;
    damage.left = geometry.widthPx;
    damage.top = geometry.heightPx;
    damage.right = 0;
    damage.bottom = 0;
    if (this.lastCount < 0) {
      damage.left = 0;
      damage.top = 0;
      damage.right = geometry.widthPx;
      damage.bottom = geometry.heightPx;
    } else this.compare();
    const changed = damage.right > damage.left;
    if (changed) {
      words[PLAN.layers] = this.count;
      words[PLAN.damageLeft] = damage.left;
      words[PLAN.damageRight] = damage.right;
      words[PLAN.serial] = (words[PLAN.serial]! + 1) | 0 || 1;
      this.last.set(words);
      this.lastIds.set(this.ids);
      this.lastCount = this.count;
    }
    return changed;
  }

  /** Walks both plans side by side: what stands in one only, or differs, is damage. */
  private compare(): void {
    let now = 0;
    let before = 0;
    while (now < this.count || before < this.lastCount) {
      const id = this.ids[now]!;
      if (now < this.count && before < this.lastCount && id === this.lastIds[before]) {
        if (!this.sameEntry(now, before)) {
          this.spread(this.words, now);
          this.spread(this.last, before);
        }
        now += 1;
        before += 1;
      } else if (before < this.lastCount && !this.isPlanned(this.lastIds[before]!, now)) {
        this.spread(this.last, before);
        before += 1;
      } else if (now < this.count) {
        this.spread(this.words, now);
        now += 1;
      } else {
        this.spread(this.last, before);
        before += 1;
      }
    }
  }

  private isPlanned(id: number, from: number): boolean {
    for (let index = from; index < this.count; index++) if (this.ids[index] === id) return true;
    return false;
  }

  private sameEntry(now: number, before: number): boolean {
    const a = PLAN.headerWords + now * PLAN_LAYER.words;
    const b = PLAN.headerWords + before * PLAN_LAYER.words;
    for (let word = 0; word < PLAN_LAYER.words; word++) if (this.words[a + word] !== this.last[b + word]) return false;
    return true;
  }

  private spread(words: Int32Array, index: number): void {
    const { damage } = this;
    const at = PLAN.headerWords + index * PLAN_LAYER.words;
    damage.left = Math.min(damage.left, words[at + PLAN_LAYER.clipLeft]!);
    damage.top = Math.min(damage.top, words[at + PLAN_LAYER.clipTop]!);
    damage.right = Math.max(damage.right, words[at + PLAN_LAYER.clipRight]!);
    damage.bottom = Math.max(damage.bottom, words[at + PLAN_LAYER.clipBottom]!);
  }
}

/** What a layer's entry holds of its video only. `rows`: which rows of the scratch are its own. */
export function writeVideo(words: Int32Array, at: number, clip: ClipEntry, rows: number): void {
  const chromaWidth = (clip.widthPx + 1) >> 1;
  words[at + PLAN_LAYER.cb] = clip.offset + clip.widthPx * clip.heightPx;
  words[at + PLAN_LAYER.cr] = words[at + PLAN_LAYER.cb]! + chromaWidth * ((clip.heightPx + 1) >> 1);
  words[at + PLAN_LAYER.chromaStride] = chromaWidth;
  words[at + PLAN_LAYER.frame] = clip.frame;
  words[at + PLAN_LAYER.rows] = rows;
  writeColours(words, at + PLAN_LAYER.colours, clip.colour);
}

/** Seven words, as the kernels read them: each is what they would make of the colour for every row. */
export function writeColours(words: Int32Array, at: number, colour: StoredColour): void {
  const scale = Math.round(colour.scale * LUMA_ONE);
  const weight = (value: number): number => Math.round(value * WEIGHT_ONE);
  words[at] = scale;
  words[at + 1] = FRACTION_ONE / 2 - Math.round((colour.offset * scale * FRACTION_ONE) / LUMA_ONE);
  words[at + 2] = weight(colour.redCr) << 16;
  words[at + 3] = (weight(colour.greenCb) & 0xffff) | (weight(colour.greenCr) << 16);
  words[at + 4] = weight(colour.blueCb);
  words[at + 5] = 2 * colour.chroma.xPx;
  words[at + 6] = 2 * colour.chroma.yPx;
}
