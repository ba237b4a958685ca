/** A real X server on a display number of its own, whose screen a test can look at from outside. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** XWD's header: 32-bit words, the greatest byte first. */
const HEADER = { bytes: 0, width: 4, height: 5, bytesPerLine: 12, colours: 19, words: 25 } as const;
const COLOUR_BYTES = 12;

export interface XServerOptions {
  readonly widthPx: number;
  readonly heightPx: number;
  /** `:7`; else one that no other process of tests takes, also not while this server is dead for a while. */
  readonly display?: string;
  readonly depth?: number;
  readonly args?: readonly string[];
}

export interface XServer {
  /** `:7` */
  readonly display: string;
  /** The file that is its screen: an XWD header, then pixels. */
  readonly framebuffer: string;
  /** The screen as it is now: BGRX, rows tight. */
  screen(): Uint8Array;
  /** Ends it without a word to its clients. */
  kill(): Promise<void>;
}

/**
 * Numbers a process has for its servers: where a server is killed and started again, nobody else must have taken its number. It listens on
 * an abstract socket named after them, which is free again when the process ends, however it does, and leaves no file.
 */
const NUMBERS = 16;
const RANGES = 500;
let firstNumber: Promise<number> | undefined;

/** The first of the numbers of displays that belong to this process. */
async function ownNumbers(): Promise<number> {
  for (let tries = 0; tries < RANGES; tries += 1) {
    const first = 100 + ((process.pid + tries) % RANGES) * NUMBERS;
    const claim = createServer().unref();
    const claimed = new Promise<boolean>((resolve) => {
      claim.once('error', () => resolve(false));
      claim.listen(`\0vitrine-x-${first}`, () => resolve(true));
    });
    if (await claimed) return first;
  }
  throw new Error('all numbers of displays are taken');
}

/** Where servers have their sockets. The first one that ever runs on a machine makes it. */
const SOCKETS = '/tmp/.X11-unix';

function makeSockets(): void {
  if (mkdirSync(SOCKETS, { recursive: true }) !== undefined) chmodSync(SOCKETS, 0o1777);
}

/** A number of this process that no server of it has: for what only looks like one. */
export async function freeDisplay(): Promise<string> {
  makeSockets();
  firstNumber ??= ownNumbers();
  return `:${(await firstNumber) + NUMBERS - 1}`;
}

/** A server that was killed may be listening for a moment longer, as far as the kernel is concerned. */
const AGAIN_MS = 50;
const AGAIN_TRIES = 60;

/** Rejects with what the server says. */
export async function startXServer(options: XServerOptions): Promise<XServer> {
  const { display } = options;
  for (let tries = 0; ; tries += 1) {
    try {
      firstNumber ??= ownNumbers();
      return await start(options, display ?? `:${(await firstNumber) + tries}`);
    } catch (cause) {
      // Without a number of its own: another one of this process, or one that somebody left behind.
      const isTaken = /already (active|running)/.test(String(cause));
      if (!isTaken || tries + 1 === (display === undefined ? NUMBERS : AGAIN_TRIES)) throw cause;
      if (display !== undefined) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}

/** Servers that still run end with this process, however it ends. */
const running = new Map<ChildProcess, string>();
process.once('exit', () => {
  for (const [child, folder] of running) {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
});

async function start({ widthPx, heightPx, depth = 24, args = [] }: XServerOptions, display: string): Promise<XServer> {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-x-'));
  const screenArgs = [
    '-screen',
    '0',
    `${widthPx}x${heightPx}x${depth}`,
    '-fbdir',
    folder,
    '-displayfd',
    '3',
    '-nolisten',
    'tcp',
  ];
  // Ends with this process, also where that is killed.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'Xvfb', display, ...screenArgs, ...args], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const number = await firstLine(child).catch((cause: unknown) => {
    rmSync(folder, { recursive: true });
    throw cause;
  });
  running.set(child, folder);
  return {
    display: `:${number}`,
    framebuffer: join(folder, 'Xvfb_screen0'),
    screen: () => readScreen(join(folder, 'Xvfb_screen0')),
    async kill() {
      running.delete(child);
      if (child.exitCode !== null || child.signalCode !== null) {
        rmSync(folder, { recursive: true, force: true });
        return;
      }
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      for (const left of [`/tmp/.X${number}-lock`, `${SOCKETS}/X${number}`]) rmSync(left, { force: true });
      rmSync(folder, { recursive: true });
    },
  };
}

/** The number the server tells once it takes connections. */
function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    let complaint = '';
    child.stderr!.on('data', (chunk: Buffer) => (complaint += String(chunk)));
    (child.stdio[3] as NodeJS.ReadableStream).on('data', (chunk: Buffer) => {
      said += String(chunk);
      if (said.endsWith('\n')) resolve(said.trim());
    });
    child.once('exit', (code) => reject(new Error(`Xvfb ended with ${code}: ${complaint}`)));
    child.once('error', reject);
  });
}

function readScreen(file: string): Uint8Array {
  const handle = openSync(file, 'r');
  try {
    const header = Buffer.alloc(HEADER.words * 4);
    readSync(handle, header, 0, header.length, 0);
    const word = (index: number): number => header.readUInt32BE(index * 4);
    const [width, height, stride] = [word(HEADER.width), word(HEADER.height), word(HEADER.bytesPerLine)];
    const pixels = Buffer.alloc(stride * height);
    readSync(handle, pixels, 0, pixels.length, word(HEADER.bytes) + word(HEADER.colours) * COLOUR_BYTES);
    const rows = new Uint8Array(width * height * 4);
    for (let y = 0; y < height; y += 1) rows.set(pixels.subarray(y * stride, y * stride + width * 4), y * width * 4);
    return rows;
  } finally {
    closeSync(handle);
  }
}
