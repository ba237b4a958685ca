/** The cpu renderer without its thread: frames as fast as they are drawn, for comparing many. */
import { openArena, type Arena } from '../../runtime/arena/arena';
import { Directory } from '../../runtime/arena/directory';
import { openSlabStore } from '../../runtime/arena/slab-store';
import { openCpuRenderer } from '../../runtime/render/cpu/renderer';
import type { Drawn, Renderer } from '../../runtime/render/renderer';
import { StageState } from '../../runtime/render/stage-state';
import { allocateSurface } from '../../runtime/session/surface';
import type { Layer } from '../../runtime/stage/layer';
import type { PictureStore, StoredPicture } from '../../runtime/stage/picture-store';
import { turned, type Image } from './reference-compositor';

export class DrawingBoard {
  readonly arena: Arena;
  readonly store: PictureStore;
  readonly stage = new StageState();
  readonly renderer: Renderer;
  private readonly frameAt: number;

  /** Sizes as scanned out. */
  constructor(
    readonly widthPx: number,
    readonly heightPx: number,
    readonly turn: 0 | 90 | 180 | 270 = 0,
    threads = 1,
    arenaBytes = 48 << 20,
  ) {
    this.arena = openArena(arenaBytes);
    const directory = new Directory();
    const { message } = allocateSurface(
      this.arena,
      { widthPx, heightPx, renderer: 'cpu' },
      { threads, textures: { mostBytes: 0, idleMs: 0, sliceMs: 0 } },
    )!;
    this.store = openSlabStore(this.arena, directory, this.arena.capacityBytes - this.arena.usedBytes);
    const { memory } = message;
    const { frame, plan, scratches } = message.canvas!;
    this.frameAt = frame;
    this.renderer = openCpuRenderer({
      memory,
      clips: { entryOf: () => undefined },
      directory,
      geometry: { frame, plan, widthPx, heightPx, turn },
      scratches,
      untimed: false,
    });
  }

  put(image: Image): StoredPicture {
    return putPicture(this.store, image, this.turn);
  }

  add(...layers: readonly Layer[]): void {
    for (const layer of layers) this.stage.apply({ op: 'add', layer });
  }

  clear(): void {
    for (const { id } of [...this.stage.all]) this.stage.apply({ op: 'remove', id });
  }

  draw(atMs: number): Drawn {
    return this.renderer.draw(this.stage, atMs);
  }

  /** The frame itself, BGRX as scanned out. */
  get frame(): Uint8Array {
    return this.arena.bytes.subarray(this.frameAt, this.frameAt + this.widthPx * this.heightPx * 4);
  }

  close(): void {
    this.renderer.close();
  }
}

/** Stores an upright picture as the show's decoder would: turned for the scan-out. */
export function putPicture(store: PictureStore, image: Image, turn: 0 | 90 | 180 | 270): StoredPicture {
  const lies = turn === 90 || turn === 270;
  const stored = store.reserve({
    widthPx: lies ? image.heightPx : image.widthPx,
    heightPx: lies ? image.widthPx : image.heightPx,
    layout: image.channels === 3 ? 'rgb' : 'rgba',
    turn,
  });
  if (stored === undefined) throw new Error('there is no room for this picture');
  stored.pixels.set(turned(image.data, image.widthPx, image.heightPx, image.channels, turn));
  return stored;
}
