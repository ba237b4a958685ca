/** Watching the screen of a card that somebody else has open and shows on: whether it is still there, and still of its size. */
import { Card } from './drm';
import { listenForHotplug, type Hotplug } from './drm-hotplug';
import { chooseMode } from './drm-modes';
import type { Kernel } from './kernel';
import type { OutputEvent } from './output';

interface Size {
  readonly widthPx: number;
  readonly heightPx: number;
}

export class BorrowedScreen {
  private readonly card: Card;
  private readonly connector: number | undefined;
  private readonly hotplug: Hotplug | undefined;

  /** `file`: of the card, its master's. `wanted`: the size that was asked for; `shown`: the one that is shown. */
  constructor(
    kernel: Kernel,
    file: number,
    private readonly wanted: Size | undefined,
    private readonly shown: Size,
  ) {
    this.card = Card.borrow(kernel, 'the card', file);
    this.hotplug = listenForHotplug(kernel);
    this.connector = this.card
      .resources()
      .connectors.find(
        (id) => this.card.connector(id, false).connected && this.card.connector(id, false).encoder !== 0,
      );
  }

  /** Never blocks but for reading a display's data when one was plugged in. */
  poll(): OutputEvent {
    if (this.connector === undefined) return 'none';
    const changed = this.hotplug?.heard() ?? false;
    try {
      const { connected, modes } = this.card.connector(this.connector, changed);
      if (!connected) return 'lost';
      const mode = chooseMode(modes, this.wanted);
      if (mode === undefined) return 'none';
      return mode.widthPx === this.shown.widthPx && mode.heightPx === this.shown.heightPx ? 'none' : 'resized';
    } catch {
      return 'lost';
    }
  }

  close(): void {
    this.hotplug?.close();
  }
}
