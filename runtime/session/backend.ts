/** The backend in use, as the main thread knows it: which output, which size, what was tried; and how it changes. */
import type { Arena } from '../arena/arena';
import type { Attempt } from '../display/chain';
import type { OutputName, RendererName } from '../display/output';
import type { RenderHandle } from '../render/handle';
import type { OpenedMessage } from '../render/messages';
import type { Panel } from '../stage/panel';
import { allocateSurface, type Surface, type SurfaceLimits } from './surface';

export interface OpenBackend {
  readonly output: OutputName;
  readonly renderer: RendererName;
  readonly driver: string;
  readonly panel: Panel;
  /** All attempts since the start, oldest first; the last ones only. */
  readonly attempts: readonly Attempt[];
  /** As scanned out. */
  readonly frame: { readonly widthPx: number; readonly heightPx: number };
}

/** Attempts kept: a display that comes and goes for months must not fill the memory. */
const ATTEMPTS_KEPT = 32;

/** The panel upright: what lies is turned. */
export function panelOf(opened: OpenedMessage, turn: Panel['turn']): Panel {
  const { widthPx, heightPx, refreshHz } = opened;
  const lies = turn === 90 || turn === 270;
  return { widthPx: lies ? heightPx : widthPx, heightPx: lies ? widthPx : heightPx, turn, refreshHz };
}

export class Backend {
  private surface: Surface | undefined;
  /** Of the surface, also where there was no room for it. */
  private size: OpenBackend['frame'] | undefined;
  private opened: OpenedMessage;
  private attempts: readonly Attempt[];

  constructor(
    private readonly render: RenderHandle,
    private readonly arena: Arena,
    private readonly turn: Panel['turn'],
    private readonly limits: SurfaceLimits,
    opened: OpenedMessage,
  ) {
    this.opened = opened;
    this.attempts = opened.attempts;
  }

  /**
   * Gives the render thread a surface for the output it opened. Returns whether the panel has another size than before;
   * false also for the first. Throws when the arena has no room for a screen of that size.
   */
  adopt(opened: OpenedMessage): boolean {
    const { surface: old, size } = this;
    const { widthPx, heightPx } = opened;
    const resized = size !== undefined && (size.widthPx !== widthPx || size.heightPx !== heightPx);
    const redrawn = this.opened.renderer !== opened.renderer;
    if (this.opened !== opened) this.attempts = [...this.attempts, ...opened.attempts].slice(-ATTEMPTS_KEPT);
    this.opened = opened;
    if (old === undefined || resized || redrawn) {
      // The render thread has released the old frame before it reported the new output.
      old?.release();
      this.surface = allocateSurface(this.arena, opened, this.limits);
    }
    this.size = { widthPx, heightPx };
    const { opening } = opened;
    if (this.surface === undefined) {
      const because = `the memory budget has no room for a screen of ${widthPx}x${heightPx}; raise memory.budget`;
      this.render.send({ kind: 'no-surface', opening, because });
      throw new Error(because);
    }
    this.render.send({ ...this.surface.message, opening });
    return resized;
  }

  /** The display went away; the show goes on in memory. */
  lose(): void {
    this.opened = { ...this.opened, output: 'offscreen', driver: 'memory' };
  }

  get now(): OpenBackend {
    const { output, renderer, driver, widthPx, heightPx } = this.opened;
    const panel = panelOf(this.opened, this.turn);
    return { output, renderer, driver, panel, attempts: this.attempts, frame: { widthPx, heightPx } };
  }
}
