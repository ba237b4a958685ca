/** Plugins that do not come with the program, from a folder outside of it: what each may do, and what becomes of the show when one fails. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instancePaths } from '../../../runtime/cli/instance';
import { packageFile } from '../../../runtime/core/paths';
import { sleep } from '../../bench/player';
import { makeSmallShow, writeShowFile, type SmallShow } from '../../support/small-show';
import { vitrine, type Outcome } from './program';

interface Report {
  readonly frames: { readonly black: number };
  readonly durationMs: number;
  readonly images?: { readonly shown?: number };
  readonly errors: readonly { readonly code: string; readonly plugin: string; readonly message: string }[];
  readonly [section: string]: unknown;
}

let show: SmallShow;
let folder: string;
beforeAll(async () => {
  show = await makeSmallShow('{themes: [all], every: 100ms, transition: {type: cut}}');
  folder = mkdtempSync(join(tmpdir(), 'vitrine outside '));
  copyFileSync(packageFile('test', 'fixtures', 'outside', 'medium.cjs'), join(folder, 'medium.cjs'));
});
afterAll(() => {
  for (const place of [show.folder, folder]) rmSync(place, { recursive: true, force: true });
});

/** A plugin file of which a member fails. Returns its path. */
function faulty(id: string, member: string, kind: string, after = 1): string {
  const file = join(folder, `${id}.cjs`);
  const options = JSON.stringify({ id, member, kind, after }).slice(1);
  // Its timers are its own: an error in one has this file in its stack.
  const later = '(act, ms) => setTimeout(() => act(), ms)';
  writeFileSync(file, `exports.plugin = require('./medium.cjs').medium({later: ${later}, ${options});\n`);
  return file;
}

function configure(name: string, yaml: string): string {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, yaml);
  return file;
}

/** Plays a show until it is over by itself, or until its report is enough. */
async function play(
  name: string,
  yaml: string,
  more: readonly string[] = [],
  isEnough: (report: Report) => boolean = () => false,
): Promise<Outcome & { report: Report }> {
  const report = join(folder, `${name}.json`);
  const socket = join(folder, `${name}.sock`);
  const config = configure(name, yaml);
  const running = vitrine(
    ['run', show.file, '--display', 'offscreen', '--size', '64x36', '--config', config, '--report', report].concat(
      ['--set', `control.socket=${socket}`, '--set', 'telemetry.http=off', '--duration', '3s'],
      more,
    ),
  );
  // Somebody who asks for the status, as a page does that shows it.
  const look = async (): Promise<void> => {
    const { code, out } = await vitrine(['status', '--json', '--control-socket', socket]);
    const { report: now } = code === 0 ? (JSON.parse(out) as { report?: Report }) : {};
    if (now !== undefined && isEnough(now)) await vitrine(['stop', '--control-socket', socket]);
    else await sleep(200);
  };
  let isOver = false;
  void running.then(() => (isOver = true));
  while (!isOver) await Promise.race([running, look()]);
  const outcome = await running;
  if (!existsSync(report)) throw new Error(`no report: ${outcome.err}`);
  return { ...outcome, report: JSON.parse(readFileSync(report, 'utf8')) as Report };
}

/** Each member that is called while a show plays, and the kinds of faults it can have. */
const MEMBERS: readonly (readonly [string, readonly string[]])[] = [
  ['fits', ['throws', 'wrong']],
  ['open', ['throws', 'rejects', 'wrong']],
  ['openSession', ['throws', 'rejects', 'wrong']],
  ['warm', ['throws', 'rejects', 'wrong']],
  ['reel', ['throws', 'wrong']],
  ['reel.next', ['throws', 'rejects', 'wrong']],
  ['reel.size', ['throws', 'wrong']],
  ['gauges', ['throws', 'wrong']],
  ['report', ['throws', 'wrong']],
  ['timer', ['throws', 'rejects']],
];

/** How many pages a plugin has handed out, by its section of the report. */
const pagesOf = (section: unknown): number =>
  (section as { calls?: Record<string, number> } | undefined)?.calls?.['reel.next'] ?? 0;

/** Of these the message has other words. */
const WITHOUT_NAME = ['fits', 'open', 'timer'];

