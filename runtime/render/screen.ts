/** The output in use and the renderer that draws on it: opened, lost, replaced by the next of the chain, switched off and on. */
import type { Directory } from '../arena/directory';
import { monotonicMs } from '../core/clock';
import { messageOf } from '../core/errors';
import { betterThan, openFirst, rendererOf, type Attempt, type Excluded, type Wanted } from '../display/chain';
import { openMemoryOutput } from '../display/offscreen';
import type { Output, OutputName, OutputRequest, OutputSpec } from '../display/output';
import { Comeback } from './comeback';
import { openCpuRenderer } from './cpu/renderer';
import { openGlRenderer } from './gl/renderer';
import type { ClipFrames } from './plan/frame-plan';
import type { FromRenderThread, NoSurfaceMessage, OpenMessage, SurfaceMessage, TriedMessage } from './messages';
import type { Drawn, PixelOrder, Renderer } from './renderer';
import { Setbacks } from './setbacks';
import { StageState } from './stage-state';

/** How often a still screen looks at its display and shows that it lives. */
export const STILL_WAKE_MS = 250;
/** Time in which a window manager has put a new window in its place. */
const SETTLING_MS = 500;
/** How often a display that is missing is looked for. */
const RETRY_MS = 1000;

/** Before anything was asked for. */
const NOTHING_ASKED: OpenMessage = {
  kind: 'open',
  wanted: { output: 'null', renderer: 'auto' },
  excluded: [],
  surroundings: { env: {}, drivers: [], framebuffers: [] },
  size: undefined,
  turn: 0,
  maxFps: 60,
  untimed: false,
};

export interface ScreenParts {
  readonly directory: Directory;
  readonly clips: ClipFrames;
  /** To the main thread, which answers `opened` with a surface of that size. */
  readonly post: (message: FromRenderThread) => void;
  /** Another output was taken into use; its renderer follows when the main thread has sent a surface. */
  readonly adopted: (output: Output, periodMs: number) => void;
}

/** Whether a switch of the display reached it: by what, or why not. */
export interface Switched {
  readonly by?: string;
  readonly because?: string;
}

type Size = Pick<Output, 'widthPx' | 'heightPx'>;

/** Why a display is not drawn on any more, with the display as the subject, and the size at which the show goes on in memory. */
interface Loss {
  readonly because: string;
  readonly size: Size;
}

const GONE = 'it went away';

/** Whether anybody can see what is shown on it. */
const isSeen = ({ name }: Output): boolean => name !== 'offscreen' && name !== 'null';

/** Keeps the display of an output as it is until the returned act is done. */
function hold(output: Output): () => void {
  try {
    return output.hold?.() ?? (() => {});
  } catch {
    // It is gone.
    return () => {};
  }
}

export class Screen {
  /** Shown while the display is off. */
  private readonly nothing = new StageState();
  private isOff = false;
  private surface: SurfaceMessage | undefined;
  private currentRenderer: Renderer | undefined;
  private currentOutput: Output | undefined;
  private order: OpenMessage = NOTHING_ASKED;
  /** Backends that cannot be used on this machine. */
  private excluded: Excluded[] = [];
  /** Backends that failed on a display that is there. */
  private readonly setbacks = new Setbacks();
  /** Outputs whose GL was proven in a process of its own, or has been open in this one. */
  private readonly trusted = new Set<OutputName>();
  /** Outputs on which GL was in use. */
  private readonly used = new Set<OutputName>();
  /** Whether an answer to `untried` is awaited. */
  private awaitsTrial = false;
  private openings = 0;
  private nextRetryMs = 0;
  /** Time of the next try, monotonic, where the renderer of an output in memory failed to open. */
  private renewAtMs = Infinity;
  private readonly comeback = new Comeback();
  /** Size of the last output that had a renderer. */
  private drawnSize: Size | undefined;
  private adoptedAtMs = 0;
  private pollAtMs = 0;
  private periodMs = 1000 / 60;
  /** Until then a new window may lose what was drawn into it: it is watched at every refresh. */
  private settledAtMs = 0;

