/** `vitrine screenshot FILE`: the picture on the screen as PNG, into a file that is whole or not there, or to standard output. */
import { randomBytes } from 'node:crypto';
import { open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { callInstance } from '../control/client';
import type { Screenshot } from '../control/methods';
import { isRecord } from '../control/protocol';
import { messageOf, VitrineError } from '../core/errors';
import type { CommandIo } from './command';
import { instancePaths } from './instance';
import { refused, type RemoteArgs } from './remote';

/** Reading back and compressing a 4K picture takes a second on a small board. */
const PICTURE_MS = 30_000;

/** `-` is standard output; then nothing else is printed there. */
export async function screenshot(io: CommandIo, args: RemoteArgs, file: string): Promise<number> {
  const socketPaths = instancePaths(io, args.socket);
  const reply = await callInstance({ socketPaths, method: 'screenshot', params: {}, timeoutMs: PICTURE_MS });
  if ('error' in reply) return refused(io, args.json, reply.error);
  if (!isScreenshot(reply.result)) throw new VitrineError('VITRINE_E_CONTROL', 'the instance sent no picture');
  const { png, widthPx, heightPx } = reply.result;
  const bytes = Buffer.from(png, 'base64');
  if (file === '-') {
    if (io.stdoutBytes === undefined)
      throw new VitrineError('VITRINE_E_USAGE', 'a picture cannot be printed here; name a file');
    io.stdoutBytes(bytes);
    return 0;
  }
  const path = resolve(io.cwd, file);
  await writeWhole(path, bytes);
  io.stdout(
    args.json
      ? `${JSON.stringify({ file: path, widthPx, heightPx, bytes: bytes.length }, null, 2)}\n`
      : `${file}: ${widthPx}x${heightPx} px, ${bytes.length} bytes\n`,
  );
  return 0;
}

/** Writes beside, then renames: no reader ever finds half a file. Rejects with VITRINE_E_WRITE and leaves nothing behind. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const beside = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}`);
  try {
    const file = await open(beside, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (cause) {
    await unlink(beside).catch(() => {});
    throw new VitrineError('VITRINE_E_WRITE', `${path} cannot be written (${messageOf(cause)})`, { cause });
  }
}

function isScreenshot(result: unknown): result is Screenshot {
  return isRecord(result) && typeof result['png'] === 'string';
}
