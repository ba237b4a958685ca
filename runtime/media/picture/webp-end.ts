/** WebP pictures: a RIFF container, whose header says how long it is. Pure. */

const HEADER_BYTES = 8;

export function isWebp(head: Buffer): boolean {
  return head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP';
}

/** Whether a file of so many bytes holds all of it. */
export function hasWebpEnd(head: Buffer, sizeBytes: number): boolean {
  return HEADER_BYTES + head.readUInt32LE(4) <= sizeBytes;
}
