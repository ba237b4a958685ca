/** Tiles: they cover a picture without gap or overlap, and none is larger than the GL takes. */
import * as fc from 'fast-check';
import { spans } from '../../../../runtime/render/gl/tiles';

it('cover every pixel once, hold a rim of their neighbours and fit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 64, max: 8192 }), (sizePx, mostPx) => {
      const tiles = spans(sizePx, mostPx);
      expect(tiles[0]!.from).toBe(0);
      expect(tiles.at(-1)!.to).toBe(sizePx);
      for (const [at, { from, to, heldFrom, heldTo }] of tiles.entries()) {
        if (at > 0) expect(from).toBe(tiles[at - 1]!.to);
        expect(to).toBeGreaterThan(from);
        expect(heldTo - heldFrom).toBeLessThanOrEqual(mostPx);
        expect([heldFrom, heldTo]).toEqual(
          [Math.max(0, from - 1), Math.min(sizePx, to + 1)].map((px, side) =>
            tiles.length === 1 ? [0, sizePx][side]! : px,
          ),
        );
      }
      expect(tiles.length).toBeLessThanOrEqual(Math.ceil(sizePx / (mostPx - 2)));
    }),
  );
});
