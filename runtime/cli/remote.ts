/** The commands that talk to the running instance: call, print, exit code. */
import { resolve } from 'node:path';
import { callInstance, watchInstance } from '../control/client';
import { errorCodeOf, type Params, type RpcError } from '../control/protocol';
import { ERRORS, formatIssue } from '../core/errors';
import type { CommandIo } from './command';
import { instancePaths } from './instance';
import { clockTime } from './readable-line';
import { outcomeText, statusText } from './remote-text';

export interface RemoteArgs {
  readonly json: boolean;
  /** Path of the control socket, where it is given. */
  readonly socket?: string;
}

/** Answers come within milliseconds; this long only when the instance hangs. */
const ANSWER_MS = 10_000;

/** A reload warms a session beside the running one; on a small board with a large show that takes a while. */
const RELOAD_ANSWER_MS = 120_000;

/** `vitrine status`. */
export async function status(io: CommandIo, args: RemoteArgs): Promise<number> {
  return callAndPrint(io, args, 'status', {}, ANSWER_MS, statusText);
}

/** `vitrine next`, `previous`, `goto CUE`, `pause`, `resume`, `stop`: verbs that answer at once. */
export async function steer(io: CommandIo, args: RemoteArgs, verb: string, params: Params): Promise<number> {
  return callAndPrint(io, args, verb, params, ANSWER_MS, (result) => outcomeText(verb, result));
}

/** `vitrine reload [--show F]`: resolves when the new session is on the screen, or refused. */
export async function reload(io: CommandIo, args: RemoteArgs, show: string | undefined): Promise<number> {
  const params = show === undefined ? {} : { show: resolve(io.cwd, show) };
  return callAndPrint(io, args, 'reload', params, RELOAD_ANSWER_MS, (result) => outcomeText('reload', result));
}

/** `vitrine watch`: events with the time at which each came in, one a line, until interrupted or until the instance ends. */
export async function watch(io: CommandIo, args: RemoteArgs): Promise<number> {
  const interruption = io.interruption?.() ?? new AbortController().signal;
  const print = (name: string, event: unknown): void =>
    io.stdout(
      args.json ? `${JSON.stringify({ name, event })}\n` : `${clockTime(Date.now())} ${outcomeText(name, event)}\n`,
    );
  const call = { ...instancePaths(io, args.socket), timeoutMs: ANSWER_MS };
  const outcome = await watchInstance(call, print, interruption);
  if ('error' in outcome) return refused(io, args.json, outcome.error);
  if (outcome.over === 'ended') io.stderr('the instance has ended\n');
  return 0;
}

/** One call whose result is the whole output. */
async function callAndPrint(
  io: CommandIo,
  args: RemoteArgs,
  method: string,
  params: Params,
  timeoutMs: number,
  describe: (result: unknown) => string,
): Promise<number> {
  const reply = await callInstance({ ...instancePaths(io, args.socket), method, params, timeoutMs });
  if ('error' in reply) return refused(io, args.json, reply.error);
  io.stdout(args.json ? `${JSON.stringify(reply.result, null, 2)}\n` : `${describe(reply.result)}\n`);
  return 0;
}

/** Tells why the instance refused: its single faults where it names them. The exit code says whether it was a refusal. */
export function refused(io: CommandIo, json: boolean, error: RpcError): number {
  const faults = error.data?.errors ?? [];
  io.stderr(`${faults.length > 0 ? faults.map(formatIssue).join('\n') : error.message}\n`);
  if (json) io.stdout(`${JSON.stringify({ error }, null, 2)}\n`);
  return errorCodeOf(error) === 'VITRINE_E_INTERNAL' ? ERRORS.VITRINE_E_INTERNAL.exit : ERRORS.VITRINE_E_REFUSED.exit;
}
