/** The probe: reads the facts of a machine from its files, below `/` or a tree of the same shape. */
import { arch, cpus, freemem, totalmem } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { ConnectorFacts, HardwareFacts } from '../core/facts';
import { edidId, edidName } from './edid';
import { readGrants } from './limits';
import { openTree, type Tree } from './tree';

/** A panel beyond this is a misreading (the largest mode of HDMI 2.1 is 10240x4320). */
const LARGEST_SIDE_PX = 16384;

/**
 * Reads the facts below `root` (`/` is this machine). A few dozen small synchronous reads, under 10 ms; never throws:
 * what is missing or makes no sense is left out or takes a safe value.
 */
export function probe(root: string, env: NodeJS.ProcessEnv): HardwareFacts {
  const tree = openTree(root);
  const live = root === '/';
  const grants = readGrants(tree);
  const cpu = readCpu(tree, live);
  const totalBytes = memoryLine(tree, 'MemTotal') ?? (live ? totalmem() : 0);
  const limitBytes = grants.memoryLimitBytes;
  const graphics = readGraphics(tree);
  return {
    board: readBoard(tree, cpu.text),
    os: readOs(tree, live ? arch() : architectureOf(cpu.text)),
    cpu: {
      model: cpu.model,
      cores: cpu.cores,
      grantedCores: Math.max(1, Math.min(cpu.cores, grants.affinityCores ?? Infinity, grants.quotaCores ?? Infinity)),
    },
    memory: {
      totalBytes,
      availableBytes: Math.min(totalBytes, memoryLine(tree, 'MemAvailable') ?? (live ? freemem() : totalBytes)),
      limitBytes,
      usableBytes: Math.min(totalBytes, limitBytes ?? Infinity),
    },
    graphics,
    audio: {
      cards: [...tree.text('proc/asound/cards').matchAll(/^\s*\d+\s+\[(\S+)\s*\]/gm)].map((match) => match[1] ?? ''),
    },
    session: readSession(tree, env, graphics),
  };
}

function readBoard(tree: Tree, cpuText: string): HardwareFacts['board'] {
  const deviceTree = tree.text('proc/device-tree/model');
  const model = deviceTree === '' ? tree.text('sys/class/dmi/id/product_name') : deviceTree;
  const raspberry = /^Raspberry Pi\b/.test(deviceTree);
  const serial = tree.text('proc/device-tree/serial-number') || (/^Serial\s*:\s*(\S+)$/m.exec(cpuText)?.[1] ?? '');
  const machineId = tree.text('etc/machine-id');
  return {
    model,
    family: raspberry ? 'raspberry-pi' : 'other',
    generation: raspberry ? generationOf(deviceTree) : 0,
    // Boards without a burnt-in number show zeros.
    serial: /^[\w-]{4,64}$/.test(serial) && !/^0+$/.test(serial) ? serial : undefined,
    machineId: /^[0-9a-f]{32}$/.test(machineId) ? machineId : undefined,
    hostName: /^[\w.-]+$/.test(tree.text('etc/hostname')) ? tree.text('etc/hostname') : '',
  };
}

/** Zero and Zero W bear the chip of the first Pi, Zero 2 W that of the third; a Compute Module says its number. */
function generationOf(model: string): number {
  if (/Zero 2/.test(model)) return 3;
  if (/Zero/.test(model)) return 1;
  const number = /Pi (?:Compute Module )?(\d+)/.exec(model)?.[1];
  return number === undefined ? 1 : Number(number.slice(0, 1));
}

function readOs(tree: Tree, architecture: string): HardwareFacts['os'] {
  const release = tree.text('etc/os-release');
  const field = (name: string): string => new RegExp(`^${name}=["']?([^"'\\n]*)`, 'm').exec(release)?.[1] ?? '';
  const kernel = /^Linux version (\S+)/.exec(tree.text('proc/version'))?.[1] ?? '';
  return { id: field('ID') || 'unknown', version: field('VERSION_ID'), kernel, architecture };
}

/** In a tree of another machine: what its processor can run, named as `process.arch` does. */
function architectureOf(cpuText: string): string {
  const arm = /^CPU architecture\s*:\s*(\d+)/m.exec(cpuText)?.[1];
  if (arm !== undefined) return Number(arm) >= 8 ? 'arm64' : 'arm';
  return /^flags\s*:/m.test(cpuText) ? 'x64' : 'unknown';
}

