/** Foreign libraries stay where they are, whatever the collector of garbage thinks of them. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Part of every C library, and loaded by nobody. */
const UNUSED = 'libBrokenLocale.so.1';

/** Whether the library is mapped after `load` and a few collections, in a process of its own. */
function staysAfter(load: string): boolean {
  const script = `
    const { koffi, library } = require(${JSON.stringify(join(__dirname, '../../../runtime/core/foreign.js'))});
    const mapped = () => require('node:fs').readFileSync('/proc/self/maps', 'utf8').includes('BrokenLocale');
    (() => { ${load}; })();
    const before = mapped();
    let turns = 0;
    const turn = () => { gc(); if (++turns < 20) setImmediate(turn); else console.log(before, mapped()); };
    setImmediate(turn);`;
  const said = execFileSync(process.execPath, ['--expose-gc', '-e', script], { encoding: 'utf8' }).trim();
  expect(said).toMatch(/^true /);
  return said === 'true true';
}

it('keeps a library that nobody holds: others may have addresses of it', () => {
  expect(staysAfter(`library('${UNUSED}')`)).toBe(true);
});

it('would lose it otherwise', () => {
  expect(staysAfter(`koffi().load('${UNUSED}')`)).toBe(false);
});
