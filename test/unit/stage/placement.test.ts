import * as fc from 'fast-check';
import { constant } from '../../../runtime/stage/envelope';
import { emptyPlaced, motionProgress, placeLayer, turnRect, type Rect } from '../../../runtime/stage/placement';
import { card, overlay } from '../../support/render-rig';

const size = fc.integer({ min: 1, max: 4000 });
const refOf = (widthPx: number, heightPx: number) => ({ slot: 0, generation: 1, widthPx, heightPx });

function placedAt(layer: Parameters<typeof placeLayer>[0], width: number, height: number, atMs = 0) {
  const out = emptyPlaced();
  placeLayer(layer, width, height, atMs, out);
  return out;
}

describe('placing a card', () => {
  it('that covers: fills the stage with a middle part of the picture in the shape of the stage', () => {
    fc.assert(
      fc.property(size, size, size, size, (width, height, pictureWidth, pictureHeight) => {
        const { picture, source, clip } = placedAt(card(1, refOf(pictureWidth, pictureHeight)), width, height);
        expect(picture).toEqual({ left: 0, top: 0, right: width, bottom: height });
        expect(clip).toEqual(picture);
        expect(source.left).toBeGreaterThanOrEqual(-1e-9);
        expect(source.top).toBeGreaterThanOrEqual(-1e-9);
        expect(source.left + source.right).toBeCloseTo(pictureWidth, 6);
        expect(source.top + source.bottom).toBeCloseTo(pictureHeight, 6);
        expect(((source.right - source.left) * height) / ((source.bottom - source.top) * width)).toBeCloseTo(1, 6);
        expect(Math.min(source.left, source.top)).toBeLessThan(1e-6);
      }),
    );
  });

  it('that is contained: shows all of the picture in the middle, touching two edges', () => {
    fc.assert(
      fc.property(size, size, size, size, (width, height, pictureWidth, pictureHeight) => {
        const { picture, source, clip } = placedAt(
          card(1, refOf(pictureWidth, pictureHeight), { card: { fit: 'contain' } }),
          width,
          height,
        );
        expect(source).toEqual({ left: 0, top: 0, right: pictureWidth, bottom: pictureHeight });
        expect(clip).toEqual({ left: 0, top: 0, right: width, bottom: height });
        expect(picture.left).toBeGreaterThanOrEqual(0);
        expect(picture.bottom).toBeLessThanOrEqual(height);
        expect(picture.right - picture.left === width || picture.bottom - picture.top === height).toBe(true);
        expect(Math.abs(picture.left - (width - picture.right))).toBeLessThanOrEqual(1);
        expect(Math.abs(picture.top - (height - picture.bottom))).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('that moves slowly: never shows anything beyond the picture', () => {
    const view = fc.record({
      centreX: fc.double({ min: 0, max: 1, noNaN: true }),
      centreY: fc.double({ min: 0, max: 1, noNaN: true }),
      zoom: fc.double({ min: 1, max: 5, noNaN: true }),
    });
    fc.assert(
      fc.property(
        size,
        size,
        view,
        view,
        fc.double({ min: -10, max: 110, noNaN: true }),
        (pictureWidth, pictureHeight, from, to, atMs) => {
          const motion = { fromMs: 0, untilMs: 100, from, to };
          const { source } = placedAt(
            card(1, refOf(pictureWidth, pictureHeight), { card: { motion } }),
            320,
            200,
            atMs,
          );
          expect(source.left).toBeGreaterThanOrEqual(-1e-6);
          expect(source.top).toBeGreaterThanOrEqual(-1e-6);
          expect(source.right).toBeLessThanOrEqual(pictureWidth + 1e-6);
          expect(source.bottom).toBeLessThanOrEqual(pictureHeight + 1e-6);
          expect((source.right - source.left) * 200).toBeCloseTo((source.bottom - source.top) * 320, 4);
        },
      ),
    );
  });

  it('that is uncovered: shows the named share from the named edge', () => {
    const clipOf = (revealEdge: 'left' | 'right' | 'top' | 'bottom', share: number): Rect =>
      placedAt(card(1, refOf(10, 10), { reveal: constant(share), revealEdge }), 100, 50).clip;
    expect(clipOf('left', 0.3)).toEqual({ left: 0, top: 0, right: 30, bottom: 50 });
    expect(clipOf('right', 0.3)).toEqual({ left: 70, top: 0, right: 100, bottom: 50 });
    expect(clipOf('top', 0.3)).toEqual({ left: 0, top: 0, right: 100, bottom: 15 });
    expect(clipOf('bottom', 0.3)).toEqual({ left: 0, top: 35, right: 100, bottom: 50 });
    expect(clipOf('left', -1)).toEqual({ left: 0, top: 0, right: 0, bottom: 50 });
  });
});

describe('placing an overlay', () => {
  it('shows it at its own size where it was put, moved by its offsets', () => {
    const { picture, source, clip } = placedAt(
      overlay(1, refOf(30, 20), -5, 8, { offsetX: constant(0.5), offsetY: constant(-0.1) }),
      100,
      50,
    );
    expect(picture).toEqual({ left: 45, top: 3, right: 75, bottom: 23 });
    expect(clip).toEqual(picture);
    expect(source).toEqual({ left: 0, top: 0, right: 30, bottom: 20 });
  });

  it('keeps opacity between 0 and 1', () => {
    const opacityOf = (value: number): number =>
      placedAt(overlay(1, refOf(1, 1), 0, 0, { opacity: constant(value) }), 9, 9).opacity;
    expect([-1, 0.25, 7].map(opacityOf)).toEqual([0, 0.25, 1]);
  });
});

describe('turning', () => {
  it('by four quarters, or twice by half, changes nothing', () => {
    fc.assert(
      fc.property(size, size, fc.nat(100), fc.nat(100), (width, height, left, top) => {
        const start = { left, top, right: left + 7, bottom: top + 9 };
        const rect = { ...start };
        turnRect(rect, width, height, 90);
        turnRect(rect, height, width, 90);
        const half = { ...start };
        turnRect(half, width, height, 180);
        expect(rect).toEqual(half);
        turnRect(rect, width, height, 90);
        const back = { ...start };
        turnRect(back, width, height, 270);
        expect(rect).toEqual(back);
        turnRect(rect, height, width, 90);
        expect(rect).toEqual(start);
      }),
    );
  });
});

describe('a slow motion', () => {
  it('goes evenly and rests before and after', () => {
    const view = { centreX: 0, centreY: 0, zoom: 1 };
    const motion = { fromMs: 10, untilMs: 20, from: view, to: view };
    expect([0, 10, 12, 15, 20, 99].map((atMs) => motionProgress(motion, atMs))).toEqual([0, 0, 0.2, 0.5, 1, 1]);
  });

  it('swings between both views without a jump, a stop or a change of pace but for its turns', () => {
    const view = { centreX: 0, centreY: 0, zoom: 1 };
    const motion = { fromMs: 0, untilMs: 1000, swings: true, from: view, to: view };
    const at = Array.from({ length: 10_000 }, (_, ms) => motionProgress(motion, ms));
    expect(Math.max(...at)).toBeCloseTo(1, 5);
    expect(Math.min(...at.slice(1000))).toBeCloseTo(0, 5);
    const steps = at.slice(1).map((progress, ms) => progress - at[ms]!);
    const pace = steps[0]!;
    for (const step of steps.slice(0, 999)) expect(step).toBeCloseTo(pace, 9);
    for (const [ms, step] of steps.slice(1).entries()) {
      expect(Math.abs(step)).toBeLessThanOrEqual(pace * 1.0001);
      expect(Math.abs(step - steps[ms]!)).toBeLessThan(pace / 50);
    }
    expect(steps.filter((step) => Math.abs(step) < pace * 0.99).length).toBeLessThan(steps.length * 0.17);
  });
});
