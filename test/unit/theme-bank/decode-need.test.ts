/** What a decode needs at once. */
import { wholeDecodeBytes } from '../../../plugins/theme-bank/decode-need';

describe('the memory a decode needs', () => {
  const size = { width: 6000, height: 4000 };

  it('is nothing for what is read in strips', () => {
    for (const format of ['jpeg', 'png', 'tiff', 'svg']) expect(wholeDecodeBytes({ ...size, format })).toBe(0);
  });

  it('is the whole picture for what cannot be', () => {
    expect(wholeDecodeBytes({ ...size, format: 'jpeg', isProgressive: true })).toBe(72e6);
    expect(wholeDecodeBytes({ ...size, format: 'png', isProgressive: true })).toBe(96e6);
    for (const format of ['webp', 'gif', 'heif', undefined]) expect(wholeDecodeBytes({ ...size, format })).toBe(96e6);
  });
});
