/** What an installation has of npm packages: nothing for other systems, and optional packages only where they are asked for. */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../../../..');
const LIBRARIES = [
  ...['darwin-arm64', 'darwin-x64', 'linux-arm-gnueabihf', 'linux-arm64-gnu', 'linux-x64-gnu'],
  ...['win32-arm64-msvc', 'win32-x64-msvc'],
].map((system) => `node-web-audio-api.${system}.node`);

let folder: string;
const at = (...names: string[]): string => path.join(folder, ...names);

/** Runs a script of the checkout; what it calls `node` and `npm` says `answers` and notes its arguments. */
function run(script: string, answers: { node: string; npm?: string }): string[] {
  mkdirSync(at('bin'), { recursive: true });
  writeFileSync(at('bin', 'node'), `#!/bin/bash\necho '${answers.node}'\n`);
  writeFileSync(at('bin', 'npm'), `#!/bin/bash\necho "$*" >> '${at('calls')}'\n${answers.npm ?? ''}\n`);
  for (const name of ['node', 'npm']) chmodSync(at('bin', name), 0o755);
  writeFileSync(at('calls'), '');
  execFileSync('bash', ['-c', script], { cwd: folder, env: { PATH: `${at('bin')}:/usr/bin:/bin` }, stdio: 'pipe' });
  return readFileSync(at('calls'), 'utf8').split('\n').filter(Boolean);
}

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vitrine-packages-'));
  cpSync(path.join(ROOT, 'deploy'), at('deploy'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  ['linux-x64', 'linux-x64-gnu'],
  ['linux-arm64', 'linux-arm64-gnu'],
  ['linux-arm', 'linux-arm-gnueabihf'],
])('the sound library of %s is kept, those of other systems are not', (system, kept) => {
  const audio = at('node_modules', 'node-web-audio-api');
  mkdirSync(audio, { recursive: true });
  for (const name of [...LIBRARIES, 'index.cjs']) writeFileSync(path.join(audio, name), '');
  run('deploy/trim-packages.sh', { node: system });
  expect(readdirSync(audio).sort()).toEqual(['index.cjs', `node-web-audio-api.${kept}.node`]);
});

it('without the sound library there is nothing to trim', () => {
  expect(run('deploy/trim-packages.sh', { node: 'linux-x64' })).toEqual([]);
});

it('the libraries are those that the package brings', () => {
  const there = readdirSync(path.join(ROOT, 'node_modules/node-web-audio-api')).filter((name) =>
    name.endsWith('.node'),
  );
  expect(LIBRARIES).toEqual(expect.arrayContaining(there));
});

it.each(['gl', 'ffmpeg-static', 'node-gyp'])('%s is not installed by npm ci', (name) => {
  const lock = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')) as { packages: object };
  expect(Object.keys(lock.packages)).not.toContain(`node_modules/${name}`);
});

describe('an optional package', () => {
  const ready =
    'set -e; source deploy/lib/packages.sh; source deploy/lib/optional-package.sh; ready_optional_package gl';
  const lays = 'mkdir -p node_modules/gl; touch node_modules/gl/package.json';
  const there = (name: string): void => {
    mkdirSync(at('node_modules', name), { recursive: true });
    writeFileSync(at('node_modules', name, 'package.json'), '');
  };

  it.each([
    ['alone', [], '--omit=dev gl@^8'],
    ['beside the other one, which stays', ['ffmpeg-static'], '--omit=dev gl@^8 ffmpeg-static@^8'],
    ['in a checkout', ['typescript'], 'gl@^8'],
  ])('is installed %s', (_, others, packages) => {
    others.forEach(there);
    const [call, ...more] = run(ready, { node: '^8', npm: lays });
    const words = '--no-save --save-optional --ignore-scripts --no-audit --no-fund --loglevel=error';
    expect([call, ...more]).toEqual([`install ${words} ${packages}`]);
  });

  it('is left alone where it is', () => {
    there('gl');
    expect(run(ready, { node: '^8' })).toEqual([]);
  });

  it('that npm could not install is a failure', () => {
    expect(() => run(ready, { node: '^8' })).toThrow();
  });
});
