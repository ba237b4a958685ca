/** One caller of the control socket: its requests in order, its subscription, and its bounds. */
import type { Socket } from 'node:net';
import { VitrineError } from '../core/errors';
import { LineCutter } from './lines';
import type { ControlLimits } from './limits';
import { checkParams, findMethod, WATCH, type InstanceControls } from './methods';
import {
  errorLine,
  eventLine,
  parseRequest,
  REQUEST_LINE_BYTES,
  resultLine,
  RPC,
  rpcErrorOf,
  type Params,
  type RequestId,
} from './protocol';

/** What a caller needs of the server. */
export interface CallerHost {
  readonly controls: InstanceControls;
  readonly limits: ControlLimits;
  /** False when there are enough subscriptions; true counts this one in until `leave`. */
  enterWatch(): boolean;
  leaveWatch(): void;
}

/** Owns its socket from the first byte to the close. */
export class Caller {
  private readonly cutter = new LineCutter(REQUEST_LINE_BYTES);
  private idleTimer: NodeJS.Timeout | undefined;
  private stalledTimer: NodeJS.Timeout | undefined;
  private stopWatching: (() => void) | undefined;
  private skippedEvents = 0;
  private serving = false;
  private leaving = false;

  constructor(
    private readonly socket: Socket,
    private readonly host: CallerHost,
  ) {}

  /** Begins to serve. */
  start(): void {
    const { socket } = this;
    socket.on('data', (piece: Buffer) => void this.serve(piece));
    // A caller that goes away in the middle is no fault of ours; 'close' follows and tidies up.
    socket.on('error', () => {});
    socket.on('close', () => this.tidy());
    this.waitForRequest();
  }

  /** Sends what is on its way, the reply to the request in hand included, then closes; breaks off after `deadlineMs`. */
  farewell(deadlineMs: number): void {
    this.leaving = true;
    clearTimeout(this.idleTimer);
    this.endWatch();
    if (!this.serving) this.socket.end();
    const timer = setTimeout(() => this.socket.destroy(), deadlineMs);
    this.socket.once('close', () => clearTimeout(timer));
    // Reading on lets the other side's end arrive; what it still asks is not served.
    this.socket.removeAllListeners('data').resume();
  }

  /** Reading rests until all requests of the piece are answered and read: a greedy caller waits, we hold one piece. */
  private async serve(piece: Uint8Array): Promise<void> {
    this.socket.pause();
    this.serving = true;
    clearTimeout(this.idleTimer);
    const { lines, tooLong } = this.cutter.push(piece);
    for (const line of lines) {
      await this.answer(line);
      if (this.leaving) break;
      await this.read();
      if (this.socket.destroyed) return;
    }
    this.serving = false;
    if (this.leaving) {
      this.socket.end();
      return;
    }
    if (tooLong) {
      this.send(
        errorLine(null, { code: RPC.invalidRequest, message: `a line is longer than ${REQUEST_LINE_BYTES} bytes` }),
      );
      this.farewell(this.host.limits.farewellMs);
      return;
    }
    this.socket.resume();
    this.waitForRequest();
  }

  private async answer(line: Uint8Array): Promise<void> {
    const incoming = parseRequest(line);
    if (incoming.kind === 'invalid') {
      this.send(errorLine(incoming.id, incoming.error));
      return;
    }
    const { id, method, params } = incoming;
    const reply = await this.carryOut(id ?? null, method, params);
    if (id !== undefined) this.send(reply);
  }

  /** The line of the reply. Never rejects. */
  private async carryOut(id: RequestId, name: string, params: Params): Promise<string> {
    try {
      if (name === WATCH) return resultLine(id, this.watch(params));
      const method = findMethod(name);
      if (method === undefined) {
        return errorLine(id, { code: RPC.methodNotFound, message: `there is no method ${JSON.stringify(name)}` });
      }
      return resultLine(id, await method(this.host.controls, params));
    } catch (cause) {
      return errorLine(id, rpcErrorOf(cause));
    }
  }

  private watch(params: Params): { watching: true } {
    checkParams(WATCH, {}, params);
    if (this.stopWatching !== undefined) return { watching: true };
    if (!this.host.enterWatch()) {
      throw new VitrineError('VITRINE_E_REFUSED', 'too many are watching already; end one of them');
    }
    const stop = this.host.controls.on((name, event) => this.tell(name, event));
    this.stopWatching = () => {
      stop();
      this.host.leaveWatch();
    };
    return { watching: true };
  }

  private tell(name: string, event: unknown): void {
    if (this.socket.writableLength <= this.host.limits.unreadEventBytes) {
      this.send(eventLine(name, event));
      return;
    }
    this.skippedEvents += 1;
    this.expectReading();
  }

  private send(line: string): void {
    if (this.socket.destroyed || this.socket.writableEnded) return;
    const room = this.socket.write(line, () => {
      if (this.socket.writableLength === 0) this.caughtUp();
    });
    if (!room) this.expectReading();
  }

  private expectReading(): void {
    this.stalledTimer ??= setTimeout(() => this.socket.destroy(), this.host.limits.stalledMs);
  }

  /** Resolves when the caller has read what was sent, or is gone. */
  private async read(): Promise<void> {
    if (!this.socket.writableNeedDrain || this.socket.destroyed) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.socket.off('drain', done).off('close', done);
        resolve();
      };
      this.socket.on('drain', done).on('close', done);
    });
  }

  private caughtUp(): void {
    clearTimeout(this.stalledTimer);
    this.stalledTimer = undefined;
    if (this.skippedEvents === 0) return;
    const count = this.skippedEvents;
    this.skippedEvents = 0;
    this.send(eventLine('missed', { count }));
  }

  private waitForRequest(): void {
    if (this.stopWatching !== undefined || this.socket.destroyed) return;
    this.idleTimer = setTimeout(() => this.farewell(this.host.limits.farewellMs), this.host.limits.idleMs);
  }

  private endWatch(): void {
    this.stopWatching?.();
    this.stopWatching = undefined;
  }

  private tidy(): void {
    clearTimeout(this.idleTimer);
    clearTimeout(this.stalledTimer);
    this.endWatch();
  }
}