function readCpu(tree: Tree, live: boolean): { text: string; model: string; cores: number } {
  const text = tree.text('proc/cpuinfo');
  const counted = [...text.matchAll(/^processor\s*:/gm)].length;
  const name = /^(?:model name|Model|Hardware)\s*:\s*(.+)$/m.exec(text)?.[1]?.trim() ?? '';
  return { text, model: name, cores: Math.max(1, counted || (live ? cpus().length : 1)) };
}

/** A line of /proc/meminfo in bytes. */
function memoryLine(tree: Tree, name: string): number | undefined {
  const kib = new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(tree.text('proc/meminfo'))?.[1];
  return kib === undefined || Number(kib) === 0 ? undefined : Number(kib) * 1024;
}

function readGraphics(tree: Tree): HardwareFacts['graphics'] {
  const cards = tree.names('sys/class/drm', /^card\d+$/);
  const renderNodes = tree.names('sys/class/drm', /^renderD\d+$/);
  // The platform driver of the Pi's display calls itself vc4-drm, the kernel module vc4.
  const drivers = [...cards, ...renderNodes].map((card) =>
    tree.linkName(`sys/class/drm/${card}/device/driver`).replace(/-drm$/, ''),
  );
  return {
    drivers: [...new Set(drivers.filter((driver) => driver !== ''))],
    renderNodes: renderNodes.length,
    framebuffers: tree.names('dev', /^fb\d+$/).map((name) => `/dev/${name}`),
    connectors: tree.names('sys/class/drm', /^card\d+-/).map((name) => readConnector(tree, name)),
  };
}

function readConnector(tree: Tree, name: string): ConnectorFacts {
  const modes = tree
    .text(`sys/class/drm/${name}/modes`)
    .split('\n')
    .flatMap((line) => {
      const [, width, height] = /^(\d+)x(\d+)i?$/.exec(line.trim()) ?? [];
      const [widthPx, heightPx] = [Number(width), Number(height)];
      return widthPx > 0 && heightPx > 0 && Math.max(widthPx, heightPx) <= LARGEST_SIDE_PX
        ? [{ widthPx, heightPx }]
        : [];
    });
  const edid = tree.bytes(`sys/class/drm/${name}/edid`);
  const screen = [edidId(edid), edidName(edid)].filter((part) => part !== undefined).join(' ');
  return {
    name: name.replace(/^card\d+-/, ''),
    ...(screen === '' ? {} : { screen }),
    connected: tree.text(`sys/class/drm/${name}/status`) === 'connected',
    modes,
  };
}

function readSession(
  tree: Tree,
  env: NodeJS.ProcessEnv,
  graphics: HardwareFacts['graphics'],
): HardwareFacts['session'] {
  const waylandDisplay = findWayland(tree, env);
  const x11Display = findX11(tree, env);
  const hasScreen = graphics.connectors.some((connector) => connector.connected);
  const type = waylandDisplay !== undefined ? 'wayland' : x11Display !== undefined ? 'x11' : hasScreen ? 'kms' : 'none';
  const marked = tree.exists('.dockerenv') || tree.exists('run/.containerenv') || (env['container'] ?? '') !== '';
  const underSystemd = tree.exists('run/systemd/system') && (env['INVOCATION_ID'] ?? '') !== '';
  return { type, waylandDisplay, x11Display, underSystemd, container: marked };
}

/** The named Wayland display, else the first socket of the runtime folder. A name without a socket cannot be reached. */
function findWayland(tree: Tree, env: NodeJS.ProcessEnv): string | undefined {
  const runtimeDir = env['XDG_RUNTIME_DIR'] ?? '';
  const named = env['WAYLAND_DISPLAY'] ?? '';
  if (named !== '') return tree.exists(isAbsolute(named) ? named : join(runtimeDir, named)) ? named : undefined;
  return runtimeDir === '' ? undefined : tree.names(runtimeDir, /^wayland-\d+$/)[0];
}

/** The named X display, else the first socket. A display of another host is believed: it has no socket here. */
function findX11(tree: Tree, env: NodeJS.ProcessEnv): string | undefined {
  const named = env['DISPLAY'] ?? '';
  if (named !== '') {
    const local = /^(?:unix)?:(\d+)(?:\.\d+)?$/.exec(named)?.[1];
    return local === undefined || tree.exists(`tmp/.X11-unix/X${local}`) ? named : undefined;
  }
  const [socket] = tree.names('tmp/.X11-unix', /^X\d+$/);
  return socket === undefined ? undefined : `:${socket.slice(1)}`;
}
