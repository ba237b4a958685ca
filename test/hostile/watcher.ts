/** Looks at a running show from outside: how long each picture stays, and what the processes hold. */
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { sleep, type Player } from '../bench/player';

export interface PictureWatch {
  /** Changes so far. */
  readonly changes: number;
  /** The longest time without a change so far, in ms, the present one included. */
  worstMs(): number;
  end(): void;
}

/** Follows the pictures of a show by its events. */
export function watchPictures(player: Player): PictureWatch {
  let changes = 0;
  let worstMs = 0;
  let lastMs = performance.now();
  let text = '';
  const socket: Socket = connect(player.socket);
  socket.on('error', () => {});
  socket.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'watch' })}\n`);
  socket.on('data', (data) => {
    text += data.toString();
    const lines = text.split('\n');
    text = lines.pop()!;
    for (const line of lines) {
      if (!line.includes('"picture"')) continue;
      const nowMs = performance.now();
      worstMs = Math.max(worstMs, nowMs - lastMs);
      lastMs = nowMs;
      changes += 1;
    }
  });
  return {
    get changes() {
      return changes;
    },
    worstMs: () => Math.max(worstMs, performance.now() - lastMs),
    end: () => void socket.destroy(),
  };
}

/** Ends the watch and the show. Gives the faults seen of both, and the longest time without a change. */
export async function ended(
  player: Player,
  watch: PictureWatch,
  longestMs: number,
): Promise<{ readonly failed: string[]; readonly worstMs: number }> {
  const worstMs = Math.round(watch.worstMs());
  watch.end();
  const failed = worstMs > longestMs ? [`a picture stood for ${worstMs} ms`] : [];
  try {
    const { frames } = await player.end();
    if (frames.black > 0) failed.push(`${frames.black} black frames`);
  } catch (cause) {
    failed.push(String(cause));
  }
  return { failed, worstMs };
}

/** Processes whose command line names this text, but for this one. */
function processesNaming(text: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid) || pid === String(process.pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(text);
    } catch {
      return false;
    }
  });
}

/** How long processes may take to go that were killed, where the machine is busy. */
const LONGEST_GOING_MS = 10_000;

/** The same, of those that do not go by themselves. */
export async function processesLeft(text: string): Promise<string[]> {
  for (const endMs = performance.now() + LONGEST_GOING_MS; ;) {
    const left = processesNaming(text);
    if (left.length === 0 || performance.now() > endMs) return left;
    await sleep(50);
  }
}

/** Children of a process that run ffmpeg. */
export function decodersOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((one) => {
      try {
        const parent = readFileSync(`/proc/${one}/stat`, 'latin1').split(') ').at(-1)!.split(' ')[1];
        return parent === String(pid) && readFileSync(`/proc/${one}/comm`, 'latin1').startsWith('ffmpeg');
      } catch {
        return false;
      }
    });
}

/** Descriptors that a process holds. */
export const descriptorsOf = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

/** Bytes of memory that a process has resident. */
export function residentBytes(pid: number): number {
  return 1024 * Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0);
}
