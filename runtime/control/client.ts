/** Calls a running instance over its socket: one request and its reply, or a subscription. */
import { connect, type Socket } from 'node:net';
import { messageOf, VitrineError } from '../core/errors';
import { LineCutter } from './lines';
import { WATCH } from './methods';
import { parseReply, requestLine, type Outgoing, type Params, type RpcError } from './protocol';

/** Longest line accepted from an instance: a 4K screenshot of noise is 25 MB of PNG, a third more in base64. */
const REPLY_LINE_BYTES = 64 * 1024 * 1024;

export type Reply = { readonly result: unknown } | { readonly error: RpcError };

export interface Call {
  /** Tried in order; the first where an instance answers is used. */
  readonly socketPaths: readonly string[];
  /** Sockets that are not asked because they may be another user's; named where nobody answers. */
  readonly strangers?: readonly string[];
  readonly method: string;
  readonly params: Params;
  readonly timeoutMs: number;
}

/**
 * Sends one request and resolves to its reply, a refusal included. Rejects with VITRINE_E_NOT_RUNNING when no instance
 * answers at any of the paths, with VITRINE_E_CONTROL when one does not reply in time or may not be called.
 */
export async function callInstance(call: Call): Promise<Reply> {
  const socket = await connectFirst(call);
  try {
    return await exchange(socket, call.method, call.params, call.timeoutMs);
  } finally {
    socket.destroy();
  }
}

/**
 * Subscribes and tells every event until the instance ends ('ended') or `signal` aborts ('left'). A refusal is the
 * `error` of the outcome. Rejects as `callInstance` does.
 */
export async function watchInstance(
  call: Omit<Call, 'method' | 'params'>,
  onEvent: (name: string, event: unknown) => void,
  signal: AbortSignal,
): Promise<{ readonly over: 'ended' | 'left' } | { readonly error: RpcError }> {
  const socket = await connectFirst(call);
  const leave = (): void => void socket.destroy();
  signal.addEventListener('abort', leave, { once: true });
  try {
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    if (signal.aborted) return { over: 'left' };
    const reply = await exchange(socket, WATCH, {}, call.timeoutMs, onEvent);
    if ('error' in reply) return reply;
    await closed;
    return { over: signal.aborted ? 'left' : 'ended' };
  } catch (cause) {
    if (signal.aborted) return { over: 'left' };
    throw cause;
  } finally {
    signal.removeEventListener('abort', leave);
    socket.destroy();
  }
}

/** Sends the request, resolves to its reply and goes on to hand events to `onEvent`. */
function exchange(
  socket: Socket,
  method: string,
  params: Params,
  timeoutMs: number,
  onEvent?: (name: string, event: unknown) => void,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const cutter = new LineCutter(REPLY_LINE_BYTES);
    const fail = (message: string): void => reject(new VitrineError('VITRINE_E_CONTROL', message));
    const timer = setTimeout(() => {
      fail(`the instance did not answer ${method} within ${timeoutMs / 1000} s`);
    }, timeoutMs);
    const take = (message: Outgoing): void => {
      if (message.kind === 'event') return onEvent?.(message.name, message.event);
      if (message.kind === 'unknown') return fail('the instance answered with something that is no reply');
      clearTimeout(timer);
      resolve(message.kind === 'result' ? { result: message.result } : { error: message.error });
    };
    socket.on('data', (piece: Buffer) => {
      const { lines, tooLong } = cutter.push(piece);
      lines.map(parseReply).forEach(take);
      if (tooLong) fail(`the instance's reply is longer than ${REPLY_LINE_BYTES} bytes`);
    });
    socket.on('close', () => {
      clearTimeout(timer);
      fail(`the instance ended before it answered ${method}`);
    });
    socket.on('error', () => {});
    socket.write(requestLine(1, method, params));
  });
}

async function connectFirst({ socketPaths, strangers = [] }: Pick<Call, 'socketPaths' | 'strangers'>): Promise<Socket> {
  for (const path of socketPaths) {
    const socket = await tryConnect(path);
    if (socket !== undefined) return socket;
  }
  if (strangers.length > 0) {
    const message = `${strangers.join(' and ')} belongs to another user and was not asked`;
    throw new VitrineError('VITRINE_E_CONTROL', `${message}; remove it, or name the socket with --control-socket`);
  }
  throw new VitrineError('VITRINE_E_NOT_RUNNING', `no running instance (looked at ${socketPaths.join(' and ')})`);
}

/** Undefined where nobody listens. Rejects where somebody does who is not for us. */
function tryConnect(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const fail = (cause: NodeJS.ErrnoException): void => {
      if (cause.code === 'ENOENT' || cause.code === 'ECONNREFUSED' || cause.code === 'ENOTDIR') resolve(undefined);
      else
        reject(
          new VitrineError('VITRINE_E_CONTROL', `${path} cannot be used (${messageOf(cause)})${hint(cause)}`, {
            cause,
          }),
        );
    };
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

function hint(cause: NodeJS.ErrnoException): string {
  return cause.code === 'EACCES' ? '; join the group vitrine or use sudo' : '';
}
