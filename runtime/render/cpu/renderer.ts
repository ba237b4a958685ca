/** The `cpu` renderer: plans the frame, then lets the bands draw its changed rows with the SIMD kernels. */
import type { Directory } from '../../arena/directory';
import { monotonicMs } from '../../core/clock';
import type { Drawn, Renderer } from '../renderer';
import type { StageState } from '../stage-state';
import { Bands } from './bands';
import { FramePlan, type ClipFrames, type FrameGeometry } from '../plan/frame-plan';
import { loadKernels } from './kernel-module';
import { planStage } from '../plan/plan-stage';

export interface CpuRendererParts {
  readonly memory: WebAssembly.Memory;
  readonly directory: Directory;
  readonly clips: ClipFrames;
  readonly geometry: FrameGeometry;
  /** Scratch of each composing thread; their number is the number of threads. */
  readonly scratches: readonly number[];
  /** Frames follow each other without a pause. */
  readonly untimed: boolean;
}

export function openCpuRenderer({
  memory,
  directory,
  clips,
  geometry,
  scratches,
  untimed,
}: CpuRendererParts): Renderer {
  const plan = new FramePlan(memory, directory, geometry, clips);
  const bands = new Bands(loadKernels(memory), memory, scratches, untimed);
  warmUp(plan, bands, geometry);
  // Every clip has a decoder that keeps a processor busy: helpers there are only in its way, as long as it goes without them.
  let needsHelp = false;
  const drawn: Drawn = { changed: false, hasContent: false, damage: plan.damage };
  return {
    name: 'cpu',
    draw(stage: StageState, atMs: number): Drawn {
      drawn.hasContent = planStage(plan, stage, atMs);
      drawn.changed = plan.end();
      const { left, top, right, bottom } = plan.damage;
      if (drawn.changed) {
        const startMs = monotonicMs();
        bands.compose(geometry.plan, top, bottom, right - left, needsHelp ? 0 : plan.videoCount);
        needsHelp = isHelpNeeded(monotonicMs() - startMs, needsHelp);
      }
      return drawn;
    },
    capture(into) {
      const { frame, widthPx, heightPx } = geometry;
      into.set(new Uint8Array(memory.buffer, frame, widthPx * heightPx * 4));
      return 'bgrx';
    },
    invalidate: () => plan.invalidate(),
    close: () => bands.close(),
  };
}

/** A frame that takes longer is shared out, whoever else needs the processors: a third of a refresh at 60 a second. */
const HELP_ABOVE_MS = 5.5;
/** A shared one that takes less can be made alone. */
const ALONE_BELOW_MS = 3;

/** Of the last frame and how it was made. */
export function isHelpNeeded(composeMs: number, isShared: boolean): boolean {
  return composeMs > (isShared ? ALONE_BELOW_MS : HELP_ABOVE_MS);
}

/** Composes an empty frame: its pages are touched and the kernels run in before the first picture is timed by anybody. */
function warmUp(plan: FramePlan, bands: Bands, geometry: FrameGeometry): void {
  plan.begin();
  plan.end();
  bands.compose(geometry.plan, 0, geometry.heightPx, geometry.widthPx);
  plan.invalidate();
}
