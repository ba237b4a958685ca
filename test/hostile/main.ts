/**
 * The hostile campaign: broken media, fuzzed orders and requests, killed decoders, signals, files that change, against the real program on
 * loopback and in a folder of its own. `npm run test:hostile` takes three minutes; `-- whole` is larger; `-- KIND` runs those whose name holds it;
 * `-- seed=TEXT` plays another one. Ends with 1 where anything failed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endPlayers } from '../bench/player';
import { killedDecoders, killedPrograms, signals } from './ends';
import { changingFiles } from './files';
import { mutatedMedia } from './media';
import { fuzzedOrders } from './orders';
import { printRow, type Row } from './tally';
import { fuzzedRequests } from './web';

const args = process.argv.slice(2);
const isWhole = args.includes('whole');
const seed = args.find((text) => text.startsWith('seed='))?.slice(5) ?? '1';
const wanted = args.filter((text) => text !== 'whole' && !text.includes('='));
/** The whole campaign is ten times the short one. */
const times = isWhole ? 10 : 1;

const folder = mkdtempSync(join(tmpdir(), 'vitrine-hostile-'));
const KINDS: Readonly<Record<string, () => Promise<Row | Row[]>>> = {
  media: () => mutatedMedia(folder, 21 * times, 20_000 * times, seed),
  orders: () => fuzzedOrders(folder, 2000 * times, seed),
  web: () => fuzzedRequests(folder, 400 * times, seed),
  decoders: () => killedDecoders(folder, 8 * times, seed),
  signals: () => signals(folder, 12 * times, seed),
  kills: () => killedPrograms(folder, 2 * times),
  files: () => changingFiles(folder, 110 * times, seed),
};

async function main(): Promise<number> {
  let failed = 0;
  for (const [kind, run] of Object.entries(KINDS)) {
    if (wanted.length > 0 && !wanted.some((name) => kind.includes(name))) continue;
    for (const row of [await run()].flat()) {
      printRow(row);
      failed += row.failed.length;
    }
  }
  return failed === 0 ? 0 : 1;
}

process.once('exit', () => {
  endPlayers();
  rmSync(folder, { recursive: true, force: true });
});
main().then(
  (code) => process.exit(code),
  (cause: unknown) => {
    console.error(cause);
    process.exit(1);
  },
);
