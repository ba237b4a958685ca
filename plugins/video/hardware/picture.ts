/** Pictures of a clip, decoded one way or another, in memory. */
import { lastLine, startChild, type Child } from '../../../runtime/media/child';
import { limitTime } from '../../../runtime/core/time-limit';
import { picturesArguments, type DecodeOrder } from '../command';

export type Pictures =
  { readonly kind: 'pictures'; readonly bytes: Uint8Array } | { readonly kind: 'none'; readonly reason: string };

/** Never rejects. `began` gets the child, to end it earlier. A child that does not end is not waited for. */
export function decodePictures(
  ffmpeg: string,
  order: DecodeOrder,
  count: number,
  limitMs: number,
  began: (child: Child) => void,
): Promise<Pictures> {
  const child = startChild(ffmpeg, picturesArguments(order, count), 'pipe');
  began(child);
  const chunks: Buffer[] = [];
  child.output?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    const endLimit = limitTime(child.pid, limitMs, () => {
      child.kill();
      resolve({ kind: 'none', reason: `it gave no picture in ${limitMs / 1000} s` });
    });
    void child.ended.then(({ code, signal, complaint }) => {
      endLimit();
      const bytes = Buffer.concat(chunks);
      const reason = lastLine(complaint) || `it ended with ${signal ?? String(code)}`;
      resolve(code === 0 && bytes.length > 0 ? { kind: 'pictures', bytes } : { kind: 'none', reason });
    });
  });
}
