/** A scene's texts: drawn ahead of their turn, at most the one that is shown and the next one resident. */
import { messageOf } from '../../runtime/core/errors';
import type { ErrorLog } from '../../runtime/core/error-log';
import type { StageItem, TextReel } from '../../runtime/stage/media';
import type { Panel } from '../../runtime/stage/panel';
import type { PictureStore, StoredPicture, StoredShape } from '../../runtime/stage/picture-store';
import type { SceneText } from '../../runtime/show/types';
import { drawText, fontExists } from './text-picture';

export interface ThemeText {
  readonly theme: string;
  readonly text: string;
}

type TextItem = StageItem & { readonly leftPx: number; readonly topPx: number };

/** Kept free between a text and the panel's edge, as part of its height: what overscan may hide (EBU R95: 5 %). */
const MARGIN_RATIO = 0.05;

interface DrawnText {
  readonly stored: StoredPicture;
  holders: number;
}

/** Draws texts into the store. One for all sessions: the font is looked for once. */
export class TextPrinter {
  private font: Promise<boolean> | undefined;
  private readonly failed = new Set<string>();

  constructor(
    private readonly store: PictureStore,
    private readonly errors: ErrorLog,
    /** Evicts something from the store; false when there is nothing to evict. */
    private readonly yieldRoom: () => boolean,
  ) {}

  /** Undefined when the text cannot be drawn (reported once) or there is no room for it now. */
  async print(text: string, panel: Panel): Promise<StoredPicture | undefined> {
    this.font ??= this.lookForFont();
    if (!(await this.font) || this.failed.has(text)) return undefined;
    try {
      const { pixels, widthPx, heightPx } = await drawText(text, panel);
      const shape: StoredShape = { widthPx, heightPx, layout: 'rgba', turn: panel.turn };
      let stored = this.store.reserve(shape);
      while (stored === undefined && this.yieldRoom()) stored = this.store.reserve(shape);
      stored?.pixels.set(pixels);
      return stored;
    } catch (cause) {
      this.failed.add(text);
      this.errors.report(
        'VITRINE_E_FONT',
        'theme-bank',
        `the text '${beginning(text)}' cannot be drawn: ${messageOf(cause)}`,
        cause,
      );
      return undefined;
    }
  }

  private async lookForFont(): Promise<boolean> {
    const found = await fontExists().catch(() => false);
    if (!found)
      this.errors.report('VITRINE_E_FONT', 'theme-bank', 'no font was found; install one, such as fonts-dejavu-core');
    return found;
  }
}

/** As much of a text as tells which one it is. */
function beginning(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 40)}…`;
}

/** Main thread only. */
export class SceneTexts {
  private readonly drawn = new Map<number, DrawnText>();
  private readonly printing = new Map<number, Promise<DrawnText | undefined>>();
  private turn = 0;
  private readers = 0;

  constructor(
    private readonly texts: readonly ThemeText[],
    private readonly position: SceneText['position'],
    private readonly panel: Panel,
    private readonly printer: TextPrinter,
  ) {}

  private get count(): number {
    return this.texts.length;
  }

  private async next(signal: AbortSignal): Promise<TextItem | undefined> {
    for (let tries = 0; tries < this.count; tries += 1) {
      signal.throwIfAborted();
      const index = this.turn;
      this.turn = (this.turn + 1) % this.count;
      const drawn = await this.draw(index);
      if (drawn === undefined) continue;
      drawn.holders += 1;
      if (signal.aborted) this.letGo(index, drawn);
      signal.throwIfAborted();
      void this.draw(this.turn);
      return this.item(index, drawn);
    }
    return undefined;
  }

  /** A reader's own way to these texts; the last one to close it lets go of what is drawn ahead. */
  open(): TextReel {
    this.readers += 1;
    let open = true;
    return {
      count: this.count,
      next: (signal) => this.next(signal),
      close: () => {
        if (!open) return;
        open = false;
        this.readers -= 1;
        if (this.readers === 0) this.dropAhead();
      },
    };
  }

  /** Lets go of what is drawn ahead, and draws no more ahead until it is opened again. */
  end(): void {
    this.readers = 0;
    this.dropAhead();
  }

  private dropAhead(): void {
    for (const [index, drawn] of this.drawn) this.dropUnheld(index, drawn);
  }

  private draw(index: number): Promise<DrawnText | undefined> {
    const known = this.drawn.get(index);
    if (known !== undefined) return Promise.resolve(known);
    const running = this.printing.get(index) ?? this.print(index).finally(() => this.printing.delete(index));
    this.printing.set(index, running);
    return running;
  }

  private async print(index: number): Promise<DrawnText | undefined> {
    const stored = await this.printer.print(this.texts[index]!.text, this.panel);
    if (stored === undefined) return undefined;
    if (this.readers === 0) {
      stored.release();
      return undefined;
    }
    const drawn = { stored, holders: 0 };
    this.drawn.set(index, drawn);
    return drawn;
  }

  private item(index: number, drawn: DrawnText): TextItem {
    const { ref } = drawn.stored;
    const { theme, text } = this.texts[index]!;
    let held = true;
    return {
      picture: ref,
      label: text,
      theme,
      leftPx: Math.round((this.panel.widthPx - ref.widthPx) / 2),
      topPx: topPx(this.position, this.panel.heightPx, ref.heightPx),
      release: () => {
        if (!held) return;
        held = false;
        this.letGo(index, drawn);
      },
    };
  }

  private letGo(index: number, drawn: DrawnText): void {
    drawn.holders -= 1;
    if (this.readers === 0 || index !== this.turn) this.dropUnheld(index, drawn);
  }

  private dropUnheld(index: number, drawn: DrawnText): void {
    if (drawn.holders > 0) return;
    this.drawn.delete(index);
    drawn.stored.release();
  }
}

/** Where a text of a height stands on a panel of a height. Pure. */
export function topPx(position: SceneText['position'], panelPx: number, textPx: number): number {
  const marginPx = Math.round(panelPx * MARGIN_RATIO);
  if (position === 'top') return marginPx;
  if (position === 'center') return Math.round((panelPx - textPx) / 2);
  return panelPx - marginPx - textPx;
}
