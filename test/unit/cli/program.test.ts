/** The command line: usage, help and the arguments of options. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { CommandIo } from '../../../runtime/cli/command';
import { reportFailure } from '../../../runtime/cli/failure';
import { runProgram } from '../../../runtime/cli/program';
import { issuesError, VitrineError } from '../../../runtime/core/errors';

async function type(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const io: CommandIo = {
    stdout: (text) => void (written.out += text),
    stderr: (text) => void (written.err += text),
    env: {},
    cwd: '/',
  };
  const code = await runProgram(io, argv).catch((cause: unknown) => reportFailure(io, cause));
  return { code, ...written };
}

describe('the command line', () => {
  it('tells its version and its help on standard output', async () => {
    expect(await type('--version')).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
    const help = await type('--help');
    expect(help).toMatchObject({ code: 0, err: '' });
    for (const command of ['run', 'check', 'plan', 'explain', 'probe', 'diag', 'demo-media', 'goto', 'watch']) {
      expect(help.out).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    }
  });

  it.each(['run', 'check', 'plan', 'explain', 'probe'])(
    'keeps the help of %s short, and has all settings in --help-all',
    async (command) => {
      const [short, all] = [await type(command, '--help'), await type(command, '--help-all')];
      expect([short.code, short.err, all.code, all.err]).toEqual([0, '', 0, '']);
      for (const { out } of [short, all]) expect(out).toMatch(/^  --(profile|telemetry-http) /m);
      expect(short.out).not.toMatch('--theme-lookahead');
      expect(all.out).toMatch('--theme-lookahead');
      expect(short.out.split('\n').length).toBeLessThan(60);
    },
  );

  it.each([
    ['no command', [], /Usage/],
    ['an unknown command', ['rnu'], /Did you mean run/],
    ['an unknown option', ['run', '--shwo', 'x.yaml'], /Did you mean --show/],
    ['an unknown option of the table', ['run', '--theme-lookahed', '3'], /Did you mean --theme-lookahead/],
    ['an option without its value', ['explain', '--theme-batch'], /argument missing/],
    ['a missing argument', ['goto'], /cue/],
    ['one argument too many', ['next', 'please'], /too many/],
    ['a duration without unit', ['run', '--duration', '10'], /800ms, 6s, 5m or 1h/],
    ['a duration of nothing', ['run', '--duration', '0s'], /800ms, 6s, 5m or 1h/],
    ['a size that is none', ['run', '--size', 'large'], /1920x1080/],
    ['a place that is none', ['seek', 'soon'], /1m30s/],
    ['a place without unit', ['seek', '-10'], /1m30s/],
    ['an unknown option of seek', ['seek', '--back', '10s'], /too many|1m30s/],
    ['a show that is named twice', ['run', 'a.yaml', '--show', 'b.yaml'], /named twice/],
    ['two shows', ['run', 'a.yaml', 'b.yaml'], /too many/],
    ['a measurement of no show', ['diag', 'theme'], /name a show/],
    ['a seed that is none', ['run', '--seed', '-1.5'], /whole number/],
  ])('refuses %s as wrong usage and says what is meant', async (_what, argv, words) => {
    const { code, out, err } = await type(...argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(words);
  });

  it('takes every option of the table as an argument, the short ones too', async () => {
    const long = await type('explain', 'theme.lookahead', '--theme-lookahead', '7', '--json');
    expect(JSON.parse(long.out).options[0]).toMatchObject({ key: 'theme.lookahead', value: 7 });
    const short = await type('explain', '--theme-sleep-ms=9', '--theme-preload-all', 'theme', '--json');
    const values = JSON.parse(short.out).options.map(({ key, value }: { key: string; value: unknown }) => [key, value]);
    expect(values).toContainEqual(['theme.sleep', 9]);
    expect(values).toContainEqual(['theme.preloadAll', true]);
  });

  it.each([
    ['plan', ['plan']],
    ['diag theme', ['diag', 'theme']],
    ['check', ['check']],
  ])('%s takes the show by itself and with --show', async (_name, words) => {
    for (const show of words[0] === 'check' ? [['none.yaml']] : [['none.yaml'], ['--show', 'none.yaml']]) {
      const { code, err } = await type(...words, ...show);
      expect([code, err]).toEqual([4, expect.stringContaining('none.yaml')]);
    }
  });

  describe('for a show of one picture', () => {
    let folder: string;
    let file: string;
    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'vitrine-program-'));
      file = join(folder, 'show.yaml');
      writeFileSync(
        file,
        [
          'version: 1',
          'name: one',
          'themes: {all: {images: ["*.png"]}}',
          'scenes: {one: {themes: [all]}}',
          'cuelist: {cues: [{name: only, duration: 1h, scenes: [{scene: one}]}]}',
        ].join('\n'),
      );
      await sharp({ create: { width: 8, height: 8, channels: 3, background: 'teal' } })
        .png()
        .toFile(join(folder, 'a.png'));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it('check refuses it where it does not fit the memory budget, with the sum that is missing', async () => {
      expect(await type('check', file)).toMatchObject({ code: 0, err: '' });
      const { code, out, err } = await type('check', file, '--set', 'memory.budget=100MiB');
      expect([code, err]).toEqual([
        4,
        expect.stringMatching(/the memory budget is short of [\d.]+ MiB .*vitrine plan/),
      ]);
      expect(out).toContain('invalid (1 error');
      const json = await type('check', file, '--json', '--set', 'memory.budget=100MiB');
      expect([json.code, JSON.parse(json.out)]).toEqual([4, expect.objectContaining({ valid: false })]);
    });

    it.each(['check', 'plan', 'explain', 'probe'])(
      '%s knows the options of plugins of other people',
      async (command) => {
        const config = join(folder, 'config.yaml');
        const plugin = join(__dirname, '../../fixtures/plugins/proof-of-play.js');
        writeFileSync(config, `plugins: {${plugin}: optional}\nproof-of-play: {every: 5m}\n`);
        const show = { check: [file], plan: [file], explain: ['proof-of-play.every'], probe: [] }[command]!;
        const { code, out, err } = await type(command, ...show, '--config', config);
        expect([code, err]).toEqual([0, '']);
        if (command === 'explain') expect(out).toContain('proof-of-play.every = 5m');
        expect(out).not.toContain('no such option');
      },
    );
  });

  it('lets the last of two arguments hold that set the same option', async () => {
    const lastOf = async (...argv: string[]): Promise<unknown> =>
      JSON.parse((await type('explain', 'theme.preloadAll', '--json', ...argv)).out).options[0].value;
    expect(await lastOf('--theme-preload-all', '--theme-no-preload')).toBe(false);
    expect(await lastOf('--theme-no-preload', '--theme-preload-all')).toBe(true);
    expect(await lastOf('--theme-preload-all', '--theme-no-preload', '--theme-preload-all')).toBe(true);
  });
});

describe('a failure', () => {
  const reported = (cause: unknown): { code: number; err: string } => {
    let err = '';
    const io = { stdout: () => {}, stderr: (text: string) => void (err += text), env: {}, cwd: '/' };
    return { code: reportFailure(io, cause), err };
  };

  it('is told by all its issues and ends with the code of its kind', () => {
    const issues = [
      { file: 'a.yaml', line: 2, column: 3, path: 'show', message: 'is missing' },
      { message: 'too large', remedy: 'make it smaller' },
    ];
    const told = { code: 4, err: 'a.yaml:2:3: show: is missing\ntoo large; make it smaller\n' };
    expect(reported(issuesError('VITRINE_E_CONFIG', issues))).toEqual(told);
    expect(reported(new VitrineError('VITRINE_E_NOT_RUNNING', 'nobody there'))).toEqual({
      code: 69,
      err: 'nobody there\n',
    });
  });

  it('that nobody expected is told with its place', () => {
    const { code, err } = reported(new TypeError('x is not a function'));
    expect(code).toBe(1);
    expect(err).toMatch(/x is not a function\n\s+at /);
    expect(reported('just text').err).toMatch(/just text/);
  });
});
