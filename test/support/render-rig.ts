/** A render thread set up as the program does it, with a stage clock that stands where a test puts it. */
import { openArena, type Arena } from '../../runtime/arena/arena';
import { ClipTable } from '../../runtime/arena/clip-table';
import { Directory } from '../../runtime/arena/directory';
import { openRingStore } from '../../runtime/arena/ring-store';
import { openSlabStore } from '../../runtime/arena/slab-store';
import { openScope, type Scope } from '../../runtime/core/scope';
import type { OutputName, RendererName, Surroundings } from '../../runtime/display/output';
import { startRenderThread, type RenderHandle } from '../../runtime/render/handle';
import type { FromRenderThread, OpenedMessage, OpenMessage, ToRenderThread } from '../../runtime/render/messages';
import { RenderStats } from '../../runtime/render/stats';
import { openStage, type Stage } from '../../runtime/session/stage';
import { allocateSurface } from '../../runtime/session/surface';
import type { StageCommand } from '../../runtime/stage/commands';
import { constant } from '../../runtime/stage/envelope';
import type { CardPlacement, Layer, SourceRef } from '../../runtime/stage/layer';
import type { ClipStore } from '../../runtime/stage/clip-store';
import type { PictureStore, StoredPicture } from '../../runtime/stage/picture-store';
import { keepEnvironment } from './c-environment';
import { putPicture } from './drawing-board';
import type { Image } from './reference-compositor';

/** Room for everything a test shows; slices as a program's. */
export const TEXTURES = { mostBytes: 64 << 20, idleMs: 10_000, sliceMs: 4 } as const;

export interface RigOptions extends Partial<Omit<OpenMessage, 'kind' | 'size' | 'wanted' | 'surroundings'>> {
  readonly output?: OutputName | 'auto';
  readonly renderer?: RendererName | 'auto';
  readonly env?: Surroundings['env'];
  readonly drivers?: readonly string[];
  readonly framebuffers?: readonly string[];
  /** As scanned out; without them the display's own. */
  readonly widthPx?: number;
  readonly heightPx?: number;
  readonly threads?: number;
  readonly arenaBytes?: number;
  /** This machine's GL, on the CPU, is used like a GPU: clips as shaders and pixel buffers bring them, without the kernels. */
  readonly asGpu?: boolean;
  /** Another answer than a surface to an output that was opened after the first one. */
  readonly answer?: (opened: OpenedMessage) => ToRenderThread | undefined;
}

export interface Rig {
  readonly scope: Scope;
  readonly render: RenderHandle;
  readonly stage: Stage;
  readonly stats: RenderStats;
  readonly arena: Arena;
  readonly store: PictureStore;
  readonly rings: ClipStore;
  readonly clips: ClipTable;
  readonly opened: OpenedMessage;
  /** Address of the frame in the arena. */
  frameAt(): number;
  /** Stores an upright picture as the show's decoder would: turned for the scan-out. */
  put(image: Image): StoredPicture;
  /** Commands that put the stage's clock at an instant and hold it there. */
  clockAt(atMs: number): StageCommand[];
  /** Sends commands; resolves when a frame has been drawn with them. */
  settle(...commands: StageCommand[]): Promise<void>;
  /** The frame as scanned out, BGRX. */
  capture(): Promise<Uint8Array>;
  /** Resolves with the next message of a kind. */
  heard<K extends FromRenderThread['kind']>(kind: K): Promise<Extract<FromRenderThread, { kind: K }>>;
  close(): Promise<void>;
}

/** Red and blue of each pixel exchanged, in place. */
function swapped(pixels: Uint8Array): Uint8Array {
  for (let at = 0; at < pixels.length; at += 4) [pixels[at], pixels[at + 2]] = [pixels[at + 2]!, pixels[at]!];
  return pixels;
}

/** Resolves with the first message of a kind from now on. */
export function nextMessage<K extends FromRenderThread['kind']>(
  render: RenderHandle,
  kind: K,
): Promise<Extract<FromRenderThread, { kind: K }>> {
  return new Promise((resolve, reject) => {
    const deaf = render.listen((message) => {
      if (message.kind !== kind) return;
      deaf();
      resolve(message as Extract<FromRenderThread, { kind: K }>);
    });
    render.ended.catch(reject);
  });
}

/** The output that was opened; rejects with the reasons when none could be. */
function firstOpened(render: RenderHandle): Promise<OpenedMessage> {
  return new Promise((resolve, reject) => {
    const deaf = render.listen((message) => {
      if (message.kind === 'opened') resolve(message);
      else if (message.kind === 'not-opened')
        reject(new Error(message.attempts.map(({ reason }) => reason).join('; ')));
      else return;
      deaf();
    });
    render.ended.catch(reject);
  });
}

