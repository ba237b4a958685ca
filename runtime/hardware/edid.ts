/** EDID: what a screen says of itself (VESA E-EDID 1.4). Pure. */

const HEADER = [0, 255, 255, 255, 255, 255, 255, 0];
const BLOCK_BYTES = 128;
/** Places of the four descriptors, and what one that holds the screen's name begins with. */
const DESCRIPTORS = [54, 72, 90, 108];
const DESCRIPTOR_BYTES = 18;
const NAME = [0, 0, 0, 0xfc, 0];

/** Maker and product: `GSM-5B08`; undefined where the block is none. */
export function edidId(edid: Uint8Array): string | undefined {
  if (edid.length < 12 || HEADER.some((byte, i) => edid[i] !== byte)) return undefined;
  // Section 3.4: three letters of five bits, the greater byte first; product code, the smaller byte first.
  const maker = (edid[8]! << 8) | edid[9]!;
  const letters = [10, 5, 0].map((shift) => String.fromCharCode(64 + ((maker >>> shift) & 31))).join('');
  const product = (edid[10]! | (edid[11]! << 8)).toString(16).toUpperCase().padStart(4, '0');
  return `${letters}-${product}`;
}

/** The name on its box: `LG HDR 4K`; undefined where it tells none. */
export function edidName(edid: Uint8Array): string | undefined {
  if (edidId(edid) === undefined || edid.length < BLOCK_BYTES) return undefined;
  const at = DESCRIPTORS.find((begin) => NAME.every((byte, i) => edid[begin + i] === byte));
  if (at === undefined) return undefined;
  // Section 3.10.3: ASCII, ended by a line feed, filled up with blanks.
  const text = String.fromCharCode(...edid.subarray(at + NAME.length, at + DESCRIPTOR_BYTES));
  const name = text
    .split('\n', 1)[0]!
    .replaceAll(/[^\x20-\x7e]/g, '')
    .trim();
  return name === '' ? undefined : name;
}
