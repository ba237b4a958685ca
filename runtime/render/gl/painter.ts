/** The painter: draws a frame plan with GL, onto the surface or, upside down, for a capture. */
import { GL, type Gl } from '../../gl/gl';
import { isClip, type SourceRef } from '../../stage/layer';
import { KIND_OVERLAY, type FramePlan } from '../plan/frame-plan';
import { PLAN, PLAN_LAYER } from '../plan/plan-layout';
import type { Program, Programs } from './program';
import type { ClipPlanes } from './clip-planes';
import type { ClipDrawing, ClipTextures } from './clip-textures';
import type { Texture, TexturePool } from './texture-pool';
import type { Span } from './tiles';

/** Of an opaque layer, as the plan has it. */
const FULL_WEIGHT = 256;

/** How the frame lies in what is drawn onto. */
export interface Canvas {
  readonly widthPx: number;
  readonly heightPx: number;
  /** The surface has its first row at the bottom; a capture has it at the top. */
  readonly capture: boolean;
}

/** Render thread only; allocates nothing while it draws. */
export class Painter {
  private canvas: Canvas = { widthPx: 1, heightPx: 1, capture: false };
  private bound: Program | undefined;
  /** The layer being drawn: px of the frame, px of the picture, and px of the picture a px of the frame. */
  private readonly seen = {
    left: 0,
    top: 0,
    width: 0,
    height: 0,
    sourceX: 0,
    sourceY: 0,
    stepX: 1,
    stepY: 1,
    scaled: false,
  };

  /** A clip's planes as one tile. */
  private readonly whole = {
    x: { from: 0, to: 0, heldFrom: 0, heldTo: 0 },
    y: { from: 0, to: 0, heldFrom: 0, heldTo: 0 },
  };

  constructor(
    private readonly gl: Gl,
    private readonly programs: Programs,
    private readonly sources: { readonly pictures: TexturePool; readonly clips: Pick<ClipTextures, 'take'> },
    private readonly plan: FramePlan,
  ) {}

  /** Draws the whole frame: after a swap nothing of the one before is promised. */
  paint(canvas: Canvas): void {
    const { gl, plan } = this;
    this.canvas = canvas;
    this.bound = undefined;
    gl.viewport(0, 0, canvas.widthPx, canvas.heightPx);
    gl.disable(GL.SCISSOR_TEST);
    gl.disable(GL.DITHER);
    // The alpha of every pixel stays 1, not only nearly: whoever takes it for transparency sees none.
    gl.colorMask(true, true, true, true);
    gl.clearColor(0, 0, 0, 1);
    gl.clear(GL.COLOR_BUFFER_BIT);
    gl.colorMask(true, true, true, false);
    gl.enable(GL.SCISSOR_TEST);
    gl.blendFunc(GL.ONE, GL.ONE_MINUS_SRC_ALPHA);
    for (let index = this.lowest(); index < plan.layerCount; index++) this.paintLayer(index);
  }

  /** The topmost layer that hides everything below it. */
  private lowest(): number {
    const { words } = this.plan;
    for (let index = this.plan.layerCount - 1; index > 0; index--) {
      const at = PLAN.headerWords + index * PLAN_LAYER.words;
      const isCard = words[at + PLAN_LAYER.kind] !== KIND_OVERLAY;
      const covers =
        words[at + PLAN_LAYER.clipLeft]! <= 0 &&
        words[at + PLAN_LAYER.clipTop]! <= 0 &&
        words[at + PLAN_LAYER.clipRight]! >= this.canvas.widthPx &&
        words[at + PLAN_LAYER.clipBottom]! >= this.canvas.heightPx;
      if (isCard && covers && words[at + PLAN_LAYER.weight] === FULL_WEIGHT) return index;
    }
    return 0;
  }

