/** Profiles: those that come with the program are right; mistakes in others are found with their place. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUILT_IN_SECTIONS } from '../../../runtime/cli/built-in-sections';
import { PROFILE_FOLDER } from '../../../runtime/cli/settings';
import { formatIssue } from '../../../runtime/core/errors';
import { settle } from '../../../runtime/options/layers';
import { loadProfile } from '../../../runtime/options/profiles';
import { RUNTIME_SECTIONS } from '../../../runtime/options/runtime-rows';
import { assembleTable } from '../../../runtime/options/table';

const table = assembleTable([...RUNTIME_SECTIONS, ...BUILT_IN_SECTIONS]);
const asked = { file: 'asked.yaml', line: 7 };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vitrine-profiles-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function problems(name: string, profiles: Readonly<Record<string, string>>): string[] {
  for (const [file, source] of Object.entries(profiles)) writeFileSync(join(folder, `${file}.yaml`), source);
  const { layers } = loadProfile(table, folder, name, asked);
  return settle(table, layers, '/').issues.map((issue) => formatIssue(issue).replaceAll(`${folder}/`, ''));
}

it.each(readdirSync(PROFILE_FOLDER).filter((file) => file.endsWith('.yaml')))('%s of the program is valid', (file) => {
  const { layers } = loadProfile(table, PROFILE_FOLDER, file.replace('.yaml', ''), asked);
  expect(settle(table, layers, '/').issues).toEqual([]);
});

it('inherits root first, the heir winning', () => {
  const { chain, layers } = loadProfile(table, PROFILE_FOLDER, 'raspberry-pi-512m', asked);
  expect(chain).toEqual(['raspberry-pi-512m', 'raspberry-pi-1g', 'raspberry-pi-2g', 'raspberry-pi']);
  const story = settle(table, layers, '/').stories['theme.imageCacheEntries'] ?? [];
  expect(story.map(({ value }) => value)).toEqual([64, 64, 48, 24, 8]);
  expect(story.at(-1)?.origin).toMatchObject({ kind: 'profile', name: 'raspberry-pi-512m' });
});

it('never gives a larger tier less cache or a smaller share', () => {
  const tiers = ['raspberry-pi-512m', 'raspberry-pi-1g', 'raspberry-pi-2g', 'raspberry-pi'];
  const values = tiers.map((name) => settle(table, loadProfile(table, PROFILE_FOLDER, name, asked).layers, '/').values);
  for (const key of ['memory.share', 'theme.imageCacheEntries', 'theme.lookahead', 'theme.batch', 'theme.queue']) {
    const row = values.map((value) => value[key] as number);
    expect(row).toEqual([...row].sort((a, b) => a - b));
  }
});

it('inherits from a file beside a file', () => {
  writeFileSync(join(folder, 'lobby.yaml'), 'inherits: ./base.yaml\noptions: {theme: {batch: 3}}\n');
  writeFileSync(join(folder, 'base.yaml'), 'inherits: headless\noptions: {theme: {batch: 2, queue: 2}}\n');
  const { layers } = loadProfile(table, PROFILE_FOLDER, join(folder, 'lobby.yaml'), asked);
  expect(settle(table, layers, '/').values).toMatchObject({ 'theme.batch': 3, 'theme.queue': 2 });
});

it('reports a circle, a missing parent and a missing profile where they are named', () => {
  expect(problems('a', { a: 'inherits: b\n', b: 'about: x\ninherits: a\n' })).toEqual([
    'b.yaml:2:11: profiles inherit in a circle: a -> b -> a; take one `inherits` out',
  ]);
  expect(problems('c', { c: '# c\ninherits: nobody\n' })).toEqual([
    "c.yaml:2:11: there is no profile 'nobody' (nobody.yaml); see config/profiles for those there are",
  ]);
  expect(problems('zzz', {})[0]).toMatch(/^asked\.yaml:7: there is no profile 'zzz'/);
});

it('reports unknown fields, unknown options and wrong values with their place', () => {
  expect(
    problems('a', { a: 'inherit: b\noptions:\n  profile: desktop\n  theme:\n    bacth: 3\n    sleep: 4\n' }),
  ).toEqual([
    'a.yaml:5:5: options.theme.bacth: no such option; did you mean batch?',
    'a.yaml:1:1: inherit: a profile has no such field; did you mean inherits?',
    'a.yaml:3:12: options.profile: a profile cannot choose the profile; write `inherits`',
    "a.yaml:6:12: theme.sleep: '4' is not a duration; write 800ms, 6s, 5m or 1h",
  ]);
  expect(problems('list', { list: '- 1\n' })).toEqual([
    'list.yaml:1:1: is not a profile; write `about`, `inherits` and `options`',
  ]);
});
