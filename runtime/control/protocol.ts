/** The control protocol: JSON-RPC 2.0, one message a line. Pure: bytes to messages and back. */
import { ERRORS, messageOf, VitrineError, type ErrorCode, type Issue } from '../core/errors';

/** Longest line accepted from a client. The largest real request is a `reload` with a path (4 KiB). */
export const REQUEST_LINE_BYTES = 1024 * 1024;

export type RequestId = string | number | null;

export interface RpcError {
  readonly code: number;
  readonly message: string;
  /** `code` is the name in the table of errors; `errors` are the single faults, where there are any. */
  readonly data?: { readonly code: ErrorCode; readonly errors: readonly Issue[] };
}

/** The numbers the specification fixes. */
export const RPC = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
} as const;

/** Every error code as a number of JSON-RPC: those of the specification where they say the same, else -32000 and below. */
export const RPC_NUMBERS = {
  VITRINE_E_USAGE: RPC.invalidParams,
  VITRINE_E_INTERNAL: RPC.internalError,
  VITRINE_E_REFUSED: -32000,
  VITRINE_E_SHOW: -32001,
  VITRINE_E_CONFIG: -32002,
  VITRINE_E_BUDGET: -32003,
  VITRINE_E_PLUGIN: -32004,
  VITRINE_E_PLUGIN_QUARANTINED: -32005,
  VITRINE_E_OUTPUT: -32006,
  VITRINE_E_OUTPUT_LOST: -32007,
  VITRINE_E_RENDER: -32008,
  VITRINE_E_PICTURE: -32009,
  VITRINE_E_THEME_EMPTY: -32010,
  VITRINE_E_FONT: -32011,
  VITRINE_E_WATCH: -32012,
  VITRINE_E_RELEASE: -32013,
  VITRINE_E_WRITE: -32014,
  VITRINE_E_CONTROL: -32015,
  VITRINE_E_NOT_RUNNING: -32016,
  VITRINE_E_HTTP: -32017,
  VITRINE_E_CLIP: -32018,
  VITRINE_E_SOUND: -32019,
} as const satisfies Record<ErrorCode, number>;

/** What a client's line turned out to be. A notification (`id` undefined) is carried out and never answered. */
export type Incoming =
  | { readonly kind: 'request'; readonly id: RequestId | undefined; readonly method: string; readonly params: Params }
  | { readonly kind: 'invalid'; readonly id: RequestId; readonly error: RpcError };

/** Parameters by name. */
export type Params = Readonly<Record<string, unknown>>;

/** What an instance's line turned out to be. */
export type Outgoing =
  | { readonly kind: 'result'; readonly id: RequestId; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: RequestId; readonly error: RpcError }
  | { readonly kind: 'event'; readonly name: string; readonly event: unknown }
  | { readonly kind: 'unknown' };

/** Reads one line of a client. Never throws. */
export function parseRequest(line: Uint8Array): Incoming {
  let message: unknown;
  try {
    message = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line));
  } catch (cause) {
    return invalid(null, RPC.parseError, `the line is not JSON (${messageOf(cause)})`);
  }
  if (Array.isArray(message)) {
    return invalid(null, RPC.invalidRequest, 'batches are not served; send one request a line');
  }
  if (!isRecord(message)) return invalid(null, RPC.invalidRequest, 'a request is a JSON object');
  const id = message['id'];
  if (id !== undefined && !isRequestId(id)) {
    return invalid(null, RPC.invalidRequest, 'id: must be a string, a number or null');
  }
  const fault = (text: string): Incoming => invalid(id ?? null, RPC.invalidRequest, text);
  if (message['jsonrpc'] !== '2.0') return fault('jsonrpc: must be "2.0"');
  const { method, params = {} } = message;
  if (typeof method !== 'string') return fault('method: must be a string');
  if (Array.isArray(params)) {
    return params.length === 0
      ? { kind: 'request', id, method, params: {} }
      : invalid(id ?? null, RPC.invalidParams, 'params: give parameters by name, not by position');
  }
  if (!isRecord(params)) return fault('params: must be an object');
  return { kind: 'request', id, method, params };
}

/** Reads one line of an instance. Never throws. */
export function parseReply(line: Uint8Array): Outgoing {
  let message: unknown;
  try {
    message = JSON.parse(Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8'));
  } catch {
    return { kind: 'unknown' };
  }
  if (!isRecord(message)) return { kind: 'unknown' };
  const { id = null, error, params } = message;
  if (message['method'] === 'event' && isRecord(params) && typeof params['name'] === 'string') {
    return { kind: 'event', name: params['name'], event: params['event'] };
  }
  if (!isRequestId(id)) return { kind: 'unknown' };
  if ('result' in message) return { kind: 'result', id, result: message['result'] };
  if (isRecord(error) && typeof error['code'] === 'number' && typeof error['message'] === 'string') {
    return { kind: 'error', id, error: error as unknown as RpcError };
  }
  return { kind: 'unknown' };
}

export function requestLine(id: RequestId, method: string, params: Params): string {
  return `${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`;
}

/** A result of `undefined` travels as null: a reply without `result` would be none. */
export function resultLine(id: RequestId, result: unknown): string {
  return `${JSON.stringify({ jsonrpc: '2.0', id, result: result ?? null })}\n`;
}

export function errorLine(id: RequestId, error: RpcError): string {
  return `${JSON.stringify({ jsonrpc: '2.0', id, error })}\n`;
}

export function eventLine(name: string, event: unknown): string {
  return `${JSON.stringify({ jsonrpc: '2.0', method: 'event', params: { name, event: event ?? null } })}\n`;
}

/** Anything thrown by a method as the error a client gets. What is not a `VitrineError` is a defect of ours. */
export function rpcErrorOf(cause: unknown): RpcError {
  if (cause instanceof VitrineError) {
    return {
      code: RPC_NUMBERS[cause.code],
      message: cause.message,
      data: { code: cause.code, errors: cause.issues },
    };
  }
  return {
    code: RPC.internalError,
    message: messageOf(cause),
    data: { code: 'VITRINE_E_INTERNAL', errors: [] },
  };
}

/** The name in the table of errors behind an error reply, whoever sent it. */
export function errorCodeOf(error: RpcError): ErrorCode {
  const named = error.data?.code;
  if (named !== undefined && named in ERRORS) return named;
  return error.code === RPC.internalError ? 'VITRINE_E_INTERNAL' : 'VITRINE_E_REFUSED';
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isRequestId(value: unknown): value is RequestId {
  return value === null || typeof value === 'string' || typeof value === 'number';
}

function invalid(id: RequestId, code: number, message: string): Incoming {
  return { kind: 'invalid', id, error: { code, message } };
}