  constructor(private readonly parts: ScreenParts) {}

  /** What draws; missing until the output has a surface. */
  get renderer(): Renderer | undefined {
    return this.currentRenderer;
  }

  get output(): Output | undefined {
    return this.currentOutput;
  }

  get asked(): OpenMessage {
    return this.order;
  }

  get dark(): boolean {
    return this.isOff;
  }

  /** Milliseconds of the render thread for uploads within one frame. */
  get sliceMs(): number {
    return this.surface?.textures.sliceMs ?? 0;
  }

  /** When the display is looked at next, monotonic. */
  get nextPollMs(): number {
    return this.pollAtMs;
  }

  /** Draws the stage as it is at `atMs`; nothing of it while the display is off. */
  draw(renderer: Renderer, stage: StageState, atMs: number): Drawn {
    return renderer.draw(this.isOff ? this.nothing : stage, atMs);
  }

  /** Hands the frame that was drawn to the display; where that is gone or broken, another takes its place. */
  present(damage: Drawn['damage']): void {
    if (this.currentOutput?.present(damage) === false) this.lose();
  }

  /** Opens what is asked for. Where nothing can be, the main thread decides what becomes of it, and ends this one. */
  open(asked: OpenMessage): void {
    this.order = asked;
    this.excluded = [...asked.excluded];
    const { output, attempts } = this.tryOpen(asked.wanted);
    if (output === undefined) this.parts.post({ kind: 'not-opened', attempts });
    else this.adopt(output, attempts);
  }

  /** Off: black goes to the screen before it is switched, so that one that cannot be is dark too. On: everything is drawn anew. */
  switch(on: boolean): Switched {
    this.isOff = !on;
    const { currentOutput: output, currentRenderer: renderer } = this;
    if (output === undefined) return { because: 'no display is open' };
    if (!on && renderer !== undefined) {
      const { changed, damage } = renderer.draw(this.nothing, 0);
      if (changed && !output.present(damage)) return { because: 'the display is gone' };
    }
    try {
      if (output.power === undefined) return { because: `the output ${output.name} cannot switch its screen` };
      return { by: output.power(on) };
    } catch (cause) {
      return { because: messageOf(cause) };
    } finally {
      if (on) renderer?.invalidate();
    }
  }

  /** Copies what is shown to `address` of the arena. Nothing is written before there is a surface. */
  capture(address: number): PixelOrder {
    const { surface, currentOutput: output } = this;
    if (surface === undefined || output === undefined || this.currentRenderer === undefined) return 'bgrx';
    const bytes = output.widthPx * output.heightPx * 4;
    return this.currentRenderer.capture(
      new Uint8Array(surface.memory.buffer as unknown as ArrayBuffer, address, bytes),
    );
  }

  /** The answer to `opened`: memory to draw in. */
  takeSurface(surface: SurfaceMessage): void {
    const output = this.currentOutput;
    // Meant for an output that was given up meanwhile, which may have had another size: another one is on its way.
    if (output === undefined || surface.opening !== this.openings) return;
    this.currentRenderer?.close();
    this.currentRenderer = undefined;
    this.surface = surface;
    try {
      this.currentRenderer = this.openRenderer(output, surface);
      this.drawnSize = { widthPx: output.widthPx, heightPx: output.heightPx };
      // Another display, or the same one again: the order still holds.
      if (this.isOff) this.switch(false);
    } catch (cause) {
      this.replaceBroken(output, messageOf(cause));
    }
  }

  /** The other answer to `opened`: the show goes on in memory at the size it had, which there is room for, or is tried again. */
  hearRefusal({ opening, because }: NoSurfaceMessage): void {
    const output = this.currentOutput;
    if (output !== undefined && opening === this.openings) this.replaceBroken(output, because, this.drawnSize);
  }

