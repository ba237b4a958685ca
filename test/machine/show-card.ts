/** Runs inside the machine: shows the test card through one output, step by step, and tells over the second serial line. */
import { openSync, readdirSync, readFileSync, readSync, writeSync } from 'node:fs';
import { fbdevOutput } from '../../runtime/display/fbdev';
import { systemKernel } from '../../runtime/display/kernel';
import { createKmsOutput, kmsOutput } from '../../runtime/display/kms';
import type { Output } from '../../runtime/display/output';
import { paintCard, paintSquare, SQUARE_PX, squareAt, squareColour, STEPS } from './test-card';

const REQUEST = { size: undefined, env: {}, drivers: [], framebuffers: [] };
/** The driver of the display is loaded while the system starts. */
const APPEARS_WITHIN_MS = 60_000;
const REOPENINGS = 20;

const line = openSync('/dev/ttyS1', 'r+');
const tell = (what: object): void => void writeSync(line, `${JSON.stringify(what)}\n`);

function awaitWord(): void {
  const byte = Buffer.alloc(1);
  do readSync(line, byte);
  while (byte[0] !== 10);
}

/** Mode of the console in front: 0 text, 1 graphics. */
function consoleMode(): number {
  const file = systemKernel.open('/dev/tty0');
  const mode = new Uint8Array(new ArrayBuffer(4));
  systemKernel.ioctl(file, 0x4b3b, mode);
  systemKernel.close(file);
  return mode[0]!;
}

const openFiles = (): number => readdirSync('/proc/self/fd').length;

async function openWhenThere(open: () => Output): Promise<Output> {
  const endMs = performance.now() + APPEARS_WITHIN_MS;
  for (;;) {
    try {
      return open();
    } catch (cause) {
      if (performance.now() > endMs) throw cause;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

async function main(): Promise<void> {
  const wanted = /vitrine\.output=(\w+)/.exec(readFileSync('/proc/cmdline', 'utf8'))?.[1];
  const open = (): Output => (wanted === 'kms' ? kmsOutput : fbdevOutput).open(REQUEST);
  const output = await openWhenThere(open);
  const { widthPx, heightPx, refreshHz } = output;
  // Where a frame of the program lies: in memory that threads share, on a page's border.
  const memory = new WebAssembly.Memory({ initial: 1024, maximum: 1024, shared: true });
  const frame = new Uint8Array(memory.buffer, 65_536, widthPx * heightPx * 4);
  paintCard(frame, widthPx, heightPx);
  output.attach(frame);
  output.present({ left: 0, top: 0, right: widthPx, bottom: heightPx });
  for (let step = 1; step <= STEPS; step++) {
    const { left, top } = squareAt(step);
    paintSquare(frame, widthPx, left, top, SQUARE_PX, squareColour(step));
    if (!output.present({ left, top, right: left + SQUARE_PX, bottom: top + SQUARE_PX })) throw new Error('lost');
  }
  const refreshedAtMs = output.refreshedAtMs ?? 0;
  const event = output.poll();
  tell({
    shown: true,
    driver: output.driver,
    widthPx,
    heightPx,
    refreshHz,
    event,
    console: consoleMode(),
    refreshedAtMs,
  });
  awaitWord();
  if (wanted === 'kms') tell({ second: refusalOfASecond() });
  else tell({ second: '' });
  output.close();
  const files = openFiles();
  for (let i = 0; i < REOPENINGS; i++) {
    const again = open();
    again.attach(frame);
    again.present({ left: 0, top: 0, right: widthPx, bottom: heightPx });
    again.close();
  }
  tell({ closed: true, console: consoleMode(), leftOpen: openFiles() - files });
}

/** What another program is told that wants the screen meanwhile. */
function refusalOfASecond(): string {
  try {
    createKmsOutput(systemKernel).open(REQUEST).close();
    return 'was let in';
  } catch (cause) {
    return String(cause);
  }
}

main().catch((cause: unknown) => tell({ failed: String(cause) }));
