/** The surface: where in the arena the render thread works, made anew for every size of the output. */
import { blockBytes, type Arena, type Block } from '../arena/arena';
import type { OpenedMessage, SurfaceMessage } from '../render/messages';
import { PLAN_BYTES, scratchBytes } from '../render/plan/plan-layout';

/** An output may map its own memory in the frame's place: that takes whole pages, of at most 64 KiB anywhere we run. */
const FRAME_ALIGN_BYTES = 65536;

/** 32 rows of 1080p: they stay in a processor's own cache until they are uploaded, and a row of any video fits. */
const STRIP_BYTES = 256 * 1024;

export interface Surface {
  readonly message: Omit<SurfaceMessage, 'opening'>;
  readonly widthPx: number;
  readonly heightPx: number;
  release(): void;
}

/** Bytes a surface of this size takes of the arena. */
export function surfaceBytes(widthPx: number, heightPx: number, threads: number): number {
  return (
    widthPx * heightPx * 4 +
    2 * FRAME_ALIGN_BYTES +
    blockBytes(PLAN_BYTES) +
    threads * blockBytes(scratchBytes(widthPx))
  );
}

/** The render thread's means beside the arena's blocks. */
export interface SurfaceLimits {
  /** Threads that compose, where the CPU does. */
  readonly threads: number;
  readonly textures: SurfaceMessage['textures'];
  /** Whether a GL on the CPU is used like a GPU: colours of video by its shaders, pixels through its buffers; no by default. */
  readonly asGpu?: boolean | undefined;
}

/**
 * Allocates frame, plan and scratch for the `cpu` renderer, a strip for `gl`. Undefined when the arena has no room for a screen of
 * this size.
 */
export function allocateSurface(
  arena: Arena,
  opened: Pick<OpenedMessage, 'widthPx' | 'heightPx' | 'renderer'>,
  { threads, textures, asGpu = false }: SurfaceLimits,
): Surface | undefined {
  const { widthPx, heightPx } = opened;
  const { memory } = arena;
  const blocks: Block[] = [];
  const release = (): void => blocks.forEach((block) => block.release());
  const take = (bytes: number): Block | undefined => {
    const block = arena.allocate(bytes);
    if (block !== undefined) blocks.push(block);
    return block;
  };
  if (opened.renderer === 'gl') {
    const block = take(STRIP_BYTES);
    if (block === undefined) return undefined;
    const strip = asGpu ? undefined : { address: block.offset, bytes: STRIP_BYTES };
    return { message: { kind: 'surface', memory, canvas: undefined, strip, textures }, widthPx, heightPx, release };
  }
  const frameBytes = Math.ceil((widthPx * heightPx * 4) / FRAME_ALIGN_BYTES) * FRAME_ALIGN_BYTES;
  const frame = take(frameBytes + FRAME_ALIGN_BYTES);
  const plan = take(PLAN_BYTES);
  const scratches = Array.from({ length: threads }, () => take(scratchBytes(widthPx)));
  if (frame === undefined || plan === undefined || scratches.includes(undefined)) {
    release();
    return undefined;
  }
  return {
    message: {
      kind: 'surface',
      memory,
      canvas: {
        frame: Math.ceil(frame.offset / FRAME_ALIGN_BYTES) * FRAME_ALIGN_BYTES,
        plan: plan.offset,
        scratches: scratches.map((block) => block!.offset),
      },
      strip: undefined,
      textures,
    },
    widthPx,
    heightPx,
    release,
  };
}
