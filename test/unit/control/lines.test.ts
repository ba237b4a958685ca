/** Cutting a byte stream into lines. */
import fc from 'fast-check';
import { LineCutter } from '../../../runtime/control/lines';

const textOf = (lines: readonly Uint8Array[]): string[] => lines.map((line) => Buffer.from(line).toString('utf8'));

describe('a stream cut into lines', () => {
  it('gives the same lines however it was cut on the way, also inside a character', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((line) => line !== '' && !/[\r\n]/.test(line));
    fc.assert(
      fc.property(fc.array(text), fc.array(fc.nat(300)), (lines, cuts) => {
        const stream = Buffer.from(lines.map((line) => `${line}\n`).join(''), 'utf8');
        const at = [0, ...cuts.map((cut) => cut % (stream.length + 1)).sort((a, b) => a - b), stream.length];
        const cutter = new LineCutter(1 << 20);
        const found = at.slice(1).flatMap((end, index) => {
          const cut = cutter.push(stream.subarray(at[index], end));
          expect(cut.tooLong).toBe(false);
          return textOf(cut.lines);
        });
        expect(found).toEqual(lines);
      }),
    );
  });

  it('drops carriage returns and empty lines', () => {
    expect(textOf(new LineCutter(10).push(Buffer.from('a\r\n\r\n\nb\n')).lines)).toEqual(['a', 'b']);
  });

  it('says when a line is too long, finished or not, and still gives the lines before it', () => {
    const unfinished = new LineCutter(4).push(Buffer.from('abc\nabcde'));
    expect([textOf(unfinished.lines), unfinished.tooLong]).toEqual([['abc'], true]);
    const finished = new LineCutter(4).push(Buffer.from('abc\nabcde\nx\n'));
    expect([textOf(finished.lines), finished.tooLong]).toEqual([['abc'], true]);
    expect(new LineCutter(4).push(Buffer.from('abcd\n')).tooLong).toBe(false);
  });
});
