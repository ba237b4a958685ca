/** A whole machine under software emulation, with a screen that is looked at from outside. Never outlives its test. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import type { Order } from '../machine/orders';
import { ScreenCable } from './screen-cable';

/** From `dist…/test/support` up to the project. */
const PROJECT = resolve(__dirname, '../../..');

export const imageFolder = (): string => process.env['VITRINE_MACHINE_CACHE'] ?? join(tmpdir(), 'vitrine-machine');

/** Why no machine can be started here; undefined when one can. */
export function whyNoMachine(): string | undefined {
  if (process.env['VITRINE_TEST_MACHINE'] !== '1') return 'VITRINE_TEST_MACHINE is not 1';
  for (const program of ['qemu-system-x86_64', 'mmdebstrap', 'mke2fs']) {
    if (spawnSync(program, ['--version']).error !== undefined) return `${program} is not installed`;
  }
  return process.getuid?.() === 0 ? undefined : 'making the image needs root';
}

/** Makes the image where it is not there yet; takes one to two minutes then. */
export function makeImage(): void {
  const script = join(PROJECT, 'test/machine/make-image.sh');
  const made = spawnSync('bash', [script, imageFolder()], { encoding: 'utf8', timeout: 600_000 });
  if (made.status !== 0) throw new Error(`the image was not made (${String(made.status)}): ${made.stderr}`);
}

export interface MachineOptions {
  /** Arguments that give it a screen. */
  readonly display: readonly string[];
  /** Added to the kernel's command line. */
  readonly kernelArgs: readonly string[];
  /** Compiled program to run in it, as seen from here. */
  readonly program: string;
  readonly limitMs: number;
}

export interface Picture {
  readonly widthPx: number;
  readonly heightPx: number;
  /** R, G, B bytes. */
  readonly rgb: Uint8Array;
}

/** Lines and bytes of a socket, taken one after the other. */
class Lines {
  private text = '';
  private readonly waiting: (() => void)[] = [];

  constructor(readonly socket: Socket) {
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      this.text += chunk;
      for (const wake of this.waiting.splice(0)) wake();
    });
    socket.on('close', () => this.waiting.splice(0).forEach((wake) => wake()));
    // The machine's end is told by whoever waits for a line.
    socket.on('error', () => {});
  }

  /** Whether text up to `end` has come and is not taken yet. */
  has(end: string): boolean {
    return this.text.includes(end);
  }

  /** The next text up to `end`. */
  async upTo(end: string): Promise<string> {
    for (;;) {
      const at = this.text.indexOf(end);
      if (at >= 0) {
        const found = this.text.slice(0, at);
        this.text = this.text.slice(at + end.length);
        return found;
      }
      if (this.socket.destroyed) throw new Error('the machine has ended');
      await new Promise<void>((wake) => this.waiting.push(wake));
    }
  }
}

const PROMPT = '(qemu) ';

/** A processor of the machine that is stuck while drivers are loaded: a fault of the emulator (seen once), before our program runs. */
const STUCK_IN_BOOT = /soft lockup|rcu_\w+ detected stalls/;
const MOST_BOOTS = 3;
const LOOK_EVERY_MS = 250;

