/** ICC profiles of pictures whose samples are a power of light. Pure. */

/** A gamma curve counts in 1/256. */
const CURVE_UNITS = 256;
const FIXED_UNITS = 65_536;
const HEADER_BYTES = 128;
const VERSION = 0x02_40_00_00;

/** The primaries and the white of sRGB, adapted to D50 (ICC.1:2010, the sRGB profile of the ICC). */
const D50 = [0.9642, 1, 0.8249] as const;
const RED = [0.43607, 0.22249, 0.01392] as const;
const GREEN = [0.38515, 0.71687, 0.09708] as const;
const BLUE = [0.14307, 0.06061, 0.7141] as const;

/** A display profile of version 2 with the primaries of sRGB, or of grey alone; light is `sample ** exponent`. */
export function gammaProfile(exponent: number, colour: 'RGB ' | 'GRAY'): Buffer {
  const curve = Buffer.alloc(14);
  curve.write('curv', 'latin1');
  curve.writeUInt32BE(1, 8);
  curve.writeUInt16BE(Math.round(exponent * CURVE_UNITS), 12);
  const about = [tag('desc', description('gamma')), tag('cprt', text('none')), tag('wtpt', xyz(D50))];
  const colours =
    colour === 'GRAY'
      ? [tag('kTRC', curve)]
      : [
          ...[tag('rXYZ', xyz(RED)), tag('gXYZ', xyz(GREEN)), tag('bXYZ', xyz(BLUE))],
          ...[tag('rTRC', curve), tag('gTRC', curve), tag('bTRC', curve)],
        ];
  return assemble([...about, ...colours], colour);
}

interface Tag {
  readonly name: string;
  readonly data: Buffer;
}

/** Data begin at multiples of four bytes. */
const tag = (name: string, data: Buffer): Tag => ({
  name,
  data: Buffer.concat([data, Buffer.alloc(-data.length & 3)]),
});

function xyz(values: readonly number[]): Buffer {
  const data = Buffer.alloc(20);
  data.write('XYZ ', 'latin1');
  values.forEach((value, at) => data.writeInt32BE(Math.round(value * FIXED_UNITS), 8 + 4 * at));
  return data;
}

function text(words: string): Buffer {
  return Buffer.concat([Buffer.from('text\0\0\0\0', 'latin1'), Buffer.from(`${words}\0`, 'latin1')]);
}

/** ASCII alone; the Unicode and Macintosh parts are empty. */
function description(words: string): Buffer {
  const ascii = Buffer.from(`${words}\0`, 'latin1');
  const head = Buffer.alloc(12);
  head.write('desc', 'latin1');
  head.writeUInt32BE(ascii.length, 8);
  return Buffer.concat([head, ascii, Buffer.alloc(8 + 70)]);
}

function assemble(tags: readonly Tag[], colour: string): Buffer {
  const table = Buffer.alloc(4 + 12 * tags.length);
  table.writeUInt32BE(tags.length, 0);
  let at = HEADER_BYTES + table.length;
  tags.forEach(({ name, data }, index) => {
    table.write(name, 4 + 12 * index, 'latin1');
    table.writeUInt32BE(at, 8 + 12 * index);
    table.writeUInt32BE(data.length, 12 + 12 * index);
    at += data.length;
  });
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(at, 0);
  header.writeUInt32BE(VERSION, 8);
  header.write(`mntr${colour}XYZ `, 12, 'latin1');
  header.write('acsp', 36, 'latin1');
  xyz(D50).copy(header, 68, 8);
  return Buffer.concat([header, table, ...tags.map(({ data }) => data)]);
}