  private paintLayer(index: number): void {
    const { gl, plan, canvas } = this;
    const { words } = plan;
    const at = PLAN.headerWords + index * PLAN_LAYER.words;
    const source = this.take(plan.pictureAt(index));
    if (source === undefined) return;
    const weight = words[at + PLAN_LAYER.weight]! / FULL_WEIGHT;
    const left = words[at + PLAN_LAYER.clipLeft]!;
    const top = words[at + PLAN_LAYER.clipTop]!;
    const right = words[at + PLAN_LAYER.clipRight]!;
    const bottom = words[at + PLAN_LAYER.clipBottom]!;
    const isCard = words[at + PLAN_LAYER.kind] !== KIND_OVERLAY;
    if (isCard && weight === 1) gl.disable(GL.BLEND);
    else gl.enable(GL.BLEND);
    gl.scissor(left, canvas.capture ? top : canvas.heightPx - bottom, right - left, bottom - top);
    if (isCard) this.paintBackground(at, left, top, right, bottom, weight);

    this.look(at);
    if ('luma' in source) {
      this.paintVideo(source, weight);
      return;
    }
    const program = weight === 1 ? this.programs.copy : this.programs.picture;
    const filter = words[at + PLAN_LAYER.scaled] === 1 ? GL.LINEAR : GL.NEAREST;
    this.use(program);
    gl.uniform4f(program.tint, weight, weight, weight, weight);
    for (let tile = 0; tile < source.tiles.length; tile++) {
      const drawn = source.tiles[tile]!;
      gl.bindTexture(GL.TEXTURE_2D, drawn.texture);
      if (drawn.filter !== filter) {
        gl.texParameteri(GL.TEXTURE_2D, GL.TEXTURE_MIN_FILTER, filter);
        gl.texParameteri(GL.TEXTURE_2D, GL.TEXTURE_MAG_FILTER, filter);
        drawn.filter = filter;
      }
      this.paintTile(program, drawn.x, drawn.y);
    }
  }

  private take(ref: SourceRef): Texture | ClipDrawing | undefined {
    return isClip(ref) ? this.sources.clips.take(ref) : this.sources.pictures.take(ref);
  }

  private paintVideo(planes: ClipPlanes, weight: number): void {
    const { gl } = this;
    const video = this.seen.scaled ? this.programs.scaledVideo : this.programs.video;
    const { widthPx, heightPx, colour } = planes;
    const { xPx, yPx } = colour.chroma;
    const [across, down] = [(widthPx + 1) >> 1, (heightPx + 1) >> 1];
    this.use(video);
    gl.uniform4f(video.tint, weight, weight, weight, weight);
    gl.uniform4f(video.levels, colour.scale, colour.offset / 255, colour.redCr, colour.blueCb);
    gl.uniform4f(video.greenAndSize, colour.greenCb, colour.greenCr, widthPx, heightPx);
    // A texture counts from the outer edge of its first texel: a quarter of a chroma sample before the centre of the first pixel.
    gl.uniform4f(
      video.chroma,
      widthPx / (2 * across),
      heightPx / (2 * down),
      (0.25 - xPx / 2) / across,
      (0.25 - yPx / 2) / down,
    );
    gl.activeTexture(GL.TEXTURE0 + 2);
    gl.bindTexture(GL.TEXTURE_2D, planes.cr);
    gl.activeTexture(GL.TEXTURE0 + 1);
    gl.bindTexture(GL.TEXTURE_2D, planes.cb);
    gl.activeTexture(GL.TEXTURE0);
    gl.bindTexture(GL.TEXTURE_2D, planes.luma);
    const { x, y } = this.whole;
    x.to = x.heldTo = widthPx;
    y.to = y.heldTo = heightPx;
    this.paintTile(video, x, y);
  }

