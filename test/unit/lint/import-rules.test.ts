/** The import rules bite: one bad snippet for each rule of the house, linted as if it stood in a file that exists. */
import { ESLint } from 'eslint';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../../../..');

// Loading the compiler's view of the project takes seconds on a small machine.
jest.setTimeout(120_000);

/** The ids of the rules that object to `code` in place of `file`. */
async function lintAt(file: string, code: string): Promise<string[]> {
  const results = await linter.lintText(code, { filePath: path.join(ROOT, file) });
  return results.flatMap((result) =>
    result.messages.map((message) => {
      if (message.fatal) throw new Error(`${file}: ${message.message}`);
      return message.ruleId ?? message.message;
    }),
  );
}

let linter: ESLint;
beforeAll(() => {
  const config = require(path.join(ROOT, 'eslint.config.js'));
  linter = new ESLint({ cwd: ROOT, overrideConfigFile: true, overrideConfig: config });
});

describe('imports between layers', () => {
  const forbidden: readonly [rule: string, file: string, code: string][] = [
    ['core imports nothing of ours', 'runtime/core/log.ts', "import { PANEL } from '../stage/panel';\nvoid PANEL;\n"],
    [
      'core imports no types either',
      'runtime/core/log.ts',
      "import type { Show } from '../show/types';\nexport type S = Show;\n",
    ],
    ['options import core only', 'runtime/options/row.ts', "import { SHOW } from '../show/types';\nvoid SHOW;\n"],
    ['stage imports core only', 'runtime/stage/panel.ts', "import { SHOW } from '../show/types';\nvoid SHOW;\n"],
    ['show imports core only', 'runtime/show/types.ts', "import { PANEL } from '../stage/panel';\nvoid PANEL;\n"],
    [
      'render never imports a plugin',
      'runtime/render/stats.ts',
      "import { cache } from '../../plugins/theme-bank/cache';\nvoid cache;\n",
    ],
    [
      'display never imports a plugin',
      'runtime/display/chain.ts',
      "export const p = require('../../plugins/telemetry/plugin');\n",
    ],
    ['render knows no session', 'runtime/render/stats.ts', "import { x } from '../session/stage';\nvoid x;\n"],
    ['late imports count too', 'runtime/control/protocol.ts', "export const p = import('../session/session');\n"],
    ['types named in place count too', 'runtime/show/types.ts', "export type P = import('../stage/panel').Panel;\n"],
    [
      'a plugin keeps away from other plugins',
      'plugins/theme-bank/cache.ts',
      "import { x } from '../telemetry/plugin';\nvoid x;\n",
    ],
    [
      'a plugin keeps away from the session',
      'plugins/theme-bank/cache.ts',
      "import { x } from '../../runtime/session/session';\nvoid x;\n",
    ],
    [
      'a plugin sees option rows only',
      'plugins/theme-bank/cache.ts',
      "import { x } from '../../runtime/options/tune';\nvoid x;\n",
    ],
    [
      'a plugin sees the types of a show only',
      'plugins/theme-bank/cache.ts',
      "import { x } from '../../runtime/show/parse';\nvoid x;\n",
    ],
    ['the program imports no test', 'runtime/cli/command.ts', "import { x } from '../../test/bench/main';\nvoid x;\n"],
  ];

  it.each(forbidden)('%s', async (_rule, file, code) => {
    expect(await lintAt(file, code)).toContain('vitrine/layers');
  });

  const allowed: readonly [rule: string, file: string, code: string][] = [
    ['stage may import core', 'runtime/stage/panel.ts', "import { token } from '../core/token';\nvoid token;\n"],
    [
      'a plugin may import option rows',
      'plugins/theme-bank/cache.ts',
      "import { flag } from '../../runtime/options/row';\nvoid flag;\n",
    ],
    [
      'a plugin may import the stage',
      'plugins/theme-bank/cache.ts',
      "import { PANEL } from '../../runtime/stage/panel';\nvoid PANEL;\n",
    ],
    ['a plugin may import its own folder', 'plugins/theme-bank/cache.ts', "import { x } from './options';\nvoid x;\n"],
    [
      'a plugin may import types of the show',
      'plugins/theme-bank/cache.ts',
      "import { SHOW } from '../../runtime/show/types';\nvoid SHOW;\n",
    ],
    ['render may import display', 'runtime/render/stats.ts', "import { x } from '../display/chain';\nvoid x;\n"],
    [
      'the command line sees all',
      'runtime/cli/command.ts',
      "import { x } from '../../plugins/theme-bank/cache';\nvoid x;\n",
    ],
  ];

  it.each(allowed)('%s', async (_rule, file, code) => {
    expect(await lintAt(file, code)).not.toContain('vitrine/layers');
  });
});

describe('other rules of the house', () => {
  const bad: readonly [rule: string, code: string, id: string][] = [
    [
      'promises are not left alone',
      'async function f(): Promise<void> {}\nf();\n',
      '@typescript-eslint/no-floating-promises',
    ],
    [
      'promises are not conditions',
      'const p = Promise.resolve(true);\nif (p) void 0;\n',
      '@typescript-eslint/no-misused-promises',
    ],
    ['no default exports', 'export default 1;\n', 'no-restricted-syntax'],
    ['no barrels', "export * from './token';\n", 'no-restricted-syntax'],
    ['equality is strict', 'export const f = (a: number): boolean => a == 1;\n', 'eqeqeq'],
    [
      'types are imported as types',
      "import { Log } from './log';\nexport type L = Log;\n",
      '@typescript-eslint/consistent-type-imports',
    ],
    ['no any', 'export const f = (a: any): void => void a;\n', '@typescript-eslint/no-explicit-any'],
    ['the console belongs to the command line', "console.log('x');\n", 'no-console'],
  ];

  it.each(bad)('%s', async (_rule, code, id) => {
    expect(await lintAt('runtime/core/clock.ts', code)).toContain(id);
  });
});
