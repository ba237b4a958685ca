/**
 * A program of its own: draws one vector picture and ends. On standard output: width and height (32 bits each, little-endian), then the pixels, as
 * `Decoded`. Argument: a `VectorOrder` as JSON. What is wrong with the picture is its last line on standard error.
 */
import { writeSync } from 'node:fs';
import { messageOf } from '../../runtime/core/errors';
import { decodePicture } from './decode';
import type { VectorOrder } from './vector-process';

async function main({ path, target, mostBytes }: VectorOrder): Promise<void> {
  const { pixels, widthPx, heightPx } = await decodePicture(path, target, mostBytes);
  const head = Buffer.alloc(8);
  head.writeUInt32LE(widthPx, 0);
  head.writeUInt32LE(heightPx, 4);
  for (const part of [head, pixels]) for (let at = 0; at < part.length;) at += writeSync(1, part, at);
}

main(JSON.parse(process.argv[2]!) as VectorOrder).catch((cause: unknown) => {
  process.stderr.write(`${messageOf(cause)}\n`);
  process.exitCode = 1;
});