  /** Reads from the plan where a layer's picture stands and what of it is seen there. */
  private look(at: number): void {
    const { seen } = this;
    const { words, floats } = this.plan;
    const float = at / 2;
    // The plan holds where the first pixel's sample is taken; the edge of the source is half a step before it.
    const scaled = words[at + PLAN_LAYER.scaled] === 1;
    seen.scaled = scaled;
    seen.stepX = scaled ? floats[float + PLAN_LAYER.stepXFloat]! : 1;
    seen.stepY = scaled ? floats[float + PLAN_LAYER.stepYFloat]! : 1;
    seen.sourceX = floats[float + PLAN_LAYER.sourceXFloat]! + (scaled ? 0.5 - seen.stepX / 2 : 0);
    seen.sourceY = floats[float + PLAN_LAYER.sourceYFloat]! + (scaled ? 0.5 - seen.stepY / 2 : 0);
    seen.left = words[at + PLAN_LAYER.pictureLeft]!;
    seen.top = words[at + PLAN_LAYER.pictureTop]!;
    seen.width = words[at + PLAN_LAYER.pictureRight]! - seen.left;
    seen.height = words[at + PLAN_LAYER.pictureBottom]! - seen.top;
  }

  /** The part of the picture that lies in the tile whose texture is bound. */
  private paintTile(program: Program, x: Span, y: Span): void {
    const { gl, seen } = this;
    const fromX = Math.max(x.from, seen.sourceX);
    const toX = Math.min(x.to, seen.sourceX + seen.stepX * seen.width);
    const fromY = Math.max(y.from, seen.sourceY);
    const toY = Math.min(y.to, seen.sourceY + seen.stepY * seen.height);
    if (fromX >= toX || fromY >= toY) return;
    const heldWidth = x.heldTo - x.heldFrom;
    const heldHeight = y.heldTo - y.heldFrom;
    gl.uniform4f(
      program.source,
      (fromX - x.heldFrom) / heldWidth,
      (fromY - y.heldFrom) / heldHeight,
      (toX - fromX) / heldWidth,
      (toY - fromY) / heldHeight,
    );
    this.place(
      program,
      seen.left + (fromX - seen.sourceX) / seen.stepX,
      seen.top + (fromY - seen.sourceY) / seen.stepY,
      seen.left + (toX - seen.sourceX) / seen.stepX,
      seen.top + (toY - seen.sourceY) / seen.stepY,
    );
  }

  /** What of the card the picture leaves free. */
  private paintBackground(at: number, left: number, top: number, right: number, bottom: number, weight: number): void {
    const { words } = this.plan;
    const pictureLeft = Math.min(right, Math.max(left, words[at + PLAN_LAYER.pictureLeft]!));
    const pictureTop = Math.min(bottom, Math.max(top, words[at + PLAN_LAYER.pictureTop]!));
    const pictureRight = Math.max(left, Math.min(right, words[at + PLAN_LAYER.pictureRight]!));
    const pictureBottom = Math.max(top, Math.min(bottom, words[at + PLAN_LAYER.pictureBottom]!));
    if (pictureLeft <= left && pictureTop <= top && pictureRight >= right && pictureBottom >= bottom) return;
    const { colour } = this.programs;
    const background = words[at + PLAN_LAYER.background]!;
    this.use(colour);
    this.gl.uniform4f(
      colour.tint,
      (((background >> 16) & 255) / 255) * weight,
      (((background >> 8) & 255) / 255) * weight,
      ((background & 255) / 255) * weight,
      weight,
    );
    if (pictureTop > top) this.place(colour, left, top, right, pictureTop);
    if (pictureBottom < bottom) this.place(colour, left, pictureBottom, right, bottom);
    if (pictureLeft > left) this.place(colour, left, pictureTop, pictureLeft, pictureBottom);
    if (pictureRight < right) this.place(colour, pictureRight, pictureTop, right, pictureBottom);
  }

  private use(program: Program): void {
    if (this.bound === program) return;
    this.bound = program;
    this.gl.useProgram(program.program);
  }

  /** Draws the rectangle, given in px from the frame's first row. */
  private place({ place }: Program, left: number, top: number, right: number, bottom: number): void {
    const { widthPx, heightPx, capture } = this.canvas;
    const x = (left / widthPx) * 2 - 1;
    const width = ((right - left) / widthPx) * 2;
    const down = capture ? 1 : -1;
    const y = ((top / heightPx) * 2 - 1) * down;
    const height = ((bottom - top) / heightPx) * 2 * down;
    this.gl.uniform4f(place, x, y, width, height);
    this.gl.drawArrays(GL.TRIANGLE_STRIP, 0, 4);
  }
}