export class VirtualMachine {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    private readonly monitor: Lines,
    private readonly line: Lines,
    private readonly cable: ScreenCable,
  ) {}

  /** A machine whose program has written its first line, or that has ended; `told` then throws with its console. */
  static async start(options: MachineOptions): Promise<VirtualMachine> {
    for (let boot = 1; ; boot++) {
      const machine = await VirtualMachine.boot(options);
      if ((await machine.comesUp()) || boot === MOST_BOOTS) return machine;
      await machine.end();
    }
  }

  private static async boot({ display, kernelArgs, program, limitMs }: MachineOptions): Promise<VirtualMachine> {
    const folder = mkdtempSync(join(tmpdir(), 'vitrine-vm-'));
    const image = imageFolder();
    const guestProgram = `/project/${relative(PROJECT, program)}`;
    const append = ['root=/dev/vda rw console=ttyS0 loglevel=4', `vitrine.driver=${guestProgram}`, ...kernelArgs];
    const sockets = ['monitor', 'line', 'cable'].map((name) => join(folder, name)) as [string, string, string];
    // `timeout` ends the machine when nobody else does.
    const child = spawn(
      'timeout',
      [
        ...['--kill-after=5', String(Math.ceil(limitMs / 1000)), 'qemu-system-x86_64'],
        ...[
          '-accel',
          'tcg,thread=multi',
          '-cpu',
          'max,-avx,-avx2',
          '-smp',
          '2',
          '-m',
          '1024',
          '-nodefaults',
          '-no-reboot',
        ],
        ...['-kernel', join(image, 'vmlinuz'), '-initrd', join(image, 'initrd'), '-append', append.join(' ')],
        ...['-drive', `file=${join(image, 'disk.img')},format=raw,if=virtio,snapshot=on`],
        ...['-virtfs', `local,path=${PROJECT},mount_tag=project,security_model=none,readonly=on`],
        ...['-vnc', `unix:${sockets[2]}`, '-monitor', `unix:${sockets[0]},server=on,wait=off`],
        ...['-serial', `file:${join(folder, 'console')}`, '-serial', `unix:${sockets[1]},server=on,wait=off`],
        ...display,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => (complaint += String(chunk)));
    while (!sockets.every((path) => existsSync(path))) {
      if (child.exitCode !== null) throw new Error(`qemu ended with ${child.exitCode}: ${complaint}`);
      await new Promise((wake) => setTimeout(wake, 20));
    }
    const [monitor, line] = sockets.slice(0, 2).map((path) => new Lines(connect(path))) as [Lines, Lines];
    await monitor.upTo(PROMPT);
    return new VirtualMachine(child, folder, monitor, line, await ScreenCable.plugIn(sockets[2]));
  }

  /** False where a processor is stuck before the program runs. */
  private async comesUp(): Promise<boolean> {
    while (!this.line.has('\n') && !this.line.socket.destroyed) {
      if (STUCK_IN_BOOT.test(this.console())) return false;
      await new Promise((wake) => setTimeout(wake, LOOK_EVERY_MS));
    }
    return true;
  }

  private console(): string {
    return readFileSync(join(this.folder, 'console'), 'utf8');
  }

  /** The next thing the program in the machine tells. */
  async told(): Promise<Record<string, unknown>> {
    try {
      return JSON.parse(await this.line.upTo('\n')) as Record<string, unknown>;
    } catch (cause) {
      throw new Error(`the machine told nothing; its console:\n${this.console().slice(-3000)}`, { cause });
    }
  }

  /** Lets the program in the machine go on. */
  goOn(): void {
    this.line.socket.write('\n');
  }

  /** Asks something of the program in the machine; resolves with its answer. */
  async order(order: Order): Promise<Record<string, unknown>> {
    this.line.socket.write(`${JSON.stringify(order)}\n`);
    return this.told();
  }

  /** Changes the screen at the end of the cable; without a size the cable is pulled. */
  changeScreen(size: { readonly widthPx: number; readonly heightPx: number } | undefined): void {
    this.cable.ask(size?.widthPx ?? 0, size?.heightPx ?? 0);
  }

  /** What is on the screen now. */
  async screen(): Promise<Picture> {
    const file = join(this.folder, 'screen.ppm');
    this.monitor.socket.write(`screendump ${file}\n`);
    await this.monitor.upTo(PROMPT);
    return readPpm(readFileSync(file));
  }

  async end(): Promise<void> {
    const gone = new Promise((wake) => this.child.once('exit', wake));
    this.monitor.socket.destroy();
    this.line.socket.destroy();
    this.cable.close();
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGTERM'); // `timeout` passes it on
      await gone;
    }
    rmSync(this.folder, { recursive: true });
  }
}

function readPpm(file: Buffer): Picture {
  const header = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(file.toString('latin1', 0, 64));
  if (header === null) throw new Error('not a PPM picture');
  return { widthPx: Number(header[1]), heightPx: Number(header[2]), rgb: file.subarray(header[0].length) };
}
