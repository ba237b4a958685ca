import { edidId, edidName } from '../../../runtime/hardware/edid';

/** A block as a screen sends it, with its name in the descriptor at `at`. */
function block(name: string, at = 90): Uint8Array {
  const edid = new Uint8Array(128);
  edid.set([0, 255, 255, 255, 255, 255, 255, 0, 0x1e, 0x6d, 0x08, 0x5b]);
  edid.set([0, 0, 0, 0xfc, 0, ...Buffer.from(`${name}\n`.padEnd(13).slice(0, 13))], at);
  return edid;
}

it('names a screen by maker and product, and by the name on its box', () => {
  expect(edidId(block('LG HDR 4K'))).toBe('GSM-5B08');
  expect(edidName(block('LG HDR 4K'))).toBe('LG HDR 4K');
  expect(edidName(block('THIRTEENCHARS', 108))).toBe('THIRTEENCHARS');
});

it('says nothing of blocks that are broken, cut or hold no name', () => {
  expect(edidId(new Uint8Array(0))).toBeUndefined();
  expect(edidId(block('x').fill(1, 0, 1))).toBeUndefined();
  expect(edidName(block('x').subarray(0, 64))).toBeUndefined();
  expect(edidName(block(''))).toBeUndefined();
  expect(edidName(block('x', 3))).toBeUndefined();
});
