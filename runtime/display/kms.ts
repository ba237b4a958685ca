/** The `kms` output: a screen of the console, without a desktop, through two buffers that the CPU draws into. */
import type { Rect } from '../stage/placement';
import type { DumbBuffer } from './drm';
import { chooseMode } from './drm-modes';
import { listenForHotplug, type Hotplug } from './drm-hotplug';
import {
  cardNames,
  inWords,
  mayHaveScreen,
  openScreen,
  refusalInWords,
  type Screen,
  type ScreenRequest,
} from './drm-screen';
import { codeOf, systemKernel, type Kernel } from './kernel';
import {
  DEFAULT_REFRESH_HZ,
  type Fits,
  type Output,
  type OutputEvent,
  type OutputRequest,
  type OutputSpec,
} from './output';
import { writerFor, type RectWriter } from './pixel-format';
import { silenceTerminal } from './virtual-terminal';

/** A flip happens with the next refresh; one not heard of after five, or a tenth of a second, never will be. */
const FLIP_PERIODS = 5;
const SHORTEST_FLIP_TIMEOUT_MS = 100;

/** The screen's buffers while it is open: what is on, what comes next, and what was there before. */
interface Scanout {
  readonly buffers: readonly [DumbBuffer, DumbBuffer];
  readonly saved: Uint8Array;
  readonly unsilence: () => void;
  readonly hotplug: Hotplug | undefined;
}

class KmsOutput implements Output {
  readonly name = 'kms';
  readonly pace = 'refresh';
  readonly widthPx: number;
  readonly heightPx: number;
  readonly refreshHz: number;
  private readonly flipTimeoutMs: number;
  private readonly previous: Rect;
  private write: RectWriter | undefined;
  private front: 0 | 1 = 0;
  private flipPending = false;
  /** Why the screen is set anew for every frame instead of flipped; undefined while flips work. */
  private flipless: string | undefined;
  private lost = false;

  constructor(
    private readonly screen: Screen,
    private readonly scanout: Scanout,
    private readonly size: OutputRequest['size'],
  ) {
    const { mode } = screen;
    this.widthPx = mode.widthPx;
    this.heightPx = mode.heightPx;
    this.refreshHz = mode.refreshHz > 0 ? mode.refreshHz : DEFAULT_REFRESH_HZ;
    this.flipTimeoutMs = Math.max(SHORTEST_FLIP_TIMEOUT_MS, (FLIP_PERIODS * 1000) / this.refreshHz);
    this.previous = { left: 0, top: 0, right: mode.widthPx, bottom: mode.heightPx };
  }

  get driver(): string {
    return this.flipless === undefined ? this.screen.driver : `${this.screen.driver}, ${this.flipless}`;
  }

  get refreshedAtMs(): number {
    return this.screen.card.lastFlipMs;
  }

  attach(frame: Uint8Array): void {
    this.write = writerFor(this.scanout.buffers[0].format, frame, this.widthPx);
    // Neither buffer holds any of this frame.
    setWhole(this.previous, this.widthPx, this.heightPx);
  }

  /** Blocks until the frame before is on the screen, then asks for this one. */
  present(damage: Rect): boolean {
    const { write, previous } = this;
    if (this.lost || write === undefined) return !this.lost;
    this.finishFlip();
    const back = this.front === 0 ? 1 : 0;
    const buffer = this.scanout.buffers[back];
    // The buffer behind has missed the frame before this one.
    if (!contains(damage, previous)) write(buffer.memory, 0, buffer.pitchBytes, previous);
    if (!contains(previous, damage) || contains(damage, previous)) write(buffer.memory, 0, buffer.pitchBytes, damage);
    copyRect(previous, damage);
    this.show(buffer);
    if (!this.lost) this.front = back;
    return !this.lost;
  }

  /** After it the buffer behind is not on the screen any more. */
  private finishFlip(): void {
    if (!this.flipPending) return;
    this.flipPending = false;
    let happened = false;
    try {
      happened = this.screen.card.awaitFlip(this.flipTimeoutMs);
    } catch {
      this.lost = true;
      return;
    }
    if (!happened)
      this.flipless = `set anew for every frame: a page flip was not confirmed in ${this.flipTimeoutMs} ms`;
  }

  private show(buffer: DumbBuffer): void {
    if (this.lost) return;
    const { card, crtc, connector, mode } = this.screen;
    if (this.flipless === undefined) {
      try {
        card.requestFlip(crtc, buffer.framebuffer);
        this.flipPending = true;
        return;
      } catch (cause) {
        const code = codeOf(cause);
        // Not ours any more: another program took the screen, or the card has gone.
        if (code === 'EACCES' || code === 'EPERM' || code === 'ENODEV') {
          this.lost = true;
          return;
        }
        this.flipless = `set anew for every frame: page flips are refused (${code})`;
      }
    }
    try {
      card.setCrtc(crtc, buffer.framebuffer, connector.id, mode);
    } catch {
      this.lost = true;
    }
  }