it('plays on with the others when optional plugins fail, whichever member it is', async () => {
  const cases = MEMBERS.flatMap(([member, kinds]) =>
    kinds.map((kind) => ({ member, kind, id: `${member.replace('.', '-').toLowerCase()}-${kind}` })),
  );
  const lines = cases.map(({ id, member, kind }) => `  ${faulty(id, member, kind)}: optional`);
  // Whoever fails is seen to have failed, but for the report that is only asked for once; however long the machine takes for all of them.
  const isSeen = ({ errors, medium }: Report): boolean =>
    cases.every(({ id, member }) => member === 'report' || errors.some(({ plugin }) => plugin === id)) &&
    pagesOf(medium) > 0;
  const yaml = `plugins:\n  ./medium.cjs: optional\n${lines.join('\n')}\n`;
  const { code, err, report } = await play('all', yaml, ['--duration', '70s'], isSeen);
  expect({ code, black: report.frames.black }).toEqual({ code: 0, black: 0 });
  for (const { id, member, kind } of cases) {
    const told = report.errors.filter(({ plugin }) => plugin === id);
    expect([id, told.map((error) => error.code)]).toEqual([id, ['VITRINE_E_PLUGIN_QUARANTINED']]);
    expect(told[0]!.message).toContain(WITHOUT_NAME.includes(member) ? '' : `${member}: `);
    if (kind === 'throws' || kind === 'rejects') expect(told[0]!.message).toContain('no such page');
    expect(err).toContain(told[0]!.message);
  }
  // The one that does not fail showed its pages; those of the show were shown, too.
  expect(pagesOf(report['medium'])).toBeGreaterThan(0);
  expect(report.errors.filter(({ plugin }) => plugin === 'medium')).toEqual([]);
}, 90_000);

it.each(
  MEMBERS.map(([member, kinds]): [string, string, number] => [member, kinds[0]!, 1]).concat([
    ['reel.next', 'rejects', 3],
    ['report', 'wrong', 1],
  ]),
)('ends with 1 and the name of a required plugin when its %s %s, from call %s on', async (member, kind, after) => {
  const id = `needed-${member.replace('.', '-').toLowerCase()}-${kind}-${after}`;
  // The fault ends it; a busy machine may take longer to come to it than to its end otherwise.
  const yaml = `plugins:\n  ${faulty(id, member, kind, after)}: required\n`;
  const { code, err, report } = await play(id, yaml, ['--duration', '50s']);
  expect({ code, said: err.includes(`the required plugin ${id} failed`) }).toEqual({ code: 1, said: true });
  expect(report.errors.map((error) => error.code)).toContain('VITRINE_E_PLUGIN');
});

it('goes on without an optional plugin whose reel hangs', async () => {
  const yaml = `plugins:\n  ${faulty('late', 'reel.next', 'hangs')}: optional\n`;
  const { code, report } = await play('late', yaml, ['--duration', '70s'], ({ errors }) => errors.length > 0);
  expect({ code, black: report.frames.black }).toEqual({ code: 0, black: 0 });
  expect(report.errors).toMatchObject([{ code: 'VITRINE_E_PLUGIN_QUARANTINED', plugin: 'late' }]);
}, 90_000);