  /** The answer to `untried`. */
  hearTrial({ excluded, trusted }: TriedMessage): void {
    this.awaitsTrial = false;
    this.excluded.push(...excluded);
    if (trusted !== undefined) this.trusted.add(trusted);
    this.nextRetryMs = 0;
  }

  /** Looks whether the display is still there and as it was, and whether a better one has come. */
  look(nowMs: number): void {
    this.pollAtMs = nowMs + (nowMs < this.settledAtMs ? this.periodMs : STILL_WAKE_MS);
    const output = this.currentOutput;
    if (output === undefined) return;
    const event = output.poll();
    if (event === 'lost') this.lose();
    else if (event === 'closed') this.parts.post({ kind: 'closed' });
    else if (event === 'exposed') this.currentRenderer?.invalidate();
    else if (event === 'resized') this.reopen(output);
    if (nowMs >= this.renewAtMs) this.adopt(openMemoryOutput(output.name, output), []);
    if (nowMs < this.nextRetryMs || this.currentRenderer === undefined) return;
    this.nextRetryMs = nowMs + RETRY_MS;
    this.takeBetter(this.currentOutput!);
  }

  /** The renderer first: its textures are the context's. */
  close(): void {
    this.currentRenderer?.close();
    this.currentRenderer = undefined;
    this.currentOutput?.close();
    this.currentOutput = undefined;
  }

  private tryOpen(wanted: Wanted, backends?: readonly OutputSpec[]): ReturnType<typeof openFirst> {
    const { size, surroundings, rates = [] } = this.order;
    return openFirst(wanted, { size, rates, ...surroundings } satisfies OutputRequest, this.passedOver, backends);
  }

  /** Backends that are not to be tried now. */
  private get passedOver(): Excluded[] {
    return [...this.excluded, ...this.setbacks.at(monotonicMs())];
  }

  /** Takes an output into use. */
  private adopt(output: Output, attempts: readonly Attempt[]): void {
    this.close();
    this.currentOutput = output;
    this.pollAtMs = 0;
    this.renewAtMs = Infinity;
    this.adoptedAtMs = monotonicMs();
    this.settledAtMs = this.adoptedAtMs + SETTLING_MS;
    const { name, driver, widthPx, heightPx, refreshHz } = output;
    this.periodMs = 1000 / Math.min(this.order.maxFps, refreshHz);
    if (output.context !== undefined) {
      this.trusted.add(name);
      this.used.add(name);
    }
    this.parts.adopted(output, this.periodMs);
    const renderer = rendererOf(output);
    this.openings += 1;
    const size = { widthPx, heightPx, refreshHz };
    this.parts.post({ kind: 'opened', opening: this.openings, output: name, renderer, driver, ...size, attempts });
  }

  private openRenderer(output: Output, { memory, canvas, strip, textures }: SurfaceMessage): Renderer {
    const { directory, clips } = this.parts;
    const { turn, untimed } = this.order;
    const { context, widthPx, heightPx } = output;
    if (canvas === undefined)
      return openGlRenderer({ context: context!, memory, directory, clips, turn, strip, textures });
    const { frame, plan, scratches } = canvas;
    output.attach(new Uint8Array(memory.buffer as unknown as ArrayBuffer, frame, widthPx * heightPx * 4));
    const geometry = { frame, plan, widthPx, heightPx, turn };
    return openCpuRenderer({ memory, directory, clips, geometry, scratches, untimed });
  }

  /** The output does not take frames any more: because its display is gone, or because it broke. */
  private lose(): void {
    const lost = this.currentOutput;
    if (lost === undefined) return;
    if (lost.broken !== undefined) this.replaceBroken(lost, lost.broken);
    else if (lost.context !== undefined) this.goOffscreen(lost.name, { because: GONE, size: lost }, []);
    else {
      lost.close();
      this.playInMemory(lost);
    }
  }

