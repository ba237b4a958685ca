/** HEIC pictures as phones make them: one HEVC picture in a HEIF container (ISO/IEC 23008-12), with its turn where it lies. */
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeMedia } from './make-media';

const VPS = 32;
const SPS = 33;
const PPS = 34;

/** ffmpeg's test picture, encoded. `turns`: quarter turns against the clock that a viewer has to make. */
export function makeHeic([widthPx, heightPx]: readonly [number, number], turns = 0): Buffer {
  const stream = join(tmpdir(), `vitrine-heic-${process.pid}.hevc`);
  makeMedia(
    stream,
    ...['-f', 'lavfi', '-i', `testsrc2=s=${widthPx}x${heightPx}:d=1`, '-frames:v', '1', '-f', 'hevc'],
    ...['-c:v', 'libx265', '-pix_fmt', 'yuv420p', '-x265-params', 'log-level=none:keyint=1:qp=8'],
  );
  const units = unitsOf(readFileSync(stream));
  rmSync(stream);
  const parameters = [VPS, SPS, PPS].map((type) => units.find((unit) => typeOf(unit) === type)!);
  const picture = units.filter((unit) => typeOf(unit) < VPS).flatMap((unit) => [uint(4, unit.length), unit]);
  return container(configuration(parameters), Buffer.concat(picture), [widthPx, heightPx], turns);
}

const typeOf = (unit: Buffer): number => (unit[0]! >> 1) & 63;

/** The units of a stream between its start codes. */
function unitsOf(stream: Buffer): Buffer[] {
  const starts: number[] = [];
  for (let at = stream.indexOf('\0\0\x01', 0, 'latin1'); at >= 0; at = stream.indexOf('\0\0\x01', at + 3, 'latin1'))
    starts.push(at + 3);
  return starts.map((start, index) => {
    let end = index + 1 < starts.length ? starts[index + 1]! - 3 : stream.length;
    while (stream[end - 1] === 0) end -= 1;
    return stream.subarray(start, end);
  });
}

function uint(bytes: number, value: number): Buffer {
  const data = Buffer.alloc(bytes);
  data.writeUIntBE(value, 0, bytes);
  return data;
}

const box = (type: string, ...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  return Buffer.concat([uint(4, 8 + content.length), Buffer.from(type, 'latin1'), content]);
};
const fullBox = (type: string, version: number, ...parts: readonly Buffer[]): Buffer =>
  box(type, uint(4, version * 2 ** 24), ...parts);

/** `hvcC`: profile, tier and level from the sequence's parameters, 8 bits, 4:2:0, then the parameters. */
function configuration(parameters: readonly Buffer[]): Buffer {
  const profile = parameters[1]!.subarray(3, 15);
  const fixed = Buffer.from([0xf0, 0, 0xfc, 0xfd, 0xf8, 0xf8, 0, 0, 0x0f, parameters.length]);
  const arrays = parameters.flatMap((unit) => [
    ...[Buffer.from([0x80 | typeOf(unit)]), uint(2, 1), uint(2, unit.length), unit],
  ]);
  return box('hvcC', Buffer.from([1]), profile, fixed, ...arrays);
}

function container(
  coded: Buffer,
  picture: Buffer,
  [widthPx, heightPx]: readonly [number, number],
  turns: number,
): Buffer {
  const type = box('ftyp', Buffer.from('heic\0\0\0\0mif1heic', 'latin1'));
  const size = fullBox('ispe', 0, uint(4, widthPx), uint(4, heightPx));
  const turn = turns === 0 ? [] : [box('irot', uint(1, turns))];
  const properties = box('ipco', coded, size, ...turn);
  const used = [0x81, 2, ...(turns === 0 ? [] : [0x83])];
  const uses = fullBox('ipma', 0, uint(4, 1), uint(2, 1), uint(1, used.length), Buffer.from(used));
  const meta = (offset: number): Buffer =>
    fullBox(
      'meta',
      0,
      fullBox('hdlr', 0, uint(4, 0), Buffer.from('pict', 'latin1'), Buffer.alloc(13)),
      fullBox('pitm', 0, uint(2, 1)),
      fullBox(
        'iloc',
        0,
        uint(2, 0x4400),
        uint(2, 1),
        uint(2, 1),
        uint(2, 0),
        uint(2, 1),
        uint(4, offset),
        uint(4, picture.length),
      ),
      fullBox('iinf', 0, uint(2, 1), fullBox('infe', 2, uint(2, 1), uint(2, 0), Buffer.from('hvc1\0', 'latin1'))),
      box('iprp', properties, uses),
    );
  const offset = type.length + meta(0).length + 8;
  return Buffer.concat([type, meta(offset), box('mdat', picture)]);
}
