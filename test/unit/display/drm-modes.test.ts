/** Which mode and connector is taken, and what a mode's numbers mean. */
import fc from 'fast-check';
import { concernsGraphics } from '../../../runtime/display/drm-hotplug';
import { REQUEST } from '../../../runtime/display/drm-layout';
import { chooseMode, readMode, refreshHzOf, type Mode } from '../../../runtime/display/drm-modes';
import { fakeMode } from '../../support/fake-kernel';

const TIMING = { clockKhz: 148_352, totalWidth: 2200, totalHeight: 1125, scan: 0, roundedHz: 60, flags: 0 };

describe('a mode', () => {
  it('has the exact rate of its timing, fields of an interlaced one', () => {
    expect(refreshHzOf(TIMING)).toBeCloseTo(59.9402, 4);
    expect(refreshHzOf({ ...TIMING, clockKhz: 74_250, flags: 1 << 4 })).toBeCloseTo(60, 9);
    expect(refreshHzOf({ ...TIMING, scan: 2 })).toBeCloseTo(29.9701, 4);
    expect(refreshHzOf({ ...TIMING, clockKhz: 0 })).toBe(60);
  });

  const modes = fc.array(
    fc.record({
      widthPx: fc.integer({ min: 1, max: 4096 }),
      heightPx: fc.integer({ min: 1, max: 4096 }),
      preferred: fc.boolean(),
    }),
    { minLength: 1, maxLength: 12 },
  );

  it('is the nearest one to a size, whichever was asked for', () => {
    fc.assert(
      fc.property(
        modes,
        fc.integer({ min: 1, max: 4096 }),
        fc.integer({ min: 1, max: 4096 }),
        (some, widthPx, heightPx) => {
          const read = some.map((mode) => readMode(fakeMode(mode), 0));
          const away = (mode: Mode): number => Math.abs(mode.widthPx - widthPx) + Math.abs(mode.heightPx - heightPx);
          expect(away(chooseMode(read, { widthPx, heightPx })!)).toBe(Math.min(...read.map(away)));
        },
      ),
    );
  });

  it('is the preferred one without a size', () => {
    const read = [
      { widthPx: 9, heightPx: 9 },
      { widthPx: 5, heightPx: 5, preferred: true },
    ].map((mode) => readMode(fakeMode(mode), 0));
    expect(chooseMode(read, undefined)?.widthPx).toBe(5);
    expect(chooseMode(read.slice(0, 1), undefined)?.widthPx).toBe(9);
    expect(chooseMode([], undefined)).toBeUndefined();
  });
});

it('the requests have the numbers of the kernel', () => {
  const numbers = [
    REQUEST.resources,
    REQUEST.connector,
    REQUEST.setCrtc,
    REQUEST.createDumb,
    REQUEST.pageFlip,
    REQUEST.addFramebuffer,
  ];
  expect(numbers).toEqual([0xc04064a0, 0xc05064a7, 0xc06864a2, 0xc02064b2, 0xc01864b0, 0xc06864b8]);
});

it('only events of graphics concern the screen', () => {
  expect(concernsGraphics('change@/x\0ACTION=change\0SUBSYSTEM=drm\0HOTPLUG=1\0')).toBe(true);
  expect(concernsGraphics('add@/x\0ACTION=add\0SUBSYSTEM=usb\0')).toBe(false);
});
