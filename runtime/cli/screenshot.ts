/** `vitrine screenshot FILE`: the picture on the screen as PNG, into a file or to standard output. */
import { resolve } from 'node:path';
import { callInstance } from '../control/client';
import type { Screenshot } from '../control/methods';
import { isRecord } from '../control/protocol';
import { VitrineError } from '../core/errors';
import { visible } from '../core/visible';
import { requireWritable, writeFile } from '../core/write-file';
import type { CommandIo } from './command';
import { instancePaths } from './instance';
import { refused, type RemoteArgs } from './remote';

/** Reading back and compressing a 4K picture takes a second on a small board. */
const PICTURE_MS = 30_000;

/** `-` is standard output; then nothing else is printed there. */
export async function screenshot(io: CommandIo, args: RemoteArgs, file: string): Promise<number> {
  const path = resolve(io.cwd, file);
  if (file !== '-') requireWritable(path);
  const place = instancePaths(io, args.socket);
  const reply = await callInstance({ ...place, method: 'screenshot', params: {}, timeoutMs: PICTURE_MS });
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
  writeFile(path, bytes);
  io.stdout(
    args.json
      ? `${JSON.stringify({ file: path, widthPx, heightPx, bytes: bytes.length }, null, 2)}\n`
      : `${visible(file)}: ${widthPx}x${heightPx} px, ${bytes.length} bytes\n`,
  );
  return 0;
}

function isScreenshot(result: unknown): result is Screenshot {
  return isRecord(result) && typeof result['png'] === 'string';
}
