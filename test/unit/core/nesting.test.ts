/** Documents that would exhaust the stack are found before they are parsed; others never are. */
import { tooDeepAt } from '../../../runtime/core/nesting';

describe('nesting that is too deep', () => {
  it('is found where it begins to be, in brackets, braces, dashes and indentation', () => {
    expect(tooDeepAt(`a: ${'['.repeat(200)}`)).toBe(103);
    expect(tooDeepAt('{a: '.repeat(200))).toBe(400);
    expect(tooDeepAt('['.repeat(4_000_000))).toBe(100);
    expect(tooDeepAt('- '.repeat(200))).toBe(200);
    expect(tooDeepAt(`a:\n${' '.repeat(101)}b: 1`)).toBe(3);
  });

  it('is not what a show holds: many short lists, brackets in texts, dashes in a row, comments far to the right', () => {
    const lists = 'a: [b, [c], {d: [e]}]\n'.repeat(500);
    expect(tooDeepAt(lists)).toBeUndefined();
    expect(tooDeepAt(`- "${'['.repeat(500)}"\n- '${'{'.repeat(500)}'\n- x${'['.repeat(500)}\n`)).toBeUndefined();
    expect(tooDeepAt(`a: |\n  ${'[ - '.repeat(500)}\nb: 1\n`)).toBeUndefined();
    expect(tooDeepAt('- a\n'.repeat(500))).toBeUndefined();
    expect(tooDeepAt(`a: 1${' '.repeat(300)}# far\n`)).toBeUndefined();
  });
});
