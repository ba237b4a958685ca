/** The live picture: looks at the stage only while somebody watches, and sends a picture only when it has moved. */
import type { ServerResponse } from 'node:http';
import { messageOf } from '../../runtime/core/errors';
import type { Log } from '../../runtime/core/log';
import type { StageView } from '../../runtime/stage/view';
import { PREVIEW_WIDTH_PX, previewJpeg } from './encode';

/** Each viewer costs a connection and some 100 KB a picture; a kiosk has one operator or two. */
export const MOST_VIEWERS = 10;

/** Five pictures a second show motion and cost a few percent of a core. */
const LOOK_EVERY_MS = 200;

/** A viewer that takes nothing for so many looks (30 s) is gone without having said so. */
const MOST_LOOKS_SKIPPED = 150;

const BOUNDARY = 'vitrine-picture';

interface Viewer {
  readonly response: ServerResponse;
  /** The part it was sent last. */
  sent: Buffer | undefined;
  looksSkipped: number;
}

export class Preview {
  private readonly viewers = new Set<Viewer>();
  private timer: NodeJS.Timeout | undefined;
  private looking = false;
  private failing = false;
  private picture: { readonly frame: number; readonly displayOn: boolean; readonly part: Buffer } | undefined;

  constructor(
    private readonly view: StageView,
    private readonly log: Log,
  ) {}

  get viewerCount(): number {
    return this.viewers.size;
  }

  /** Serves a viewer until it leaves. False, and nothing done, when there are enough. */
  add(response: ServerResponse): boolean {
    if (this.viewers.size >= MOST_VIEWERS) return false;
    const viewer: Viewer = { response, sent: undefined, looksSkipped: 0 };
    this.viewers.add(viewer);
    response.on('close', () => this.remove(viewer));
    response.on('error', () => {});
    response.writeHead(200, {
      'Content-Type': `multipart/x-mixed-replace; boundary=${BOUNDARY}`,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'Cross-Origin-Resource-Policy': 'same-origin',
    });
    response.write(`--${BOUNDARY}\r\n`);
    if (!this.looking) {
      clearTimeout(this.timer);
      void this.look();
    }
    return true;
  }

  /** Ends all viewers. */
  close(): void {
    for (const { response } of this.viewers) response.destroy();
  }

  private remove(viewer: Viewer): void {
    this.viewers.delete(viewer);
    if (this.viewers.size > 0) return;
    clearTimeout(this.timer);
    this.picture = undefined;
  }

  private async look(): Promise<void> {
    this.looking = true;
    try {
      const { framesPresented: frame, displayOn } = this.view;
      if (this.picture?.frame !== frame || this.picture.displayOn !== displayOn) {
        this.picture = { frame, displayOn, part: partOf(await previewJpeg(await this.view.capture(PREVIEW_WIDTH_PX))) };
      }
      this.failing = false;
      for (const viewer of this.viewers) this.send(viewer, this.picture.part);
    } catch (cause) {
      if (!this.failing) this.log.warn('the live picture cannot be taken', { because: messageOf(cause) });
      this.failing = true;
    }
    this.looking = false;
    if (this.viewers.size > 0) this.timer = setTimeout(() => void this.look(), LOOK_EVERY_MS);
    else this.picture = undefined;
  }

  /** A viewer that has not taken the last picture yet is passed over; the next look has a newer one for it. */
  private send(viewer: Viewer, part: Buffer): void {
    if (viewer.sent === part) return;
    if (viewer.response.writableLength > 0 && viewer.sent !== undefined) {
      viewer.looksSkipped += 1;
      if (viewer.looksSkipped > MOST_LOOKS_SKIPPED) viewer.response.destroy();
      return;
    }
    viewer.looksSkipped = 0;
    viewer.sent = part;
    viewer.response.write(part);
  }
}

/** The boundary follows at once: a browser shows a part when it sees the end of it. */
function partOf(jpeg: Buffer): Buffer {
  const head = `Content-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), jpeg, Buffer.from(`\r\n--${BOUNDARY}\r\n`)]);
}
