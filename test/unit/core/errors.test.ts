import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createErrorLog } from '../../../runtime/core/error-log';
import {
  ERRORS,
  formatIssue,
  issuesError,
  messageOf,
  VitrineError,
  type ErrorCode,
} from '../../../runtime/core/errors';
import { createEmitter } from '../../../runtime/core/events';

const ROOT = resolve(__dirname, '../../../..');
const codes = Object.keys(ERRORS) as ErrorCode[];

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(ROOT, folder, name));
}

describe('the table of errors', () => {
  it('has the exit codes of the command line, and says in words what each means', () => {
    for (const code of codes) {
      const { exit, meaning } = ERRORS[code];
      expect(code).toMatch(/^VITRINE_E_[A-Z_]+$/);
      expect([1, 2, 4, 5, 69]).toContain(exit);
      expect(meaning).toMatch(/^[a-z].*[a-z]$/);
    }
    const meanings = codes.map((code) => ERRORS[code].meaning);
    expect(new Set(meanings).size).toBe(meanings.length);
  });

  it('has no code that nothing can report', () => {
    const texts = [...sources('runtime'), ...sources('plugins')]
      .filter((file) => !file.endsWith('core/errors.ts'))
      .map((file) => readFileSync(file, 'utf8'));
    expect(codes.filter((code) => !texts.some((text) => text.includes(`'${code}'`)))).toEqual([]);
  });

  it('stands in the documents as it is: every code with its outcome, exit code and meaning', () => {
    const page = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8');
    for (const code of codes) {
      const { outcome, exit, meaning } = ERRORS[code];
      const row = page.split('\n').find((line) => line.startsWith(`| \`${code}\` |`));
      const cells = row?.split('|').map((cell) => cell.trim());
      expect(cells?.slice(1, 5)).toEqual([`\`${code}\``, outcome, String(exit), meaning]);
      expect(cells?.[5]).not.toBe('');
    }
  });

  it('names every code that the documents name', () => {
    const documents = ['docs', 'README.md'].flatMap((entry) =>
      entry.endsWith('.md')
        ? [join(ROOT, entry)]
        : readdirSync(join(ROOT, entry), { recursive: true, encoding: 'utf8' })
            .filter((name) => name.endsWith('.md'))
            .map((name) => join(ROOT, entry, name)),
    );
    const named = documents.flatMap((file) => readFileSync(file, 'utf8').match(/VITRINE_E_[A-Z_]*[A-Z]/g) ?? []);
    expect(named.filter((code) => !(codes as string[]).includes(code))).toEqual([]);
  });
});

describe('an error', () => {
  it('knows its outcome and exit code, its plugin and its cause', () => {
    const cause = new Error('no socket');
    const error = new VitrineError('VITRINE_E_SHOW', 'the show is wrong', { plugin: 'video', cause });
    expect(error).toMatchObject({
      name: 'VitrineError',
      outcome: 'fatal',
      exitCode: 4,
      plugin: 'video',
      cause,
      issues: [],
    });
    expect('cause' in new VitrineError('VITRINE_E_SHOW', 'x')).toBe(false);
  });

  it('made of issues lists all of them with their places', () => {
    const issues = [
      { file: 'a.yaml', line: 3, column: 5, path: 'cuelist.cues[0]', message: 'is wrong', remedy: 'mend it' },
      { file: 'a.yaml', message: 'cannot be read' },
      { message: 'says nothing' },
    ];
    const error = issuesError('VITRINE_E_SHOW', issues);
    expect(error.message).toBe('a.yaml:3:5: cuelist.cues[0]: is wrong; mend it\na.yaml: cannot be read\nsays nothing');
    expect(error.issues).toBe(issues);
    expect(formatIssue({ path: '', message: 'x' })).toBe('x');
  });

  it('has words, whatever was thrown', () => {
    expect([new Error('a'), 'b', undefined].map(messageOf)).toEqual(['a', 'b', 'undefined']);
  });
});

describe('the error log', () => {
  it('counts the same error as one, and stays bounded', () => {
    const told: number[] = [];
    const log = createErrorLog(({ count }) => told.push(count));
    for (let at = 0; at < 3; at += 1) log.report('VITRINE_E_PICTURE', 'theme-bank', 'a.jpg is broken');
    expect(told).toEqual([1, 2, 3]);
    for (let at = 0; at < 900; at += 1) log.report('VITRINE_E_PICTURE', 'theme-bank', `${at}.jpg is broken`);
    const list = log.list();
    expect(list).toHaveLength(501);
    expect(list[0]).toMatchObject({ message: 'a.jpg is broken', count: 3 });
    expect(list.at(-1)).toMatchObject({
      count: 401,
      message: 'further errors than the 500 that are named; the log and vitrine watch name each',
    });
    expect(list.reduce((sum, { count }) => sum + count, 0)).toBe(903);
  });
});

describe('an emitter', () => {
  it('lets no listener that fails reach the others, and forgets who stopped listening', () => {
    const faults: unknown[] = [];
    const heard: string[] = [];
    const emitter = createEmitter<{ tick: number }>((cause) => faults.push(cause));
    emitter.on('tick', () => {
      throw new Error('deaf');
    });
    const deaf = emitter.on('tick', (event) => {
      heard.push(`once ${event}`);
      deaf();
    });
    emitter.on('tick', (event) => heard.push(`ever ${event}`));
    emitter.emit('tick', 1);
    emitter.emit('tick', 2);
    expect(heard).toEqual(['once 1', 'ever 1', 'ever 2']);
    expect(faults).toHaveLength(2);
  });
});
