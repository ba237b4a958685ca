/** Settings: real files below a root become values with their origins, or all of their mistakes. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { explain } from '../../../runtime/cli/explain';
import { plan } from '../../../runtime/cli/plan';
import { probe } from '../../../runtime/cli/probe';
import {
  loadSettings,
  sectionValues,
  tuneSettings,
  type Settings,
  type SettingsRequest,
} from '../../../runtime/cli/settings';
import { VitrineError } from '../../../runtime/core/errors';
import { formatOrigin } from '../../../runtime/options/layers';
import type { ShowFigures } from '../../../runtime/options/tune';

const BOARDS = resolve(__dirname, '../../../../test/fixtures/boards');

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'vitrine-settings-'));
  cpSync(join(BOARDS, 'pi-zero-2w/root'), root, { recursive: true, verbatimSymlinks: true });
});
afterEach(() => rmSync(root, { recursive: true }));

function put(path: string, source: string): string {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), source);
  return join(root, path);
}

function request(more: Partial<SettingsRequest> = {}): SettingsRequest {
  return { config: [], set: [], args: {}, env: {}, cwd: root, root, ...more };
}

const originOf = (settings: Settings, key: string): string => {
  const last = settings.origins[key]?.at(-1);
  return last === undefined ? '' : formatOrigin(last.origin).replace(root, '');
};

async function output(run: (io: Parameters<typeof plan>[0]) => Promise<number>): Promise<string> {
  let text = '';
  const io = { stdout: (part: string) => void (text += part), stderr: () => {}, env: {}, cwd: root };
  expect(await run(io)).toBe(0);
  return text.replaceAll(root, '');
}

it('stacks site, parts by name, device, named files, environment and arguments in this order', () => {
  put(
    'etc/vitrine/config.yaml',
    'theme: {batch: 1, queue: 1, lookahead: 1, sleep: 1ms, maxPreload: 1ms, repeatHorizon: 1}',
  );
  put('etc/vitrine/conf.d/20-b.yaml', 'theme: {queue: 3}');
  put('etc/vitrine/conf.d/10-a.yaml', 'theme: {queue: 2, lookahead: 2, sleep: 2ms, maxPreload: 2ms, repeatHorizon: 2}');
  put('etc/vitrine/conf.d/note.txt', 'not: read');
  put(
    'etc/vitrine/devices/00000000a3f1c27e.yaml',
    'theme: {lookahead: 4, sleep: 4ms, maxPreload: 4ms, repeatHorizon: 4}',
  );
  put('etc/vitrine/devices/lobby-left.yaml', 'theme: {lookahead: 99}');
  put('mine.yaml', 'theme: {sleep: 5ms, maxPreload: 5ms, repeatHorizon: 5}');
  const settings = loadSettings(
    request({
      config: ['mine.yaml'],
      env: { VITRINE_THEME_MAX_PRELOAD: '6ms', VITRINE_THEME_REPEAT_HORIZON: '6' },
      set: ['theme.repeatHorizon=7'],
    }),
  );
  expect(settings.values).toMatchObject({
    'theme.batch': 1,
    'theme.queue': 3,
    'theme.lookahead': 4,
    'theme.sleep': 5,
    'theme.maxPreload': 6,
    'theme.repeatHorizon': 7,
    'theme.workers': 1,
  });
  expect(originOf(settings, 'theme.lookahead')).toBe('/etc/vitrine/devices/00000000a3f1c27e.yaml:1');
  expect(originOf(settings, 'theme.queue')).toBe('/etc/vitrine/conf.d/20-b.yaml:1');
  expect(originOf(settings, 'theme.workers')).toBe('profile raspberry-pi-512m');
  expect(originOf(settings, 'profile')).toBe('tuned');
  expect(settings.files).toHaveLength(5);
});

it('falls back to the host name for the device file', () => {
  put('etc/vitrine/devices/lobby-left.yaml', 'display: {rotate: 90}');
  const settings = loadSettings(request());
  expect(settings.values['display.rotate']).toBe(90);
  expect(tuneSettings(settings).panel).toMatchObject({ widthPx: 1080, heightPx: 1920 });
});

it('takes the profile that any layer asks for', () => {
  put('etc/vitrine/config.yaml', 'profile: desktop');
  expect(loadSettings(request()).profile).toMatchObject({ name: 'desktop', because: 'it was asked for' });
  put('etc/vitrine/my.yaml', 'inherits: headless\noptions: {theme: {batch: 5}}');
  put('etc/vitrine/config.yaml', 'profile: ./my.yaml');
  expect(loadSettings(request()).values['theme.batch']).toBe(5);
});

it('throws all mistakes of all layers at once, by file and line', () => {
  const site = put('etc/vitrine/config.yaml', 'profile: nothing\ntheme:\n  sleep: 4\ndisplai: {}\n');
  const load = (): unknown => loadSettings(request({ config: ['absent.yaml'], set: ['x'] }));
  expect(load).toThrow(VitrineError);
  let message = '';
  try {
    load();
  } catch (cause) {
    message = (cause as VitrineError).message;
    expect((cause as VitrineError).exitCode).toBe(4);
  }
  const lines = message.split('\n');
  expect(lines).toHaveLength(5);
  expect(lines[0]).toMatch(`${site}:1:10: there is no profile 'nothing'`);
  expect(lines[1]).toMatch(`${site}:3:10: theme.sleep: '4' is not a duration`);
  expect(lines[2]).toMatch(`${site}:4:1: displai: no such option; did you mean display?`);
  expect(lines[3]).toMatch(/absent\.yaml: cannot be read/);
  expect(lines[4]).toMatch('argument --set x: has no `=`');
});

it('hands a plugin its own section', () => {
  expect(sectionValues<{ batch: number }>(tuneSettings(loadSettings(request())).values, 'theme').batch).toBe(2);
});

it('explains one value with its whole story', async () => {
  put('etc/vitrine/config.yaml', '# site\ntheme: {batch: 5}');
  const figuresOf = (): Promise<ShowFigures> => Promise.reject(new Error('no show was named'));
  const args = { json: false, config: [], set: [], args: {}, root, figuresOf };
  const story = await output((io) => explain(io, { ...args, key: 'theme.batch' }));
  expect(story).toContain('theme.batch = 5  (/etc/vitrine/config.yaml:2)');
  expect(story).toMatch(
    /12 {2}\(default\)\n {2}6 {2}\(profile raspberry-pi-1g\)\n {2}2 {2}\(profile raspberry-pi-512m\)\n {2}5 .*holds/,
  );
  const document = JSON.parse(await output((io) => explain(io, { ...args, json: true }))) as {
    options: { key: string; value: unknown; origin: string }[];
  };
  expect(document.options.find(({ key }) => key === 'memory.budget')).toMatchObject({
    value: 218122240,
    origin: 'tuned',
  });
  await expect(output((io) => explain(io, { ...args, key: 'theme.bacth' }))).rejects.toThrow(
    'did you mean theme.batch?',
  );
});

it('explains the values that hold for a show', async () => {
  const figuresOf = (file: string): Promise<ShowFigures> => {
    expect(file).toBe(join(root, 'my.yaml'));
    return Promise.resolve({ imagesByTheme: { a: 3 }, forms: [{ images: 3, motion: false }], texts: false });
  };
  const args = { json: true, config: [], set: [], root, figuresOf };
  const slotsOf = async (named: Record<string, string>): Promise<unknown> => {
    const told = await output((io) => explain(io, { ...args, key: 'theme.imageCacheEntries', args: named }));
    return (JSON.parse(told) as { options: { value: unknown }[] }).options[0]!.value;
  };
  expect(await slotsOf({ show: 'my.yaml' })).toBe(3);
  expect(await slotsOf({})).not.toBe(3);
});

it('plans the memory of a show, the JSON saying what the table says', async () => {
  const figuresOf = (file: string): Promise<ShowFigures> => {
    expect(file).toBe(join(root, 'my.yaml'));
    return Promise.resolve({ imagesByTheme: { a: 4, b: 1 }, forms: [{ images: 5, motion: false }], texts: false });
  };
  const args = { config: [], set: [], args: { show: 'my.yaml' }, root, figuresOf };
  const table = await output((io) => plan(io, { ...args, json: false }));
  expect(table).toMatch(/image cache +5 x 5\.9 MiB +29\.7 MiB/);
  const document = JSON.parse(await output((io) => plan(io, { ...args, json: true }))) as {
    consumers: { bytes: number }[];
    sumBytes: number;
    budgetBytes: number;
  };
  expect(document.consumers.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(document.sumBytes);
  expect(document.sumBytes).toBeLessThanOrEqual(document.budgetBytes);
});

const NO_LAYERS = { config: [], set: [], args: {} };

it('shows facts, profile and why', async () => {
  expect(await output((io) => probe(io, { ...NO_LAYERS, json: false, root }))).toMatch(
    /profile +raspberry-pi-512m: Raspberry Pi Zero 2 W Rev 1\.0 with 416 MiB usable/,
  );
  const document = JSON.parse(await output((io) => probe(io, { ...NO_LAYERS, json: true, root }))) as {
    profile: { name: string };
  };
  expect(document.profile.name).toBe('raspberry-pi-512m');
});