export async function openRig(options: RigOptions): Promise<Rig> {
  const { widthPx, heightPx, threads = 1, arenaBytes = 64 << 20, output = 'offscreen', renderer = 'auto' } = options;
  const { turn = 0, maxFps = 60, untimed = false, excluded = [], env = {}, drivers = [], framebuffers = [] } = options;
  const limits = { threads, textures: TEXTURES, asGpu: options.asGpu };
  const scope = openScope('rig');
  scope.defer('environment', keepEnvironment());
  const stats = new RenderStats();
  const directory = new Directory();
  const clips = new ClipTable();
  const doorbell = new SharedArrayBuffer(4);
  const render = startRenderThread(
    { doorbell, stats: stats.buffer, directory: directory.buffer, clips: clips.buffer },
    scope,
  );
  const opening = firstOpened(render);
  const size = widthPx === undefined || heightPx === undefined ? undefined : { widthPx, heightPx };
  const surroundings = { env, drivers, framebuffers };
  render.send({ kind: 'open', wanted: { output, renderer }, excluded, surroundings, turn, maxFps, untimed, size });
  const opened = await opening.catch(async (cause: unknown) => {
    await scope.close(3000);
    throw cause;
  });
  const arena = openArena(arenaBytes);
  const store = openSlabStore(arena, directory, arenaBytes / 2);
  const rings = openRingStore(arena, clips, doorbell, arenaBytes / 4);
  const stage = openStage((batch) => render.send(batch));
  let surface = allocateSurface(arena, opened, limits)!;
  render.send({ ...surface.message, opening: opened.opening });
  const deaf = render.listen((message) => {
    if (message.kind === 'retired' || message.kind === 'receipt' || message.kind === 'began') stage.hear(message);
    else if (message.kind === 'opened') {
      const other = options.answer?.(message);
      if (other !== undefined) {
        render.send(other);
        return;
      }
      const { widthPx: width, heightPx: height, renderer: drawing } = message;
      const redrawn = (drawing === 'gl') !== (surface.message.canvas === undefined);
      if (width !== surface.widthPx || height !== surface.heightPx || redrawn) {
        surface.release();
        surface = allocateSurface(arena, message, limits)!;
      }
      render.send({ ...surface.message, opening: message.opening });
    }
  });
  scope.defer('stage', () => {
    deaf();
    stage.close();
  });
  let heldAtMs: number | undefined;
  let captures = 0;
  return {
    scope,
    render,
    stage,
    stats,
    arena,
    store,
    rings,
    clips,
    opened,
    frameAt: () => surface.message.canvas!.frame,
    put: (image) => putPicture(store, image, turn),
    clockAt(atMs) {
      const commands: StageCommand[] = [{ op: 'pause', atMs }];
      if (heldAtMs !== undefined) commands.unshift({ op: 'resume', atMs: heldAtMs });
      heldAtMs = atMs;
      return commands;
    },
    settle: async (...commands) => void (await stage.sendForReceipt(...commands)),
    async capture() {
      const block = arena.allocate(surface.widthPx * surface.heightPx * 4)!;
      const id = (captures += 1);
      const done = nextMessage(render, 'captured');
      render.send({ kind: 'capture', id, address: block.offset });
      const { order } = await done;
      const copy = arena.bytes.slice(block.offset, block.offset + surface.widthPx * surface.heightPx * 4);
      block.release();
      return order === 'bgrx' ? copy : swapped(copy);
    },
    heard: (kind) => nextMessage(render, kind),
    close: async () => {
      const { faults } = await scope.close(3000);
      if (faults.length > 0)
        throw new AggregateError(
          faults.map(({ cause, label }) => cause ?? label),
          'the rig left something behind',
        );
    },
  };
}

/** A layer at rest that fills the stage; say what is different. */
export function card(
  id: number,
  picture: SourceRef,
  change: Partial<Layer> & { readonly card?: Partial<CardPlacement> } = {},
): Layer {
  const { card: own, ...rest } = change;
  return {
    id,
    plane: 0,
    picture,
    placement: { kind: 'card', fit: 'cover', background: 0, ...own },
    fromMs: 0,
    untilMs: Infinity,
    opacity: constant(1),
    offsetX: constant(0),
    offsetY: constant(0),
    reveal: constant(1),
    revealEdge: 'left',
    ...rest,
  };
}

/** A picture with transparency at its own size. */
export function overlay(
  id: number,
  picture: SourceRef,
  leftPx: number,
  topPx: number,
  change: Partial<Layer> = {},
): Layer {
  return { ...card(id, picture), plane: 1, placement: { kind: 'overlay', leftPx, topPx }, ...change };
}
