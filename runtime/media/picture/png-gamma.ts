/** PNG pictures that state their gamma (chunk `gAMA`), which libvips does not apply: they are given a profile that says the same. */
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { deflateSync } from 'node:zlib';
import { gammaProfile } from './gamma-profile';

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
/** The chunk `IEND`. */
export const PNG_END = Buffer.from('\0\0\0\0IEND\xaeB\x60\x82', 'latin1');
/** After the signature and IHDR, which comes first. */
const AFTER_HEADER = SIGNATURE.length + 12 + 13;
const COLOUR_TYPE_AT = SIGNATURE.length + 8 + 9;
/** Grey, and grey with alpha. */
const GREY_TYPES: ReadonlySet<number> = new Set([0, 4]);
/** Chunks that say more exactly what the colours are. */
const STRONGER: ReadonlySet<string> = new Set(['iCCP', 'sRGB', 'cICP']);
/** Chunks that are looked at before the pixels; real files have ten. */
const MOST_CHUNKS = 200;

const UNITS = 100_000;
/** 1/2.2, which nearly every tool writes and means sRGB by. */
const USUAL = 45_455;
const NEAR = 1000;

export function isPng(head: Buffer): boolean {
  return head.subarray(0, SIGNATURE.length).equals(SIGNATURE);
}

/** The file with a profile of its gamma; undefined where it states none, or the usual one. */
export async function withGammaProfile(path: string): Promise<Buffer | undefined> {
  const file = await open(path);
  const gamma = await statedGamma(file).finally(() => file.close());
  if (gamma === undefined || gamma <= 0 || Math.abs(gamma - USUAL) <= NEAR) return undefined;
  const bytes = await readFile(path);
  const colour = GREY_TYPES.has(bytes[COLOUR_TYPE_AT]!) ? 'GRAY' : 'RGB ';
  const profile = Buffer.concat([Buffer.from('gamma\0\0', 'latin1'), deflateSync(gammaProfile(UNITS / gamma, colour))]);
  return Buffer.concat([bytes.subarray(0, AFTER_HEADER), chunk('iCCP', profile), bytes.subarray(AFTER_HEADER)]);
}

/** In 1/100,000; undefined where none is stated, or something stronger is. */
async function statedGamma(file: FileHandle): Promise<number | undefined> {
  const head = Buffer.alloc(12);
  let gamma: number | undefined;
  for (let at = AFTER_HEADER, chunks = 0; chunks < MOST_CHUNKS; chunks += 1) {
    const { bytesRead } = await file.read(head, 0, head.length, at);
    if (bytesRead < head.length) return undefined;
    const type = head.toString('latin1', 4, 8);
    if (STRONGER.has(type)) return undefined;
    if (type === 'IDAT') return gamma;
    if (type === 'gAMA') gamma = head.readUInt32BE(8);
    at += 12 + head.readUInt32BE(0);
  }
  return undefined;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** Node before 20.15 has none. Bit by bit: it is of some hundred bytes. */
function crc32(bytes: Buffer): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}