  poll(): OutputEvent {
    if (this.lost) return 'lost';
    const { card, connector, mode } = this.screen;
    const changed = this.scanout.hotplug?.heard() ?? false;
    try {
      const now = card.connector(connector.id, changed);
      if (!now.connected) this.lost = true;
      else {
        const wanted = chooseMode(now.modes, this.size);
        if (wanted !== undefined && (wanted.widthPx !== mode.widthPx || wanted.heightPx !== mode.heightPx))
          return 'resized';
      }
    } catch {
      this.lost = true;
    }
    return this.lost ? 'lost' : 'none';
  }

  power(on: boolean): string {
    const { card, connector } = this.screen;
    this.finishFlip();
    card.power(connector, on);
    // What the buffer behind holds is older than the dark.
    setWhole(this.previous, this.widthPx, this.heightPx);
    return 'DPMS';
  }

  /** Puts back what the screen showed before. A card that has gone is only let go of. */
  close(): void {
    const { card, connector } = this.screen;
    if (!this.lost) this.finishFlip();
    attempt(() => card.restoreCrtc(this.scanout.saved, connector.id));
    closeScanout(this.scanout);
    attempt(() => card.dropMaster());
    card.close();
  }
}

function attempt(act: () => void): void {
  try {
    act();
  } catch {
    // The card has gone or is another's: what was to be put back is out of reach.
  }
}

function closeScanout({ buffers, hotplug, unsilence }: Scanout): void {
  for (const buffer of buffers) attempt(() => buffer.close());
  hotplug?.close();
  unsilence();
}

function contains(outer: Rect, inner: Rect): boolean {
  return (
    outer.left <= inner.left && outer.top <= inner.top && outer.right >= inner.right && outer.bottom >= inner.bottom
  );
}

function copyRect(to: Rect, from: Rect): void {
  to.left = from.left;
  to.top = from.top;
  to.right = from.right;
  to.bottom = from.bottom;
}

function setWhole(rect: Rect, widthPx: number, heightPx: number): void {
  rect.left = 0;
  rect.top = 0;
  rect.right = widthPx;
  rect.bottom = heightPx;
}

/** Two buffers of the format the card takes. */
function createBuffers({ card, mode }: Screen): [DumbBuffer, DumbBuffer] {
  const pair = (format: 'xrgb8888' | 'rgb565'): [DumbBuffer, DumbBuffer] => {
    const first = card.createBuffer(mode.widthPx, mode.heightPx, format);
    try {
      return [first, card.createBuffer(mode.widthPx, mode.heightPx, format)];
    } catch (cause) {
      first.close();
      throw cause;
    }
  };
  try {
    return pair('xrgb8888');
  } catch {
    return pair('rgb565');
  }
}

/** Takes the screen over: from here on it is black, until the first frame. */
function takeOver(kernel: Kernel, screen: Screen): Scanout {
  const { card, connector, crtc, mode } = screen;
  let buffers: [DumbBuffer, DumbBuffer];
  try {
    buffers = createBuffers(screen);
  } catch (cause) {
    throw new Error(
      `no two pictures of ${mode.name} fit the memory of ${card.path} (${inWords(card.path, cause)}); ask for a smaller size, or give it more (cma=, gpu_mem)`,
      { cause },
    );
  }
  const unsilence = silenceTerminal(kernel);
  const scanout = { buffers, saved: new Uint8Array(0), unsilence, hotplug: listenForHotplug(kernel) };
  try {
    const saved = card.saveCrtc(crtc);
    attempt(() => card.power(connector, true));
    card.setCrtc(crtc, buffers[0].framebuffer, connector.id, mode);
    return { ...scanout, saved };
  } catch (cause) {
    closeScanout(scanout);
    throw new Error(refusalInWords(card.path, cause), { cause });
  }
}

/** A `kms` output that asks `kernel`. */
export function createKmsOutput(kernel: Kernel) {
  return {
    name: 'kms',
    renderer: 'cpu',
    fits(): Fits {
      if (cardNames(kernel).length === 0) return { fits: false, because: 'no graphics card in /dev/dri' };
      if (!mayHaveScreen(kernel)) return { fits: false, because: 'no screen is connected to a graphics card' };
      return { fits: true };
    },
    open(request: OutputRequest & ScreenRequest): KmsOutput {
      const screen = openScreen(kernel, request);
      try {
        return new KmsOutput(screen, takeOver(kernel, screen), request.size);
      } catch (cause) {
        attempt(() => screen.card.dropMaster());
        screen.card.close();
        throw cause;
      }
    },
  } as const satisfies OutputSpec;
}

export const kmsOutput = createKmsOutput(systemKernel);
