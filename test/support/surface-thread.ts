/** A thread that draws clips with GL as a render thread does, and reads the surface itself before it is swapped. */
import { parentPort, workerData } from 'node:worker_threads';
import { openArena } from '../../runtime/arena/arena';
import { ClipTable } from '../../runtime/arena/clip-table';
import { Directory } from '../../runtime/arena/directory';
import { openRingStore } from '../../runtime/arena/ring-store';
import { openSdlContext } from '../../runtime/display/sdl-context';
import { GL } from '../../runtime/gl/gl';
import { ClipPlayer } from '../../runtime/render/clip-player';
import { openGlRenderer } from '../../runtime/render/gl/renderer';
import { StageState } from '../../runtime/render/stage-state';
import { RenderStats } from '../../runtime/render/stats';
import { allocateSurface } from '../../runtime/session/surface';
import { openClip, writeFrame } from './clips';
import type { SurfaceOrder, SurfaceScene } from './surface';

const { widthPx, heightPx, turn, asGpu } = workerData as SurfaceOrder;
const context = openSdlContext({
  driver: 'offscreen',
  size: { widthPx, heightPx },
  env: process.env,
  vsync: false,
});
const arena = openArena(16 << 20);
const table = new ClipTable();
const rings = openRingStore(arena, table, new SharedArrayBuffer(4), 8 << 20);
const player = new ClipPlayer(table, new RenderStats());
const stage = new StageState(player);
const { message } = allocateSurface(
  arena,
  { widthPx, heightPx, renderer: 'gl' },
  { threads: 1, textures: { mostBytes: 1 << 24, idleMs: 1000, sliceMs: 4 }, asGpu },
)!;
const renderer = openGlRenderer({
  context,
  memory: arena.memory,
  directory: new Directory(),
  clips: player,
  turn,
  strip: message.strip,
  textures: message.textures,
});

/** BGRX, the topmost row first. */
function draw({ clips, atMs }: SurfaceScene): Uint8Array {
  const opened = clips.map(({ shot, layer }) => {
    const ring = openClip(rings, shot, turn, 2);
    writeFrame(ring, shot, 0, turn);
    ring.end();
    stage.apply({ op: 'add', layer: { ...layer, picture: ring.ref } });
    return { ring, id: layer.id };
  });
  stage.advanceClips(atMs);
  renderer.invalidate();
  renderer.draw(stage, atMs);
  const pixels = new Uint8Array(widthPx * heightPx * 4);
  context.gl.pixelStorei(GL.PACK_ALIGNMENT, 1);
  context.gl.readPixels(0, 0, widthPx, heightPx, GL.RGBA, GL.UNSIGNED_BYTE, pixels);
  context.swap();
  for (const { ring, id } of opened) {
    stage.apply({ op: 'remove', id });
    ring.release();
  }
  return topmostFirst(pixels);
}

function topmostFirst(rgba: Uint8Array): Uint8Array {
  const out = new Uint8Array(rgba.length);
  for (let at = 0; at < rgba.length; at += 4) {
    const row = Math.floor(at / 4 / widthPx);
    const to = ((heightPx - 1 - row) * widthPx + ((at / 4) % widthPx)) * 4;
    out.set([rgba[at + 2]!, rgba[at + 1]!, rgba[at]!, rgba[at + 3]!], to);
  }
  return out;
}

parentPort!.on('message', (scene: SurfaceScene | 'close') => {
  if (scene !== 'close') return parentPort!.postMessage(draw(scene));
  renderer.close();
  context.close();
  parentPort!.close();
});
