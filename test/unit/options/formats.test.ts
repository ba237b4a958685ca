/** Values are read as people write them, and refused in words. */
import fc from 'fast-check';
import { describeRange, faultOf, mergePlugins, readValue } from '../../../runtime/options/formats';
import { formatBytes, parseBytes, parseDuration, parseSize } from '../../../runtime/options/units';
import {
  bytes,
  choice,
  count,
  durationMs,
  flag,
  listenAddress,
  MIB,
  plugins,
  ratio,
  size,
  text,
} from '../../../runtime/options/row';

const words = { doc: 'd', applies: 'live', why: 'w' } as const;
const sleep = durationMs({ ...words, default: 4, min: 0, max: 1000 });
const cache = bytes({ ...words, words: ['auto'], default: 'auto', min: MIB, max: 100 * MIB });
const turn = choice({ ...words, words: [0, 90], default: 0 });

describe('durations and sizes', () => {
  it.each([
    ['800ms', 800],
    ['6s', 6000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['1.5s', 1500],
    ['0', 0],
    [' 4ms ', 4],
    ['4', undefined],
    ['-4ms', undefined],
    ['4 weeks', undefined],
    ['', undefined],
  ])('reads the duration %p as %p ms', (written, ms) => expect(parseDuration(written)).toBe(ms));

  it.each([
    ['64MiB', 67_108_864],
    ['64MB', 64_000_000],
    ['1kB', 1000],
    ['1.5 KiB', 1536],
    ['1GiB', 2 ** 30],
    ['12', 12],
    ['64 megs', undefined],
    ['MiB', undefined],
    ['-1', undefined],
  ])('reads the size %p as %p bytes', (written, amount) => expect(parseBytes(written)).toBe(amount));

  it('reads picture sizes', () => {
    expect(parseSize('1920x1080')).toEqual({ widthPx: 1920, heightPx: 1080 });
    expect(parseSize('0x1080')).toBeUndefined();
  });

  it('reads back every whole amount it writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1023 }), fc.constantFrom('KiB', 'MiB', 'GiB'), (n, unit) => {
        expect(formatBytes(parseBytes(`${n}${unit}`) ?? 0)).toBe(`${n} ${unit}`);
      }),
    );
  });
});

describe('reading a value', () => {
  it('accepts text and typed values alike', () => {
    expect(readValue(sleep, '20ms')).toEqual({ value: 20 });
    expect(readValue(cache, 'auto')).toEqual({ value: 'auto' });
    expect(readValue(cache, 2 * MIB)).toEqual({ value: 2 * MIB });
    expect(readValue(turn, '90')).toEqual({ value: 90 });
    expect(readValue(flag({ ...words, default: false }), 'on')).toEqual({ value: true });
    expect(readValue(ratio({ ...words, default: 0.5, min: 0, max: 1 }), '25%')).toEqual({ value: 0.25 });
    expect(readValue(size({ ...words, default: '1x1' }), '1920X1080')).toEqual({ value: '1920x1080' });
    expect(readValue(text({ ...words, default: null }), null)).toEqual({ value: null });
    expect(readValue(plugins({ ...words, default: [] }), 'video=required,./x=off')).toEqual({
      value: [
        { ref: 'video', wish: 'required' },
        { ref: './x', wish: 'off' },
      ],
    });
  });

  it('accepts null as a word where null is one of the words', () => {
    expect(readValue(choice({ ...words, words: ['auto', 'null'], default: 'auto' }), null)).toEqual({ value: 'null' });
  });

  it.each([
    [sleep, 4, "'4' is not a duration", 'write 800ms, 6s, 5m or 1h'],
    [sleep, '2s', "'2s' is too large", 'permitted: 0ms to 1s'],
    [cache, '1kB', "'1kB' is too small", 'permitted: 1 MiB to 100 MiB or auto'],
    [cache, ['x'], 'this is not an amount of memory', 'write 64MiB or 64MB'],
    [turn, 45, "'45' is not one of the permitted values", 'write 0, 90'],
    [count({ ...words, default: 1, min: 1, max: 9 }), '1.5', "'1.5' is not a whole number", 'write 1 to 9'],
    [
      listenAddress({ ...words, words: ['off'], default: 'off' }),
      '8640',
      "'8640' is not an address to listen on",
      'write 127.0.0.1:8640',
    ],
    [
      plugins({ ...words, default: [] }),
      { video: 'maybe' },
      "'maybe' of 'video' is not a wish",
      'write required, optional, off',
    ],
    [
      plugins({ ...words, default: [] }),
      ['video'],
      'is not a map of plugins',
      'write {theme-bank: required, ./my-clock: optional}',
    ],
  ])('refuses in words: %#', (row, written, wrong, remedy) =>
    expect(readValue(row, written)).toEqual({ wrong, remedy }),
  );
});

it('finds nothing wrong with any value within the range', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 1000 }), (ms) => expect(faultOf(sleep, ms)).toBeUndefined()));
  expect(faultOf(sleep, 1001)).toBe('is too large');
  expect(faultOf(sleep, NaN)).toBe('is not a number');
  expect(describeRange(sleep)).toBe('0ms to 1s');
});

it('adds plugins up, the newer wish winning', () => {
  const below = [
    { ref: 'a', wish: 'required' },
    { ref: 'b', wish: 'optional' },
  ] as const;
  expect(
    mergePlugins(below, [
      { ref: 'b', wish: 'off' },
      { ref: 'c', wish: 'required' },
    ]),
  ).toEqual([
    { ref: 'a', wish: 'required' },
    { ref: 'b', wish: 'off' },
    { ref: 'c', wish: 'required' },
  ]);
});
