/** The child that decodes a clip, and the descriptors at which its frames and their times are read. */
import { startChild, type Child } from '../../runtime/media/child';
import { closeQuietly, openSocketPair, type SocketPair } from '../../runtime/media/socket-pair';
import { decodeArguments, type DecodeOrder } from './command';
import { webpArguments } from './webp/order';

export interface Decoding {
  readonly child: Child;
  /** Whoever reads them closes them. */
  readonly framesFd: number;
  readonly timesFd: number;
}

/** Throws where there is no room for more descriptors; nothing is left open then. */
export function startDecoding(ffmpeg: string, order: DecodeOrder): Decoding {
  const frames = openSocketPair();
  let times: SocketPair;
  try {
    times = openSocketPair();
  } catch (cause) {
    closeQuietly(frames.readFd);
    closeQuietly(frames.writeFd);
    throw cause;
  }
  const child = order.facts.animatedWebp
    ? startChild(process.execPath, webpArguments(order), frames.writeFd, times.writeFd)
    : startChild(ffmpeg, decodeArguments(order), frames.writeFd, times.writeFd, order.mostBytes);
  closeQuietly(frames.writeFd);
  closeQuietly(times.writeFd);
  return { child, framesFd: frames.readFd, timesFd: times.readFd };
}