  /**
   * The next one of the chain takes the place of a backend that failed on a display that is there; it is tried again later. `size`: where only
   * memory is left.
   */
  private replaceBroken(broken: Output, reason: string, size: Size = broken): void {
    const renderer = rendererOf(broken);
    const nowMs = monotonicMs();
    const backend = { output: broken.name, renderer, reason };
    const pauseMs = this.setbacks.failed(backend, nowMs - this.adoptedAtMs, nowMs);
    // Also later: a display that goes and comes back is opened with what is left.
    if (renderer === 'gl') this.order = { ...this.order, wanted: { ...this.order.wanted, renderer: 'auto' } };
    // Nothing stands behind drawing in memory.
    if (!isSeen(broken) && renderer === 'cpu') this.renewAtMs = nowMs + pauseMs;
    else
      this.exchange(broken, this.order.wanted, { because: reason, size }, [{ ...backend, outcome: 'failed', ms: 0 }]);
  }

  /** The display has another size now: open it anew, as it is. */
  private reopen(output: Output): void {
    this.exchange(output, { output: output.name, renderer: rendererOf(output) }, { because: GONE, size: output }, []);
  }

  /**
   * Another output takes the place of one that is closed; its display stays as it is meanwhile. Where only memory is left for a display that
   * was seen, that is the loss given.
   */
  private exchange(old: Output, wanted: Wanted, loss: Loss, before: readonly Attempt[]): void {
    const release = hold(old);
    try {
      this.close();
      const { output, attempts } = this.tryOpen(wanted);
      if (output !== undefined && (isSeen(output) || !isSeen(old))) this.adopt(output, [...before, ...attempts]);
      else {
        output?.close();
        this.goOffscreen(old.name, loss, [...before, ...attempts]);
      }
    } finally {
      release();
    }
  }

  /** The show goes on in memory, drawn anew, until a display is there again. */
  private goOffscreen(output: OutputName, { because, size }: Loss, attempts: readonly Attempt[]): void {
    const retryMs = this.retryAfterLoss();
    this.parts.post({ kind: 'lost', output, because });
    this.adopt(openMemoryOutput('offscreen', size), attempts);
    this.nextRetryMs = retryMs;
  }

  /** The show goes on in memory, on the same frame, until a display is there again. */
  private playInMemory(lost: Output): void {
    this.currentOutput = openMemoryOutput('offscreen', { widthPx: lost.widthPx, heightPx: lost.heightPx });
    this.currentRenderer?.invalidate();
    this.nextRetryMs = this.retryAfterLoss();
    this.parts.post({ kind: 'lost', output: lost.name, because: GONE });
  }

  /** When the display that is being given up may be opened again, monotonic. */
  private retryAfterLoss(): number {
    const nowMs = monotonicMs();
    return nowMs + this.comeback.lost(nowMs - this.adoptedAtMs);
  }

  /** Takes the first backend of the chain that stands before the current one and can be opened. */
  private takeBetter(output: Output): void {
    const current = { output: output.name, renderer: rendererOf(output) };
    for (const spec of betterThan(current, this.order.wanted, this.order.surroundings, this.passedOver)) {
      const { name, renderer } = spec;
      if (renderer === 'gl' && !this.trusted.has(name)) {
        // A driver that hangs or crashes must do so elsewhere.
        if (!this.awaitsTrial) this.parts.post({ kind: 'untried' });
        this.awaitsTrial = true;
        return;
      }
      const { output: better, attempts } = this.tryOpen(this.order.wanted, [spec]);
      if (better !== undefined) {
        this.adopt(better, attempts);
        return;
      }
      const { outcome, reason } = attempts.at(-1)!;
      // Where GL was in use its screen is away; one that could not be opened may be later; what draws on the CPU always will.
      if (renderer === 'cpu' || this.used.has(name)) continue;
      const backend = { output: name, renderer, reason };
      if (outcome === 'failed') this.setbacks.failed(backend, 0, monotonicMs());
      else this.excluded.push(backend);
    }
  }
}
