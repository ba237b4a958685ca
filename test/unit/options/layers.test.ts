/** Layers: the stronger one wins, every value knows its origin, every mistake is found with its place. */
import { parseSource } from '../../../runtime/core/document';
import { formatIssue } from '../../../runtime/core/errors';
import { formatOrigin, settle, strongest, type Layer, type Settled } from '../../../runtime/options/layers';
import { argumentLayer, documentLayer, environmentLayer, setLayer } from '../../../runtime/options/sources';
import { bytes, choice, count, durationMs, flag, MIB, plugins, text } from '../../../runtime/options/row';
import { assembleTable } from '../../../runtime/options/table';

const words = { doc: 'd', applies: 'live', why: 'w' } as const;
const table = assembleTable([
  {
    section: '',
    owner: 'runtime',
    rows: {
      show: text({ ...words, default: null, paths: 'all' }),
      plugins: plugins({ ...words, default: [{ ref: 'bank', wish: 'required' }], paths: 'dotted' }),
    },
  },
  {
    section: 'theme',
    owner: 'bank',
    rows: {
      batch: count({ ...words, default: 12, min: 1, max: 256 }),
      sleep: durationMs({ ...words, default: 4, min: 0, max: 1000, flags: { 'theme-sleep-ms': '%ms' } }),
      cache: bytes({ ...words, words: ['auto'], default: 8 * MIB, min: MIB, max: 64 * MIB }),
      preloadAll: flag({
        ...words,
        default: false,
        flags: { 'theme-no-preload': 'false', 'theme-preload-all': 'true' },
      }),
      'fade.kind': choice({ ...words, words: ['cut', 'slow'], default: 'cut' }),
    },
  },
]);

const file = (source: string, name = '/etc/a.yaml'): Layer =>
  documentLayer(table, parseSource(name, source), (line) => ({ kind: 'file', file: name, line }));
const load = (...layers: Layer[]): Settled => settle(table, layers, '/home/me');
const originOf = (settled: Settled, key: string): string | undefined =>
  settled.stories[key]?.map(({ origin }) => formatOrigin(origin)).at(-1);
const problems = (settled: Settled): string[] => settled.issues.map(formatIssue);

it('starts from the defaults', () => {
  const settled = load();
  expect(settled.values).toMatchObject({
    show: null,
    'theme.batch': 12,
    'theme.cache': 8 * MIB,
    'theme.fade.kind': 'cut',
  });
  expect(originOf(settled, 'theme.batch')).toBe('default');
});

it('lets the stronger layer win and tells where each value came from', () => {
  const settled = load(
    file('theme:\n  batch: 3\n  sleep: 10ms\n  cache: 2MiB\n'),
    file('theme:\n  batch: 4\n', '/etc/b.yaml'),
    environmentLayer(table, { VITRINE_THEME_SLEEP: '20ms', VITRINE_THEME_PRELOAD_ALL: '', HOME: '/x' }),
    argumentLayer(table, { 'theme-sleep-ms': '30' }),
    setLayer(table, ['theme.fade.kind=slow']),
  );
  expect(settled.issues).toEqual([]);
  expect(settled.values).toMatchObject({
    'theme.batch': 4,
    'theme.sleep': 30,
    'theme.cache': 2 * MIB,
    'theme.preloadAll': false,
  });
  expect(originOf(settled, 'theme.batch')).toBe('/etc/b.yaml:2');
  expect(originOf(settled, 'theme.sleep')).toBe('argument --theme-sleep-ms');
  expect(originOf(settled, 'theme.cache')).toBe('/etc/a.yaml:4');
  expect(originOf(settled, 'theme.fade.kind')).toBe('argument --set theme.fade.kind');
  expect(settled.stories['theme.sleep']?.map(({ value }) => value)).toEqual([4, 10, 20, 30]);
});

it('is not moved by the environment and arguments of the process itself', () => {
  process.env['VITRINE_THEME_BATCH'] = '99';
  try {
    expect(load(file('theme: {batch: 5}')).values['theme.batch']).toBe(5);
  } finally {
    delete process.env['VITRINE_THEME_BATCH'];
  }
});

it("keeps the word auto although the option's default is a number", () => {
  expect(load(file('theme: {cache: auto}')).values['theme.cache']).toBe('auto');
});

it('takes flags without text', () => {
  expect(load(argumentLayer(table, { 'theme-preload-all': '' })).values['theme.preloadAll']).toBe(true);
  expect(
    load(file('theme: {preloadAll: true}'), argumentLayer(table, { 'theme-no-preload': '' })).values[
      'theme.preloadAll'
    ],
  ).toBe(false);
});

