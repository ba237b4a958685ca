/** A decode thread that hangs over its first order, with a child of its own at work; the thread that replaces it is the real one. */
import { existsSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { startChild } from '../../runtime/media/child';

const { ffmpeg } = workerData as { readonly ffmpeg: string };
const marker = `${ffmpeg}.hung`;

if (existsSync(marker)) createRequire(__filename)('../../plugins/audio/decode/decode-thread');
else
  parentPort!.once('message', () => {
    const child = startChild('/bin/sleep', ['1000'], 'ignore');
    writeFileSync(marker, String(child.pid));
  });