describe('an option of such a plugin', () => {
  const setBy: readonly (readonly [string, string, readonly string[], NodeJS.ProcessEnv, string])[] = [
    ['a file', 'medium: {every: 7s}', [], {}, 'file'],
    ['the environment', '', [], { VITRINE_MEDIUM_EVERY: '7s' }, 'environment'],
    ['an argument', '', ['--medium-every', '7s'], {}, 'argument'],
    ['--set', '', ['--set', 'medium.every=7s'], {}, 'argument'],
  ];
  it.each(setBy)('can be set by %s', async (layer, yaml, args, env, kind) => {
    const config = configure(`set by ${layer}`, `plugins: {./medium.cjs: optional}\n${yaml}\n`);
    const { code, out } = await vitrine(['explain', 'medium.every', '--json', '--config', config, ...args], env);
    expect(code).toBe(0);
    const { options } = JSON.parse(out) as { options: readonly { value: unknown; origin: string }[] };
    expect(options).toMatchObject([{ key: 'medium.every', value: 7000, origin: expect.stringContaining(kind) }]);
  });

  const COMMANDS: readonly (readonly [string, () => readonly string[]])[] = [
    ['run', () => ['run', show.file, '--display', 'offscreen', '--duration', '100ms']],
    ['check', () => ['check', show.file]],
    ['plan', () => ['plan', show.file]],
    ['explain', () => ['explain', 'medium']],
    ['probe', () => ['probe']],
    ['diag theme', () => ['diag', 'theme', show.file, '--lookups', '2']],
  ];
  it.each(COMMANDS)(
    'counts in %s, in a file and as an argument, and is proposed where it is misspelt',
    async (name, argv) => {
      const socket = ['--set', `control.socket=${join(folder, 'o.sock')}`, '--set', 'telemetry.http=off'];
      const ask = (yaml: string, ...args: string[]) =>
        vitrine([
          ...argv(),
          ...socket,
          '--config',
          configure(`in ${name}`, `plugins: {./medium.cjs: optional}\n${yaml}\n`),
          ...args,
        ]);
      const [right, wrong, argument] = [
        await ask('medium: {every: 7s}'),
        await ask('medium: {evry: 7s}'),
        await ask('', '--medium-every', '7s', '--medium-tone=cold'),
      ];
      expect({ code: right.code, err: right.code === 0 ? '' : right.err }).toEqual({ code: 0, err: '' });
      expect({ code: argument.code, err: argument.code === 0 ? '' : argument.err }).toEqual({ code: 0, err: '' });
      expect(wrong.out + wrong.err).toContain('did you mean every?');
      expect(wrong.code).toBe(name === 'probe' ? 0 : 4);
    },
  );

  it('leads status to the socket that the configuration names', () => {
    const root = join(folder, 'root');
    mkdirSync(join(root, 'etc/vitrine'), { recursive: true });
    writeFileSync(
      join(root, 'etc/vitrine/config.yaml'),
      `plugins: {${join(folder, 'medium.cjs')}: optional}\nmedium: {every: 7s}\ncontrol: {socket: /somewhere/else.sock}\n`,
    );
    expect(instancePaths({ env: {}, cwd: folder }, undefined, root)).toEqual({ socketPaths: ['/somewhere/else.sock'] });
  });

  const BAD_ROWS: readonly (readonly [string, string, string])[] = [
    ['of an unknown format', '{pages: {default: 1, format: Date, unit: "none"}}', 'option pages: its format must be'],
    [
      'whose default does not fit',
      '{pages: {default: "x", format: Number, unit: "none"}}',
      'option pages: its default is not a number',
    ],
    ['that is no row', '{pages: 3}', 'option pages: it is no row'],
    [
      'with a name of the runtime',
      '{pages: {default: 1, format: Number, unit: "none", arg: "display"}}',
      'argument display is used twice',
    ],
  ];
  it.each(BAD_ROWS)(
    '%s sets an optional plugin aside, and is the fault of a required one',
    async (what, options, message) => {
      const file = join(folder, 'bad-rows.cjs');
      writeFileSync(file, `exports.plugin = { ...require('./medium.cjs').plugin, id: 'bad', options: ${options} };\n`);
      const optional = await play(`optional ${what}`, `plugins: {${file}: optional}\nbad: {pages: 4}\n`, [
        '--duration',
        '300ms',
      ]);
      expect(optional.code).toBe(0);
      expect(optional.report.errors).toMatchObject([{ code: 'VITRINE_E_PLUGIN_QUARANTINED', plugin: file }]);
      expect(optional.report.errors[0]!.message).toContain(message);
      // Nobody knows whose section that is: it is left aside, and said.
      expect(optional.err).toContain('bad: no such option');
      const required = await play(`required ${what}`, `plugins: {${file}: required}\n`);
      expect(required.code).toBe(1);
      expect(required.err).toContain(message);
    },
  );
});

it.each([
  ['images', 'theme-bank', 'pictures'],
  ['videos', 'video', 'clips'],
])('a show of %s whose plugin %s was left out is refused with the line', async (media, plugin, words) => {
  const file = join(show.folder, `${media}.yaml`);
  const scene = `{media: ${media}, themes: [all]}`;
  writeShowFile(file, scene);
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace('images: [pictures]', "images: [pictures], videos: ['*.mp4']"),
  );
  const socket = join(folder, 'l.sock');
  const { code, err } = await vitrine([
    'run',
    file,
    '--display',
    'offscreen',
    '--set',
    `plugins=${plugin}=off`,
    '--set',
    `control.socket=${socket}`,
  ]);
  expect(err).toContain(`${file}:4:`);
  expect(err).toContain(`scenes.only.media: nobody shows ${words}: the plugin ${plugin} is left out; add ${plugin}`);
  expect(code).toBe(4);
});