it('finds all mistakes at once, with place and nearest name', () => {
  const settled = load(
    file('theme:\n  batc: 3\n  sleep: 4\n  cache: 1GiB\n  fade: slow\nthemes: {}\n'),
    environmentLayer(table, { VITRINE_THEME_BACTH: '1', VITRINE_THEME_SLEEP: 'soon', VITRINE_OTHER: 'fine' }),
    argumentLayer(table, { 'theme-lookahed': '3' }),
    setLayer(table, ['theme.batch', 'theme.batch=0', 'nothing.here=1']),
  );
  expect(problems(settled)).toEqual([
    '/etc/a.yaml:2:3: theme.batc: no such option; did you mean batch?',
    '/etc/a.yaml:5:9: theme.fade: is not a map of options; write `name: value` lines',
    '/etc/a.yaml:6:1: themes: no such option; did you mean theme?',
    "/etc/a.yaml:3:10: theme.sleep: '4' is not a duration; write 800ms, 6s, 5m or 1h",
    "/etc/a.yaml:4:10: theme.cache: '1GiB' is too large; permitted: 1 MiB to 64 MiB or auto",
    'environment VITRINE_THEME_BACTH: no such option; did you mean VITRINE_THEME_BATCH?',
    "environment VITRINE_THEME_SLEEP: theme.sleep: 'soon' is not a duration; write 800ms, 6s, 5m or 1h",
    'argument --theme-lookahed: no such option; there are plugins, show, theme-batch, theme-cache, theme-fade-kind, theme-no-preload, theme-preload-all, theme-sleep, theme-sleep-ms',
    'argument --set theme.batch: has no `=`; write --set theme.batch=8',
    'argument --set nothing.here=1: nothing.here: no such option; there are plugins, show, theme.batch, theme.cache, theme.fade.kind, theme.preloadAll, theme.sleep',
    "argument --set theme.batch=0: theme.batch: '0' is too small; permitted: 1 to 256",
  ]);
});

it.each([
  ['VITRINE_THEM_BATCH', 'VITRINE_THEME_BATCH'],
  ['VITRINE_THEME_BATHC', 'VITRINE_THEME_BATCH'],
  ['VITRINE_TEHME_SLEEP', 'VITRINE_THEME_SLEEP'],
  ['VITRINE_BATCH', 'VITRINE_THEME_BATCH'],
  ['VITRINE_FADE_KIND', 'VITRINE_THEME_FADE_KIND'],
  ['VITRINE_SHOWS', 'VITRINE_SHOW'],
])('takes the variable %s for a slip of %s', (variable, meant) => {
  expect(problems(load(environmentLayer(table, { [variable]: '1' })))).toEqual([
    `environment ${variable}: no such option; did you mean ${meant}?`,
  ]);
});

it.each(['VITRINE_LOG_LEVEL', 'VITRINE_HOME', 'VITRINE_BENCH_SECONDS', 'VITRINE_', 'VITRINE_SERVER_NAME'])(
  'leaves the variable %s to others',
  (variable) => expect(problems(load(environmentLayer(table, { [variable]: '1' })))).toEqual([]),
);

it.each([
  ['30', 30],
  ['30ms', 30],
  ['1s', 1000],
])('takes %s for an argument whose name has the unit', (written, ms) => {
  expect(load(argumentLayer(table, { 'theme-sleep-ms': written })).values['theme.sleep']).toBe(ms);
});

it('reports YAML mistakes and reads nothing of such a file', () => {
  const settled = load(file('theme:\n  batch: 3\n  batch: 4\n'));
  expect(problems(settled)[0]).toMatch(/^\/etc\/a\.yaml:3:3: /);
  expect(settled.values['theme.batch']).toBe(12);
});

it('cannot be led to pollute prototypes', () => {
  expect(problems(load(file('__proto__: {polluted: 1}\nconstructor: {prototype: {polluted: 1}}')))).toHaveLength(2);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

it('adds plugins up over the layers, whatever their names look like', () => {
  const settled = load(
    file('plugins: {bank: off, ./clock: optional, "@me/x.y": required}'),
    setLayer(table, ['plugins=./dial=required']),
  );
  expect(settled.values['plugins']).toEqual([
    { ref: 'bank', wish: 'off' },
    { ref: '/etc/clock', wish: 'optional' },
    { ref: '@me/x.y', wish: 'required' },
    { ref: '/home/me/dial', wish: 'required' },
  ]);
});

it('takes paths relative to the file they stand in, else to the working folder', () => {
  expect(load(file('show: shows/a.yaml')).values['show']).toBe('/etc/shows/a.yaml');
  expect(load(argumentLayer(table, { show: 'a.yaml' })).values['show']).toBe('/home/me/a.yaml');
  expect(strongest(table, [file('show: ../b.yaml')], 'show', '/').value).toBe('/b.yaml');
});
