import * as fc from 'fast-check';
import { openLedger, type MemoryLease } from '../../../runtime/core/ledger';

describe('the ledger', () => {
  it('never promises more than its budget, and refuses nothing that fits', () => {
    const acts = fc.array(
      fc.record({
        owner: fc.constantFrom('a', 'b', 'c'),
        bytes: fc.nat(400),
        give: fc.option(fc.nat(), { nil: undefined }),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(acts, (run) => {
        const ledger = openLedger(1000);
        const held: MemoryLease[] = [];
        for (const { owner, bytes, give } of run) {
          if (give !== undefined && held.length > 0) {
            const [lease] = held.splice(give % held.length, 1);
            lease!.release();
            lease!.release();
          } else {
            const free = ledger.freeBytes;
            const lease = ledger.reserve(owner, bytes);
            expect(lease !== undefined).toBe(bytes <= free);
            if (lease !== undefined) held.push(lease);
          }
          const sum = held.reduce((total, lease) => total + lease.bytes, 0);
          expect([ledger.reservedBytes, ledger.freeBytes]).toEqual([sum, 1000 - sum]);
          const byOwner = Object.values(ledger.byOwner()).reduce((total, each) => total + each, 0);
          expect(byOwner).toBe(sum);
        }
        for (const lease of held) lease.release();
        expect(ledger.reservedBytes).toBe(0);
        expect(ledger.byOwner()).toEqual({});
      }),
    );
  });

  it('takes nothing that is not a number of bytes', () => {
    const ledger = openLedger(1000);
    for (const bytes of [-1, 0.5, Number.NaN, Infinity]) expect(() => ledger.reserve('a', bytes)).toThrow(RangeError);
    expect(ledger.reservedBytes).toBe(0);
  });
});
