/** A theme bank over real files in a folder of its own, with a small store in shared memory. */
import { mkdtempSync, rmSync, mkdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import 'reflect-metadata';
import sharp from 'sharp';
import { container } from 'tsyringe';
import { systemClock, type Clock } from '../../../runtime/core/clock';
import { createErrorLog, type ErrorLog } from '../../../runtime/core/error-log';
import { silentLog, type Log } from '../../../runtime/core/log';
import type { SessionPlan } from '../../../runtime/core/plugin';
import { openScope, type Scope } from '../../../runtime/core/scope';
import { Turns } from '../../../runtime/core/turns';
import { PlayOrder } from '../../../runtime/library/play-order';
import type { Token } from '../../../runtime/core/token';
import { MEDIA_NEWS, MEDIA_PROVIDER, type MediaProvider } from '../../../runtime/stage/media';
import { PANEL, type Panel } from '../../../runtime/stage/panel';
import type { PictureRef } from '../../../runtime/stage/layer';
import type { PictureStore } from '../../../runtime/stage/picture-store';
import type { MediaFiles } from '../../../runtime/show/media-files';
import { SHOW, type Scene, type Show, type Theme } from '../../../runtime/show/types';
import { openBank, type Bank } from '../../../plugins/theme-bank/bank';
import { openPart } from '../../../plugins/theme-bank/provider';
import type { Settings } from '../../../plugins/theme-bank/settings';
import type { Trace } from '../../../plugins/theme-bank/parts';

export const SETTINGS: Settings = {
  cacheEntries: 8,
  cacheBytes: 1 << 30,
  entryBytes: 1 << 30,
  decodeBytes: Infinity,
  lookahead: 32,
  batch: 12,
  sleepMs: 0,
  maxPreloadMs: 200,
  queue: 8,
  preloadAll: false,
  repeatHorizon: 100,
  syncWarningMs: 45,
  backgroundWarningMs: 150,
  workers: 2,
  decodesBeside: 1,
  watch: true,
};

export const SCENE: Scene = {
  media: 'images',
  themes: ['t'],
  everyMs: 1000,
  playsOut: false,
  order: 'sequence',
  fit: 'cover',
  motion: 'none',
  transition: { type: 'cut', durationMs: 0 },
  background: 0,
};

export interface TinyStore extends PictureStore {
  /** Pictures in it. */
  readonly rooms: number;
  /** 0xRRGGBB of the first pixel of a picture. */
  colourOf(picture: PictureRef): number;
}

/** Counts its rooms; fails on a double release. */
export function tinyStore(capacityBytes = 1 << 30): TinyStore {
  let usedBytes = 0;
  let slot = 0;
  const open = new Map<number, Uint8Array>();
  const bytesFor: PictureStore['bytesFor'] = ({ widthPx, heightPx, layout }) =>
    widthPx * heightPx * (layout === 'rgb' ? 3 : 4);
  return {
    capacityBytes,
    bytesFor,
    get usedBytes() {
      return usedBytes;
    },
    get rooms() {
      return open.size;
    },
    colourOf({ slot: id }) {
      const [red = 0, green = 0, blue = 0] = open.get(id) ?? [];
      return (red << 16) | (green << 8) | blue;
    },
    reserve(shape) {
      const bytes = bytesFor(shape);
      if (usedBytes + bytes > capacityBytes) return undefined;
      usedBytes += bytes;
      const id = slot++;
      const pixels = new Uint8Array(new SharedArrayBuffer(bytes));
      open.set(id, pixels);
      const lies = shape.turn === 90 || shape.turn === 270;
      return {
        ref: {
          slot: id,
          generation: 0,
          widthPx: lies ? shape.heightPx : shape.widthPx,
          heightPx: lies ? shape.widthPx : shape.heightPx,
        },
        pixels,
        bytes,
        release() {
          if (open.delete(id)) usedBytes -= bytes;
        },
      };
    },
  };
}

/** Every glob is a folder below the show's; its visible files in order. */
export const folderFiles: MediaFiles = {
  async resolve(folder, globs) {
    const folders = globs.map((glob) => join(folder, glob));
    const lists = await Promise.all(folders.map((path) => readdir(path).catch(() => [])));
    const files = lists.flatMap((names, at) => names.sort().map((name) => join(folders[at]!, name)));
    return { files, folders, warnings: [] };
  },
};

export interface World {
  readonly folder: string;
  readonly scope: Scope;
  readonly bank: Bank;
  readonly store: TinyStore;
  readonly errors: ErrorLog;
  show(scenes?: Record<string, Partial<Scene>>, themes?: Record<string, Partial<Theme>>): Show;
  /** Sessions of one seed play in one order, as those of a program do, but for one that brings an order of its own. */
  session(show?: Show, more?: { seed?: number; panel?: Partial<Panel>; order?: PlayOrder }): Promise<Session>;
  /** Writes a picture of one colour. */
  picture(path: string, rgb?: number, size?: { width: number; height: number }): Promise<string>;
  /** Closes everything; fails on a fault. */
  close(): Promise<void>;
}

export interface Session {
  readonly scope: Scope;
  readonly media: MediaProvider;
  warm(deadlineMs?: number): Promise<'warm' | 'cold'>;
}

export function openWorld(
  settings: Partial<Settings> = {},
  more: { store?: TinyStore; log?: Log; trace?: Trace; files?: MediaFiles; clock?: Clock } = {},
): World {
  const folder = mkdtempSync(join(tmpdir(), 'theme-bank-'));
  mkdirSync(join(folder, 't'));
  const scope = openScope('world');
  const errors = createErrorLog(() => {});
  const orders = new Map<number, PlayOrder>();
  let sessions = 0;
  const store = more.store ?? tinyStore();
  const log = more.log ?? silentLog;
  const clock = more.clock ?? systemClock;
  const parts = {
    container: container.createChildContainer(),
    pictures: store,
    largeWork: new Turns(),
    clock,
    log,
    errors,
    scope,
  };
  const bank = openBank(more.trace === undefined ? parts : { ...parts, trace: more.trace }, {
    ...SETTINGS,
    ...settings,
  });
  const showOf: World['show'] = (scenes = { s: {} }, themes = { t: {} }) => ({
    version: 1,
    name: 'test',
    file: join(folder, 'show.yaml'),
    folder,
    hash: 'sha256:0',
    themes: Object.fromEntries(
      Object.entries(themes).map(([name, theme]) => [
        name,
        { weight: 1, images: [name], videos: [], texts: [], ...theme },
      ]),
    ),
    scenes: Object.fromEntries(Object.entries(scenes).map(([name, scene]) => [name, { ...SCENE, ...scene }])),
    cuelist: {
      loop: 'forever',
      cues: [
        {
          name: 'c',
          durationMs: 1e6,
          scenes: [{ scene: Object.keys(scenes)[0]!, weight: 1 }],
          select: 'on-cue-start',
          transition: { type: 'cut', durationMs: 0 },
        },
      ],
    },
  });
  return {
    folder,
    scope,
    bank,
    store,
    errors,
    show: showOf,
    async session(show = showOf(), { seed = 1, panel = {}, order = orders.get(seed) ?? new PlayOrder(seed) } = {}) {
      orders.set(seed, order);
      const inner = scope.child('session');
      const given = new Map<unknown, unknown>([
        [SHOW, show],
        [MEDIA_NEWS, { filesChanged: () => {} }],
        [PANEL, { widthPx: 64, heightPx: 36, turn: 0, refreshHz: 60, ...panel }],
      ]);
      sessions += 1;
      const plan: SessionPlan = { sessionId: `s${sessions}`, seed, get: <T>(token: Token<T>) => given.get(token) as T };
      const part = await openPart(bank, { files: more.files ?? folderFiles, order, clock, log, errors }, plan, inner);
      const provided = part.provides?.find(({ token }) => token === MEDIA_PROVIDER);
      return {
        scope: inner,
        media: provided!.value as MediaProvider,
        warm: (deadlineMs = 10_000) => part.warm(deadlineMs),
      };
    },
    async picture(path, rgb = 0x336699, { width, height } = { width: 80, height: 60 }) {
      const background = `#${rgb.toString(16).padStart(6, '0')}`;
      const full = join(folder, path);
      await sharp({ create: { width, height, channels: 3, background } })
        .png()
        .toFile(full);
      return full;
    },
    async close() {
      const { faults } = await scope.close(5000);
      rmSync(folder, { recursive: true, force: true });
      expect(faults).toEqual([]);
      expect(store.rooms).toBe(0);
    },
  };
}

export const never: AbortSignal = new AbortController().signal;
