/** A limit of the system is told by its name, whatever it made fail. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROGRAM } from '../../bench/player';
import { reportFailure } from '../../../runtime/cli/failure';
import { VitrineError } from '../../../runtime/core/errors';
import { shortageOf } from '../../../runtime/cli/shortage';

const coded = (code: string, message = code): Error => Object.assign(new Error(message), { code });
const FEW = (): string => '40';
const NONE = (): string => 'so many';
const MANY = (): string => '1024';

it.each([
  ['no descriptor', coded('EMFILE'), MANY, 'ulimit -n'],
  ['no descriptor, behind another error', new Error('x', { cause: coded('EMFILE') }), MANY, 'ulimit -n'],
  ['a module that cannot be opened', coded('MODULE_NOT_FOUND', "Cannot find module 'pino'"), FEW, 'ulimit -n'],
  ['a module that cannot be opened, as nothing can', coded('MODULE_NOT_FOUND'), NONE, 'ulimit -n'],
  ['a library that cannot be opened', new Error('Could not load the "sharp" module using'), FEW, 'ulimit -n'],
  ['no descriptor in the whole system', coded('ENFILE'), MANY, 'fs.file-max'],
  ['no thread', new Error('EAGAIN'), MANY, 'ulimit -u'],
  ['no child', coded('EAGAIN', 'spawn ffmpeg EAGAIN'), MANY, 'ulimit -u'],
  ['no memory', coded('ENOMEM'), MANY, 'ulimit -v'],
  ['no addresses', new RangeError('WebAssembly.Memory(): could not allocate memory'), MANY, 'ulimit -v'],
])('%s', (_, cause, limit, words) => {
  expect(shortageOf(cause, limit)).toContain(words);
});

it.each([
  ['a module that is missing', coded('MODULE_NOT_FOUND', "Cannot find module 'pino'")],
  ['a defect', new TypeError('x is not a function')],
  ['something that is no error', 'words'],
])('is not blamed for %s', (_, cause) => {
  expect(shortageOf(cause, MANY)).toBeUndefined();
});

it('stands below an error of ours', () => {
  let err = '';
  const io = { stdout: () => {}, stderr: (text: string) => void (err += text), env: {}, cwd: '/' };
  const listening = new VitrineError('VITRINE_E_CONTROL', 'cannot listen (EMFILE)', { cause: coded('EMFILE') });
  expect(reportFailure(io, listening)).toBe(listening.exitCode);
  expect(err).toMatch(/^cannot listen \(EMFILE\)\nthe program may have only \S+ files open/);
});

describe('the program', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vitrine-limits-'));
    execFileSync(process.execPath, [
      '-e',
      `require('sharp')({create: {width: 8, height: 8, channels: 3, background: 'red'}}).toFile(${JSON.stringify(join(folder, '1.png'))})`,
    ]);
    writeFileSync(
      join(folder, 'show.yaml'),
      `version: 1
name: Limits
themes: {all: {images: ['*.png']}}
scenes: {only: {themes: [all], every: 1s}}
cuelist: {cues: [{name: one, duration: 1h, scenes: [{scene: only}]}]}
`,
    );
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['files', '-n 24', 'ulimit -n'],
    // From Node 24 on V8 reserves so much by itself that Node ends before the program is asked.
    ...(Number(process.versions.node.split('.')[0]) < 24 ? [['addresses', '-v 6000000', 'ulimit -v']] : []),
  ])('names the limit of %s that keeps it from starting', (_, limit, words) => {
    const args = [
      'run',
      '--show',
      join(folder, 'show.yaml'),
      '--display',
      'offscreen',
      '--size',
      '64x36',
      '--duration',
      '1s',
    ];
    const sets = ['--set', 'telemetry.http=off', '--set', `control.socket=${join(folder, 'c.sock')}`];
    const { status, stderr } = spawnSync(
      'bash',
      ['-c', `ulimit ${limit}; exec "$@"`, 'bash', process.execPath, PROGRAM, ...args, ...sets],
      { encoding: 'utf8', env: { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '' } },
    );
    expect(stderr).toContain(words);
    expect(stderr).not.toContain('    at ');
    expect(status).toBe(1);
  });
});
