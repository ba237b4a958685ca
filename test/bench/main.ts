/** `npm run bench [-- part…]`: measures what the project promises, prints figures, goals and the machine. */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { benchAccount } from './account';
import { benchCrossfade, benchTimed } from './crossfade';
import { Figures } from './figures';
import { benchChain } from './chain';
import { benchClips } from './clips';
import { benchGl } from './gl';
import { benchChange, benchDecode, benchMemory, benchPlan, benchStill } from './pictures';
import { endPlayers } from './player';
import { benchLipSync } from './lip-sync';
import { benchReload, benchStall } from './robustness';
import { benchSound } from './sound';
import { benchStart } from './start';

const PARTS = {
  start: benchStart,
  crossfade: benchCrossfade,
  timed: benchTimed,
  change: benchChange,
  decode: benchDecode,
  stall: benchStall,
  reload: benchReload,
  plan: benchPlan,
  still: benchStill,
  memory: benchMemory,
  account: benchAccount,
  gl: benchGl,
  chain: benchChain,
  clips: benchClips,
  sound: benchSound,
  'lip-sync': benchLipSync,
} as const;

async function main(): Promise<number> {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !(name in PARTS));
  if (unknown.length > 0) {
    process.stderr.write(`no such part: ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}\n`);
    return 2;
  }
  const [cpu] = cpus();
  process.stdout.write(
    `${cpu?.model ?? 'unknown processor'}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(1)} GiB, Node ${process.version}, load ${loadavg()[0]!.toFixed(2)}\n\n`,
  );
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-bench-'));
  const figures = new Figures();
  try {
    for (const [name, bench] of Object.entries(PARTS)) {
      if (wanted.length === 0 || wanted.includes(name)) await bench(folder, figures);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.stdout.write(
    `\n${figures.missed.length === 0 ? 'every goal is met' : `${figures.missed.length} goals are missed`}\n`,
  );
  return figures.missed.length === 0 ? 0 : 3;
}

// However it ends, its players end with it.
process.on('exit', endPlayers);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

main().then(
  (code) => (process.exitCode = code),
  (cause: unknown) => {
    process.stderr.write(`${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}\n`);
    process.exitCode = 1;
  },
);
