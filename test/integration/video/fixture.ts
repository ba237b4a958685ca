/** Clips made on the spot, and a clip bank over a ring store without a screen. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClipBank } from '../../../plugins/video/clip-bank';
import type { ClipOrder } from '../../../plugins/video/clip-order';
import { Decoder } from '../../../plugins/video/decoder';
import { Readers } from '../../../plugins/video/readers';
import type { Settings } from '../../../plugins/video/settings';
import { clipTarget } from '../../../plugins/video/target';
import { NO_DEVICES, type DecoderDevices } from '../../../runtime/media/decoder-devices';
import { findTools, type Tools } from '../../../runtime/media/tools';
import { openArena } from '../../../runtime/arena/arena';
import { ClipTable } from '../../../runtime/arena/clip-table';
import { openRingStore } from '../../../runtime/arena/ring-store';
import { systemClock } from '../../../runtime/core/clock';
import { createErrorLog } from '../../../runtime/core/error-log';
import { silentLog } from '../../../runtime/core/log';
import { openScope, type Scope } from '../../../runtime/core/scope';
import { Quarantine } from '../../../runtime/library/quarantine';
import { clipFrameBytes, type ClipRing, type ClipStore } from '../../../runtime/stage/clip-store';
import type { Panel } from '../../../runtime/stage/panel';
import { makeMedia } from '../../support/make-media';

export const PANEL: Panel = { widthPx: 320, heightPx: 180, turn: 0, refreshHz: 60 };

/** Clips are made once for all tests of a file. */
const CACHE = mkdtempSync(join(tmpdir(), 'vitrine-test-clips-'));
afterAll(() => rmSync(CACHE, { recursive: true, force: true }));

/** A file that ffmpeg makes of these arguments; throws with its words. */
export function made(name: string, ...args: string[]): string {
  const file = join(CACHE, name);
  return existsSync(file) ? file : makeMedia(file, ...args);
}

/** Arguments that keep every level as it is. */
export const lossless = ['-c:v', 'libx264', '-qp', '0', '-preset', 'ultrafast'];

/** Frame n is grey of the level 20 + 4n, with smooth colours beside it. */
export const steps = (frames: number, rateHz: number, size = '320x180'): string[] => [
  ...['-f', 'lavfi', '-i', `color=c=black:s=${size}:r=${rateHz}:d=${frames / rateHz},format=yuv420p`],
  ...['-vf', `geq=lum='20+4*N':cb=128:cr=128`],
];
export const levelOf = (frame: number): number => 20 + 4 * frame;

export interface World {
  readonly bank: ClipBank;
  readonly table: ClipTable;
  readonly folder: string;
  readonly scope: Scope;
  readonly tools: Tools;
  readonly reported: { code: string; message: string }[];
  order(path: string, change?: Partial<ClipOrder>): Promise<ClipOrder>;
  /** A decoder that is asked for hardware, outside of the bank; whoever opens it closes it. */
  decoder(order: ClipOrder, hardware: readonly string[]): Decoder;
  close(): Promise<void>;
}

const SETTINGS: Settings = {
  ringBytes: 12 * 320 * 180 * 2,
  ringFrames: 12,
  prefill: 2,
  decoders: 2,
  threads: 3,
  decoderBytes: 1 << 30,
  hardware: false,
  repeatHorizon: 40,
  watch: true,
};

export interface WorldOptions {
  /** A shell script in the place of ffmpeg; it may call the real one as "$FFMPEG". */
  readonly script?: string;
  readonly settings?: Partial<Settings>;
  /** Decoding devices; none where left out. */
  readonly devices?: DecoderDevices;
  /** Rings that somebody shows; without them there is a store of its own. */
  readonly store?: ClipStore;
  readonly table?: ClipTable;
}

export function openWorld({ script, settings = {}, devices = NO_DEVICES, ...shown }: WorldOptions = {}): World {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-video-'));
  const scope = openScope('video test');
  const table = shown.table ?? new ClipTable();
  const clips = shown.store ?? openRingStore(openArena(32 << 20), table, new SharedArrayBuffer(4), 24 << 20);
  const reported: World['reported'] = [];
  const errors = createErrorLog(({ code, message }) => void reported.push({ code, message }));
  let tools = findTools(null, process.env);
  if (script !== undefined) {
    const program = join(folder, 'ffmpeg');
    writeFileSync(program, `#!/bin/bash\nFFMPEG=${tools.ffmpeg}\n${script}\n`, { mode: 0o755 });
    tools = { ...tools, ffmpeg: program };
  }
  const quarantine = new Quarantine(systemClock);
  const bank = new ClipBank({ clips, quarantine, log: silentLog, errors, scope, devices }, tools, {
    ...SETTINGS,
    ...settings,
  });
  return {
    bank,
    table,
    folder,
    scope,
    tools,
    reported,
    async order(path, change = {}) {
      const found = await bank.probe.look(path);
      if (found.kind !== 'clip') throw new Error(`no clip: ${JSON.stringify(found)}`);
      const { facts, index, signature } = found;
      const target = clipTarget(facts, 'cover', PANEL, bank.mostPixels);
      return { path, facts, index, signature, target, loop: false, hardware: [], session: 's', ...change };
    },
    decoder({ path, facts, index, target }, hardware) {
      const frameMs = 1000 / facts.rateHz;
      const { widthPx, heightPx } = target;
      const ring = clips.open({ widthPx, heightPx, turn: 0, colour: facts.colour, frameMs }, 12)!;
      const parts = {
        ffmpeg: tools.ffmpeg,
        readers: new Readers(scope),
        log: silentLog,
        prefill: 2,
        distrust: () => {},
        measured: () => {},
        lastFrameMs: () => Promise.resolve(undefined),
      };
      const order = { path, facts, index, target, fromMs: 0, loop: false, hardware };
      return new Decoder(parts, order, frameMs, ring, clipFrameBytes(widthPx, heightPx));
    },
    async close() {
      const { faults } = await scope.close(5000);
      rmSync(folder, { recursive: true, force: true });
      if (faults.length > 0) throw new AggregateError(faults.map(({ cause, label }) => cause ?? label));
      if (clips.usedBytes > 0) throw new Error('a ring was left');
    },
  };
}

/** Takes frames out of a ring as a screen would, one after the other: their middle luma and their times. */
export async function takeFrames(
  { table }: World,
  ring: ClipRing,
  most = Infinity,
): Promise<{ levels: number[]; timesMs: number[] }> {
  const { clip } = ring.ref;
  const bytes = new Uint8Array(ring.address.memory.buffer);
  const levels: number[] = [];
  const timesMs: number[] = [];
  const entry = { offset: 0, frame: 0, widthPx: 0, heightPx: 0, turn: 0, colour: undefined as never };
  for (let frame = table.taken(clip); levels.length < most;) {
    if (frame >= table.written(clip)) {
      if (table.hasEnded(clip)) break;
      await new Promise((wake) => setTimeout(wake, 2));
      continue;
    }
    table.read(ring.ref, frame, entry);
    levels.push(bytes[entry.offset + (entry.heightPx >> 1) * entry.widthPx + (entry.widthPx >> 1)]!);
    timesMs.push(table.timeMs(clip, frame));
    table.count(clip, 0);
    frame += 1;
    table.take(clip, frame);
  }
  return { levels, timesMs };
}

/** Decoders that this process has started, by their process ids. */
export function children(): number[] {
  const pids = readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const [name, rest] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ') as [string, string];
      return Number(rest.split(' ')[1]) === process.pid && name.includes('ffmpeg') && !rest.startsWith('Z');
    } catch {
      return false;
    }
  });
  return pids.map(Number);
}
