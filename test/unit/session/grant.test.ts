/** The grant: two shows side by side share what the budget has, and one alone has its own. */
import { openLedger } from '../../../runtime/core/ledger';
import type { Tuning } from '../../../runtime/options/tune';
import { Grant } from '../../../runtime/session/grant';

function tuning(cacheBytes: number, plannedBytes: number): Tuning {
  return {
    values: { 'theme.imageCacheBytes': cacheBytes, 'theme.imageCacheEntries': 4, 'theme.batch': 100 - cacheBytes / 10 },
    steps: {},
    panel: { widthPx: 10, heightPx: 10 },
    account: {
      consumers: [{ owner: 'image cache', formula: '', bytes: cacheBytes }],
      plannedBytes,
      budgetBytes: 1000,
      sizes: {
        ringFrames: 0,
        decodeThreads: 0,
        cacheSlabs: 1,
        renderThreads: 1,
        decodeWorkers: 1,
        soundTier2Mib: 0,
        soundChunkMs: 0,
      },
      shrunk: [],
      fits: true,
    },
  };
}

function open(first: Tuning) {
  const heard: unknown[] = [];
  const ledger = openLedger(1000);
  const grant = new Grant(
    {
      ledger,
      limit: ({ values }) => heard.push(Number(values['theme.imageCacheBytes'])),
      plugins: { retune: (of) => heard.push(of('theme')) },
      optionsOf: (_, values) => values,
    },
    first,
  );
  return { grant, ledger, heard };
}

it('gives two shows side by side the sum of their caches within the budget, then the one that plays its own', () => {
  const { grant, ledger, heard } = open(tuning(300, 400));
  expect(ledger.byOwner()).toEqual({ 'image cache': 300 });
  const settle = grant.widen(tuning(200, 350));
  expect(heard).toEqual([500, { 'theme.imageCacheBytes': 500, 'theme.imageCacheEntries': 8, 'theme.batch': 80 }]);
  settle('played');
  expect(heard.slice(2)).toEqual([
    200,
    { 'theme.imageCacheBytes': 200, 'theme.imageCacheEntries': 4, 'theme.batch': 80 },
  ]);
  expect(ledger.byOwner()).toEqual({ 'image cache': 200 });
  expect([grant.account.plannedBytes, grant.plannedBytes]).toEqual([350, 600]);
});

it('goes back to what it was when the show is refused', () => {
  const { grant, ledger, heard } = open(tuning(300, 400));
  grant.widen(tuning(500, 800))('refused');
  // 200 bytes are left of the budget beside the larger plan.
  expect(heard.filter((one) => typeof one === 'number')).toEqual([700, 300]);
  expect(ledger.byOwner()).toEqual({ 'image cache': 300 });
  expect([grant.account.plannedBytes, grant.plannedBytes]).toEqual([400, 1000]);
});
