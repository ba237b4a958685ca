/** The mastering switch on a sound card at default options: from the next block on, and without a click. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fakeCard } from '../../support/alsa';
import { PERIOD_FRAMES } from '../../support/switch-main';

const TIMES = 24;
/** Frames that a card takes at once at `audio.latency: playback`. */
const BLOCK_FRAMES = 1024;
/** Of a change of 0.15, the first frames. */
const CHANGED = 1e-5;

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'vitrine-switch-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Where the tone begins to be unlike the period before, once it was steady: one frame for each switch. */
function changes(played: Float32Array): number[] {
  const found: number[] = [];
  let steady = 0;
  for (let at = PERIOD_FRAMES; at < played.length; at++) {
    const differs = Math.abs(played[at]! - played[at - PERIOD_FRAMES]!) > CHANGED;
    if (differs && steady > 10 * PERIOD_FRAMES) found.push(at);
    steady = differs ? 0 : steady + 1;
  }
  return found;
}

/** By how much a tone differs at most from what its last two samples foretell. */
function worstStep(played: Float32Array): number {
  const twice = 2 * Math.cos((2 * Math.PI) / PERIOD_FRAMES);
  let worst = 0;
  for (let at = 2; at < played.length; at++)
    worst = Math.max(worst, Math.abs(played[at]! - twice * played[at - 1]! + played[at - 2]!));
  return worst;
}

it('changes what is heard with the first block that is rendered after the request, and does not click', async () => {
  const card = fakeCard(folder);
  card.plugIn();
  const child = spawn(process.execPath, [join(__dirname, '../../support/switch-main.js'), folder, String(TIMES)], {
    env: { ...process.env, ALSA_CONFIG_PATH: card.config, XDG_RUNTIME_DIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await Promise.all([text(child.stdout), once(child, 'close')]);
  const lines = said.split('\n').filter((line) => line.startsWith('{'));
  const orders = lines.slice(0, -1).map((line) => JSON.parse(line) as { before: number; after: number });
  const report = JSON.parse(lines.at(-1)!) as { sink: string; toggleMs: { p50: number }; limited: object };
  expect(report).toMatchObject({ sink: 'default', limited: { ms: 0, worstDb: 0 } });
  expect(report.toggleMs.p50).toBeGreaterThan(0);
  expect(orders).toHaveLength(TIMES);
  const [played] = card.played();
  // The tone's own beginning is the first change.
  const begun = played.findIndex((x) => Math.abs(x) > 0.04) + 4 * PERIOD_FRAMES;
  const heard = played.subarray(begun);
  // After the last of them the tone ends.
  const found = changes(heard)
    .slice(0, TIMES)
    .map((at) => at + begun);
  expect(found).toHaveLength(TIMES);
  // Mastered it is a good deal louder.
  found.forEach((at, time) => {
    const after = Math.max(...played.subarray(at + 2400, at + 4800));
    if (time % 2 === 0) expect(after).toBeGreaterThan(0.1);
    else expect(after).toBeCloseTo(0.05, 6);
  });
  // The card may have been given silence before the clock began: the same for all. Nothing is heard before it was asked for.
  const early = Math.min(...found.map((at, time) => at - orders[time]!.before));
  const lateFrames = found.map((at, time) => at - early - orders[time]!.after).sort((a, b) => a - b);
  expect(lateFrames[TIMES >> 1]).toBeLessThanOrEqual(BLOCK_FRAMES);
  // A block that is being rendered while the order is given is not changed any more.
  expect(lateFrames.at(-1)).toBeLessThanOrEqual(2 * BLOCK_FRAMES);
  expect(20 * Math.log10(worstStep(heard.subarray(0, found.at(-1)! - begun + 4800)))).toBeLessThan(-60);
}, 60_000);
