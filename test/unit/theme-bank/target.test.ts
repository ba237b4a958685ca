import type { Panel } from '../../../runtime/stage/panel';
import type { Scene } from '../../../runtime/show/types';
import { targetBytes, targetOf, variantOf } from '../../../plugins/theme-bank/target';

const PANEL: Panel = { widthPx: 1920, heightPx: 1080, turn: 0, refreshHz: 60 };
const SCENE: Scene = {
  media: 'images',
  themes: ['t'],
  everyMs: 6000,
  playsOut: false,
  order: 'shuffle',
  fit: 'cover',
  motion: 'none',
  transition: { type: 'cut', durationMs: 0 },
  background: 0x112233,
};

describe('the size pictures are stored at', () => {
  it('is the panel', () => {
    expect(targetOf(SCENE, PANEL, 1e9)).toMatchObject({ target: { widthPx: 1920, heightPx: 1080 }, shrunk: false });
  });

  it('has 15 % more where the picture moves', () => {
    expect(targetOf({ ...SCENE, motion: 'ken-burns' }, PANEL, 1e9).target).toMatchObject({
      widthPx: 2208,
      heightPx: 1242,
    });
  });

  it('is smaller where an entry may not be that large', () => {
    const { target, shrunk } = targetOf(SCENE, PANEL, 1_000_000);
    expect(shrunk).toBe(true);
    expect(targetBytes(target)).toBeLessThanOrEqual(1_000_000);
    expect(targetBytes(target)).toBeGreaterThan(990_000);
  });

  it('is exactly the panel where an entry may be exactly that large', () => {
    expect(targetOf(SCENE, PANEL, 1920 * 1080 * 3).shrunk).toBe(false);
  });
});

describe('the variant of a stored picture', () => {
  const { target } = targetOf(SCENE, PANEL, 1e9);

  it('differs by size, fit and turn', () => {
    const variants = [
      target,
      { ...target, widthPx: 1 },
      { ...target, fit: 'contain' as const },
      { ...target, turn: 90 as const },
    ];
    expect(new Set(variants.map((one) => variantOf('/a.png', one))).size).toBe(4);
  });

  it('differs by background only where that may show through', () => {
    const other = { ...target, background: 0xffffff };
    expect(variantOf('/a.png', target)).not.toBe(variantOf('/a.png', other));
    expect(variantOf('/a.JPG', target)).toBe(variantOf('/a.JPG', other));
  });
});
