/** The `gl` renderer: plans the frame as every renderer does, draws it with textures, uploads what comes next in slices. */
import type { Directory } from '../../arena/directory';
import { monotonicMs } from '../../core/clock';
import { GL, type GlContext } from '../../gl/gl';
import { FramePlan, type ClipFrames } from '../plan/frame-plan';
import { PLAN_BYTES } from '../plan/plan-layout';
import { planStage } from '../plan/plan-stage';
import type { Drawn, Renderer } from '../renderer';
import type { StageState } from '../stage-state';
import { isClip } from '../../stage/layer';
import { loadKernels } from '../cpu/kernel-module';
import type { Strip } from '../messages';
import { clipPictures } from './clip-pictures';
import { clipPlanes } from './clip-planes';
import { ClipTextures } from './clip-textures';
import { Painter, type Canvas } from './painter';
import { openPrograms } from './program';
import { TexturePool, type PoolLimits } from './texture-pool';
import { bufferedUploads, plainUploads } from './uploads';

export interface GlRendererParts {
  readonly context: GlContext;
  readonly memory: WebAssembly.Memory;
  readonly directory: Directory;
  readonly clips: ClipFrames;
  readonly turn: 0 | 90 | 180 | 270;
  readonly strip: Strip | undefined;
  readonly textures: PoolLimits;
}

/** Throws with the driver's reason where the context cannot do what it must. */
export function openGlRenderer({
  context,
  memory,
  directory,
  clips,
  turn,
  strip,
  textures,
}: GlRendererParts): Renderer {
  const { gl, widthPx, heightPx } = context;
  const programs = openPrograms(gl, context.driver);
  // A GL on the CPU makes colours slower than the kernels do, and a buffer of it is one more copy.
  const { software, takesBgra, hasPixelBuffers } = context.driver;
  const onCpu = software && strip !== undefined;
  const uploads = hasPixelBuffers && !onCpu ? bufferedUploads(gl) : plainUploads(gl);
  const pool = new TexturePool(gl, uploads, memory, directory, textures, monotonicMs);
  const videos =
    onCpu && takesBgra
      ? new ClipTextures(clips, clipPictures(gl, loadKernels(memory), memory, strip))
      : new ClipTextures(clips, clipPlanes(gl, uploads, memory));
  const own = { buffer: new ArrayBuffer(PLAN_BYTES) };
  const plan = new FramePlan(own, directory, { frame: 0, plan: 0, widthPx, heightPx, turn }, clips);
  const painter = new Painter(gl, programs, { pictures: pool, clips: videos }, plan);
  const surface: Canvas = { widthPx, heightPx, capture: false };
  const drawn: Drawn = { changed: false, hasContent: false, damage: plan.damage };
  return {
    name: 'gl',
    draw(stage: StageState, atMs: number): Drawn {
      drawn.hasContent = planStage(plan, stage, atMs);
      drawn.changed = plan.end();
      if (drawn.changed) painter.paint(surface);
      return drawn;
    },
    prepare(stage: StageState, untilMs: number): boolean {
      let ready = true;
      // In drawing order, which is the order of their coming as far as cards go.
      for (const { picture } of stage.all) if (!isClip(picture) && !pool.prepare(picture, untilMs)) ready = false;
      pool.dropIdle();
      videos.dropGone();
      return ready;
    },
    capture(into: Uint8Array) {
      drawInto(context, into, () => painter.paint({ widthPx, heightPx, capture: true }));
      return 'rgbx';
    },
    invalidate: () => plan.invalidate(),
    close() {
      pool.close();
      videos.close();
      uploads.close();
      programs.close();
    },
  };
}

/** Draws into a texture of its own and reads that back: what was swapped cannot be read any more. */
function drawInto({ gl, widthPx, heightPx }: GlContext, into: Uint8Array, paint: () => void): void {
  const texture = gl.createTexture();
  const framebuffer = gl.createFramebuffer();
  if (texture === null || framebuffer === null) throw new Error('the GL gives no framebuffer');
  try {
    gl.bindTexture(GL.TEXTURE_2D, texture);
    gl.texParameteri(GL.TEXTURE_2D, GL.TEXTURE_MIN_FILTER, GL.NEAREST);
    gl.texParameteri(GL.TEXTURE_2D, GL.TEXTURE_MAG_FILTER, GL.NEAREST);
    gl.texParameteri(GL.TEXTURE_2D, GL.TEXTURE_WRAP_S, GL.CLAMP_TO_EDGE);
    gl.texParameteri(GL.TEXTURE_2D, GL.TEXTURE_WRAP_T, GL.CLAMP_TO_EDGE);
    gl.texImage2D(GL.TEXTURE_2D, 0, GL.RGBA, widthPx, heightPx, 0, GL.RGBA, GL.UNSIGNED_BYTE, null);
    gl.bindFramebuffer(GL.FRAMEBUFFER, framebuffer);
    gl.framebufferTexture2D(GL.FRAMEBUFFER, GL.COLOR_ATTACHMENT0, GL.TEXTURE_2D, texture, 0);
    if (gl.checkFramebufferStatus(GL.FRAMEBUFFER) !== GL.FRAMEBUFFER_COMPLETE)
      throw new Error('the GL cannot draw into a texture');
    paint();
    gl.pixelStorei(GL.PACK_ALIGNMENT, 1);
    gl.readPixels(0, 0, widthPx, heightPx, GL.RGBA, GL.UNSIGNED_BYTE, into);
  } finally {
    gl.bindFramebuffer(GL.FRAMEBUFFER, null);
    gl.deleteFramebuffer(framebuffer);
    gl.deleteTexture(texture);
  }
}
