/** A sequence in which files are passed over for a while: the others keep their order, and each comes again at its own place. */
import fc from 'fast-check';
import { PlayOrder } from '../../../runtime/library/play-order';

const steps = fc.array(fc.record({ blocks: fc.array(fc.nat(11), { maxLength: 3 }), frees: fc.array(fc.nat(11)) }), {
  minLength: 1,
  maxLength: 60,
});

it.each([['one kind'], ['two kinds']])('passes over what cannot be shown and nothing else: %s', (kinds) => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 12 }), steps, fc.boolean(), (count, turns, looksAhead) => {
      const names = Array.from({ length: count }, (_, at) => `/t/${at}`);
      const blocked = new Set<string>();
      const usable = (path: string): boolean => !blocked.has(path);
      const order = new PlayOrder(1);
      const isMixed = kinds === 'two kinds';
      const plan = { scene: 's', themes: [{ name: 't', weight: 1 }], order: 'sequence' as const };
      const shown = isMixed ? (['images', 'videos'] as const) : (['images'] as const);
      const planners = shown.map((kind, at) => {
        const claim = order.claim('session', kind);
        const files = isMixed ? names.filter((_, index) => index % 2 === at) : names;
        claim.fill('t', { files, horizon: 100, usable });
        return claim.planner({ ...plan, kinds: [...shown] });
      });
      let last: number | undefined;
      for (const { blocks, frees } of turns) {
        for (const at of frees) blocked.delete(`/t/${at}`);
        for (const at of blocks) if (names.filter(usable).length > 2) blocked.add(`/t/${at}`);
        if (looksAhead) for (const planner of planners) planner.peek(5);
        const planner = planners.find(({ head }) => head !== undefined);
        const at = names.indexOf(planner!.draw()!.path);
        // Whatever lies between the last one and this one could not be shown.
        const passed =
          last === undefined ? [] : Array.from({ length: (at - last + count - 1) % count }, (_, step) => step);
        expect(passed.map((step) => names[(last! + 1 + step) % count]!).filter(usable)).toEqual([]);
        expect(at).not.toBe(last);
        last = at;
      }
    }),
    { numRuns: 300 },
  );
});
