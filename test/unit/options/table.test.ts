/** The table names every option once and refuses names that would mislead convict. */
import { count, flag } from '../../../runtime/options/row';
import { RUNTIME_SECTIONS } from '../../../runtime/options/runtime-rows';
import { assembleTable, nest } from '../../../runtime/options/table';
import { faultOf } from '../../../runtime/options/formats';
import { BUILT_IN_SECTIONS } from '../../../runtime/cli/built-in-sections';

const words = { doc: 'd', applies: 'live', why: 'w' } as const;
const row = count({ ...words, default: 1, min: 1, max: 9 });
const section = (rows: Record<string, typeof row>, name = 'my-plugin'): Parameters<typeof assembleTable>[0] => [
  { section: name, owner: name, rows },
];

it('makes environment and argument names of section and name', () => {
  const entry = assembleTable(section({ imageCacheEntries: row })).entries.get('my-plugin.imageCacheEntries');
  expect(entry?.row.env).toBe('VITRINE_MY_PLUGIN_IMAGE_CACHE_ENTRIES');
  expect(entry?.row.arg).toBe('my-plugin-image-cache-entries');
});

it("knows the seeds' short arguments", () => {
  const table = assembleTable([...RUNTIME_SECTIONS, ...BUILT_IN_SECTIONS]);
  const argument = (name: string): readonly [string | undefined, string | undefined] => [
    table.args.get(name)?.entry.key,
    table.args.get(name)?.template,
  ];
  expect(argument('theme-lookahead')).toEqual(['theme.lookahead', '%']);
  expect(argument('theme-batch')).toEqual(['theme.batch', '%']);
  expect(argument('theme-sleep-ms')).toEqual(['theme.sleep', '%ms']);
  expect(argument('theme-max-ms')).toEqual(['theme.maxPreload', '%ms']);
  expect(argument('media-queue')).toEqual(['theme.queue', '%']);
  expect(argument('theme-preload-all')).toEqual(['theme.preloadAll', 'true']);
  expect(argument('theme-no-preload')).toEqual(['theme.preloadAll', 'false']);
  expect(argument('display')).toEqual(['display.output', '%']);
});

it('has only defaults that its own rows permit', () => {
  const table = assembleTable([...RUNTIME_SECTIONS, ...BUILT_IN_SECTIONS]);
  for (const { row } of table.entries.values()) expect(faultOf(row, row.default)).toBeUndefined();
});

it.each(['default', '__proto__', 'constructor'])('refuses an option of the name %s', (name) => {
  expect(() => assembleTable(section(Object.fromEntries([[name, row]])))).toThrow('reserved');
});

it('refuses names used twice, foreign formats and an option that is a section', () => {
  const same = count({ ...words, default: 1, min: 1, max: 9, arg: 'same' });
  expect(() => assembleTable(section({ a: same, b: same }))).toThrow('argument same is used twice');
  expect(() => assembleTable(section({ a: { ...row, format: 'int' as never } }))).toThrow('builders');
  expect(() => assembleTable(section({ a: row, 'a.b': flag({ ...words, default: true }) as never }))).toThrow(
    'both an option and a section',
  );
});

it('nests dotted keys', () => {
  expect(
    nest([
      ['a.b', 1],
      ['a.c.d', 2],
      ['e', 3],
    ]),
  ).toEqual({ a: { b: 1, c: { d: 2 } }, e: 3 });
});
