import * as fc from 'fast-check';
import {
  PLAN_BYTES,
  PLAN_LAYERS,
  scratchBytes,
  tableBytes,
  WIDEST_SOURCE_PX,
} from '../../../runtime/render/plan/plan-layout';

const SCRATCH_HEADER_BYTES = 16;

describe('the layout of scratch memory', () => {
  it('holds a scaling table for every pixel of a frame row', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8192 }), (widthPx) => {
        const offsets = Math.ceil((widthPx * 4) / 16) * 16;
        expect(tableBytes(widthPx)).toBeGreaterThanOrEqual(offsets + widthPx * 8);
        expect(tableBytes(widthPx) % 16).toBe(0);
      }),
    );
  });

  it('holds all tables, a mixed row rounded up to whole vectors, and a scaled row', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8192 }),
        fc.integer({ min: 1, max: WIDEST_SOURCE_PX }),
        (widthPx, sourcePx) => {
          const mixedEnd =
            SCRATCH_HEADER_BYTES + tableBytes(widthPx) * PLAN_LAYERS + Math.ceil((sourcePx * 3 + 16) / 64) * 64 + 64;
          expect(scratchBytes(widthPx)).toBeGreaterThanOrEqual(mixedEnd + widthPx * 4);
        },
      ),
    );
  });

  it('keeps the floats of a plan on their borders', () => {
    expect(PLAN_BYTES % 8).toBe(0);
  });
});
