/** The set-up script, in a small checkout of its own, with stand-ins for the commands that reach outside. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../../../..');
/** Programs that only the tests need. */
const TEST_TOOLS = [
  ...['Xvfb', 'weston', 'cc', 'sway', 'grim', 'heif-convert'],
  ...['openbox', 'picom', 'cage', 'Xwayland', 'mutter', 'dbus-run-session', 'dbus-launch'],
];
const SYSTEM = [
  ...['bash', 'cat', 'chmod', 'dirname', 'env', 'find', 'ln', 'mkdir', 'mv', 'readlink', 'rm', 'sha256sum', 'sort'],
  ...['uname', 'xargs'],
];

/** Stand-in for npm: lays down compilers that write a program, which paints one picture. */
const NPM = `
mkdir -p node_modules/.bin
cat > node_modules/.bin/tsc <<'TSC'
#!/usr/bin/env bash
echo "tsc $*" >> "$CALLS"
mkdir -p dist/runtime dist/plugins dist/test
echo 'program' > dist/runtime/main.js
TSC
cat > node_modules/.bin/asc <<'ASC'
#!/usr/bin/env bash
echo "asc $*" >> "$CALLS"
ASC
chmod +x node_modules/.bin/tsc node_modules/.bin/asc
`;
const NODE = `
if [[ "$1" == -p ]]; then echo "$NODE_VERSION"; fi
if [[ "$2" == demo-media ]]; then
  mkdir -p media/demo/sea media/demo/sounds; echo x > media/demo/sea/one.jpg; echo x > media/demo/sounds/bed.wav
  if command -v ffmpeg > "$CALLS.ffmpeg"; then mkdir -p media/demo/clips; echo x > media/demo/clips/one.mp4; fi
fi
`;

class Checkout {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'vitrine-bootstrap-'));
  private readonly bin = path.join(this.folder, 'bin');
  private readonly calls = path.join(this.folder, 'calls');

  constructor() {
    mkdirSync(this.bin);
    cpSync(path.join(ROOT, 'deploy'), path.join(this.folder, 'deploy'), { recursive: true });
    for (const folder of ['runtime', 'plugins', 'test', 'scripts']) mkdirSync(path.join(this.folder, folder));
    for (const file of [
      'package-lock.json',
      'tsconfig.json',
      'asconfig.json',
      'scripts/bundle.mjs',
      'scripts/code-cache.mjs',
      'runtime/main.ts',
    ])
      this.write(file, file);
    for (const name of SYSTEM)
      symlinkSync(execFileSync('which', [name], { encoding: 'utf8' }).trim(), path.join(this.bin, name));
    this.command('id', 'echo "$USER_ID"');
    this.command('ldconfig', 'echo "$LIBRARIES"');
    for (const tool of ['ffmpeg', 'ffprobe']) this.command(tool, '');
    this.command('npm', `echo "npm $*" >> "$CALLS"\n${NPM}`);
    this.command('node', `[[ "$1" == -p ]] || echo "node $*" >> "$CALLS"\n${NODE}`);
  }

  write(file: string, text: string): void {
    writeFileSync(path.join(this.folder, file), text);
  }

  command(name: string, script: string): void {
    this.write(`bin/${name}`, `#!${execFileSync('which', ['bash'], { encoding: 'utf8' }).trim()}\n${script}\n`);
    chmodSync(path.join(this.bin, name), 0o755);
  }

  /** Runs the set-up; tells what it said and which commands it ran. */
  run(options: { args?: string[]; env?: Record<string, string> } = {}) {
    writeFileSync(this.calls, '');
    const env = {
      PATH: this.bin,
      CALLS: this.calls,
      HOME: this.folder,
      PREFIX: path.join(this.folder, 'system'),
      NODE_VERSION: '20.9.0',
      USER_ID: '0',
      LIBRARIES: SDL,
    };
    const run = spawnSync(path.join(this.bin, 'bash'), ['deploy/bootstrap.sh', ...(options.args ?? [])], {
      cwd: this.folder,
      env: { ...env, ...options.env },
      encoding: 'utf8',
    });
    const calls = readFileSync(this.calls, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    return { status: run.status, said: run.stderr, calls };
  }
}

const SDL = 'libSDL2-2.0.so.0 (libc6,x86-64) => /lib/libSDL2-2.0.so.0';

let checkout: Checkout;
beforeEach(() => {
  checkout = new Checkout();
});
afterEach(() => rmSync(checkout.folder, { recursive: true, force: true }));

const BUILD = ['tsc -p .', 'asc --target release', 'node scripts/bundle.mjs', 'node scripts/code-cache.mjs'];
const MEDIA = 'node dist/runtime/main.js demo-media media/demo';
const CI = 'npm ci --ignore-scripts --loglevel=error';

describe('the set-up', () => {
  it('installs, builds and paints in a fresh checkout, and does and says nothing the second time', () => {
    expect(checkout.run()).toMatchObject({ status: 0, calls: [CI, ...BUILD, MEDIA] });
    expect(checkout.run()).toEqual({ status: 0, said: '', calls: [] });
  });

  it.each([
    ['the lock file changed', (c: Checkout) => c.write('package-lock.json', 'other'), [CI, ...BUILD]],
    ['a source changed', (c: Checkout) => c.write('runtime/main.ts', 'other'), BUILD],
    ['a source was added', (c: Checkout) => c.write('plugins/new.ts', ''), BUILD],
    ['the build is gone', (c: Checkout) => rmSync(path.join(c.folder, 'dist'), { recursive: true }), BUILD],
    ['a picture is gone', (c: Checkout) => rmSync(path.join(c.folder, 'media/demo/sea/one.jpg')), [MEDIA]],
    ['a clip is gone', (c: Checkout) => rmSync(path.join(c.folder, 'media/demo/clips/one.mp4')), [MEDIA]],
    ['a sound is gone', (c: Checkout) => rmSync(path.join(c.folder, 'media/demo/sounds/bed.wav')), [MEDIA]],
  ])('does only what is needed when %s', (_what, change, calls) => {
    checkout.run();
    change(checkout);
    expect(checkout.run()).toMatchObject({ status: 0, calls });
    expect(checkout.run().calls).toEqual([]);
  });

  it('makes the clips of the demo once ffmpeg is there', () => {
    for (const tool of ['ffmpeg', 'ffprobe']) rmSync(path.join(checkout.folder, 'bin', tool));
    expect(checkout.run().said).toContain('sudo apt-get install ffmpeg');
    expect(checkout.run().calls).toEqual([]);
    for (const tool of ['ffmpeg', 'ffprobe']) checkout.command(tool, '');
    expect(checkout.run().calls).toEqual([MEDIA]);
    expect(checkout.run().calls).toEqual([]);
    expect(existsSync(path.join(checkout.folder, 'media/demo/clips/one.mp4'))).toBe(true);
  });

  it('removes what was built from a source that is gone', () => {
    checkout.run();
    checkout.write('dist/runtime/old.js', '');
    checkout.write('runtime/main.ts', 'other');
    checkout.run();
    expect(existsSync(path.join(checkout.folder, 'dist/runtime/old.js'))).toBe(false);
    expect(existsSync(path.join(checkout.folder, 'dist/runtime/main.js'))).toBe(true);
  });

  it('builds again after a build that failed, even when the sources are back to what was built before', () => {
    checkout.run();
    checkout.write('runtime/main.ts', 'other');
    checkout.write('node_modules/.bin/asc', '#!/usr/bin/env bash\nexit 1\n');
    expect(checkout.run()).toMatchObject({ status: 1, said: expect.stringContaining('the build failed') });
    checkout.write('node_modules/.bin/asc', '#!/usr/bin/env bash\n');
    checkout.write('runtime/main.ts', 'runtime/main.ts');
    expect(checkout.run()).toMatchObject({ status: 0, calls: BUILD.filter((call) => !call.startsWith('asc')) });
  });

  it.each(['18.19.0', '20.8.1'])('refuses Node %s with the version it needs', (version) => {
    const run = checkout.run({ env: { NODE_VERSION: version } });
    expect(run).toMatchObject({
      status: 1,
      said: expect.stringContaining(`${version} is too old; install version 20.9`),
    });
    expect(run.calls).toEqual([]);
  });

  it('refuses an argument it does not know', () => {
    expect(checkout.run({ args: ['--tests'] })).toMatchObject({ status: 2, said: expect.stringContaining('usage') });
  });
});

describe('the command vitrine', () => {
  /** Runs it from another folder. */
  const call = (link: string, ...args: string[]) =>
    spawnSync(link, args, {
      cwd: tmpdir(),
      env: { PATH: `${checkout.folder}/bin`, CALLS: path.join(checkout.folder, 'calls') },
      encoding: 'utf8',
    });
  const said = (): string => readFileSync(path.join(checkout.folder, 'calls'), 'utf8');

  it.each([
    ['root', '0', 'system/bin'],
    ['an ordinary user', '1000', '.local/bin'],
  ])('lies in the folder of programs of %s and runs this checkout from any folder', (_who, USER_ID, folder) => {
    expect(checkout.run({ env: { USER_ID } }).said).toContain(`the command vitrine is in ${checkout.folder}/${folder}`);
    expect(checkout.run({ env: { USER_ID } }).said).toBe('');
    expect(call(path.join(checkout.folder, folder, 'vitrine'), 'check', 'a b').status).toBe(0);
    expect(said()).toMatch(/^node .*\/dist\/runtime\/main\.js check a b\n$/);
  });

  it('gives the line that adds its folder to the path, where it is not in it', () => {
    const folder = path.join(checkout.folder, 'system/bin');
    expect(checkout.run().said).toContain(`export PATH="${folder}:$PATH"`);
    rmSync(path.join(folder, 'vitrine'));
    const PATH = `${checkout.folder}/bin:${folder}`;
    expect(checkout.run({ env: { PATH } }).said).not.toContain('export PATH');
  });

  it.each([
    ['a file of that name', (file: string) => writeFileSync(file, 'mine')],
    ['a link to something else', (file: string) => symlinkSync('/usr/bin/true', file)],
    ['a link of another checkout', (file: string) => symlinkSync(path.join(ROOT, 'deploy/vitrine'), file)],
  ])('leaves %s alone, and says where this one is', (_what, lay) => {
    const file = path.join(checkout.folder, 'system/bin/vitrine');
    mkdirSync(path.dirname(file), { recursive: true });
    lay(file);
    const before = lstatSync(file).ino;
    expect(checkout.run()).toMatchObject({
      status: 0,
      said: expect.stringContaining(`the command of this checkout is ${checkout.folder}/deploy/vitrine`),
    });
    expect(lstatSync(file).ino).toBe(before);
  });

  it('takes the place of a link to a checkout that is gone', () => {
    const file = path.join(checkout.folder, 'system/bin/vitrine');
    mkdirSync(path.dirname(file), { recursive: true });
    symlinkSync('/gone/deploy/vitrine', file);
    checkout.run();
    expect(readlinkSync(file)).toBe(path.join(checkout.folder, 'deploy/vitrine'));
  });

  it('is left alone by the tests', () => {
    for (const tool of TEST_TOOLS) checkout.command(tool, '');
    const LIBRARIES = `${SDL} libGLESv2.so.2`;
    expect(checkout.run({ args: ['--test'], env: { LIBRARIES } }).status).toBe(0);
    expect(existsSync(path.join(checkout.folder, 'system'))).toBe(false);
  });

  it('says what to do where its checkout is not built', () => {
    const { status, stderr } = call(path.join(checkout.folder, 'deploy/vitrine'), 'check');
    expect([status, stderr]).toEqual([1, expect.stringContaining('is not built; run npm start there once')]);
  });
});

describe('Debian packages', () => {
  it('asks apt for what is missing and nothing else', () => {
    checkout.command('apt-get', 'echo "apt-get $*" >> "$CALLS"');
    const run = checkout.run({ env: { LIBRARIES: '' } });
    expect(run.status).toBe(0);
    expect(run.calls.slice(0, 2)).toEqual([
      'apt-get -qq -o DPkg::Lock::Timeout=120 update',
      'apt-get -qq -o DPkg::Lock::Timeout=120 install -y --no-install-recommends libsdl2-2.0-0',
    ]);
  });

  it('goes through sudo where it is no root', () => {
    checkout.command('apt-get', 'echo "apt-get $*" >> "$CALLS"');
    checkout.command('sudo', 'echo "sudo $*" >> "$CALLS"');
    const run = checkout.run({ env: { LIBRARIES: '', USER_ID: '1000' } });
    expect(run.calls).toContainEqual(
      expect.stringMatching(/^sudo -n env DEBIAN_FRONTEND=noninteractive apt-get .* install .*libsdl2/),
    );
  });

  it('goes on off-screen where only the display library is missing and nothing can be installed', () => {
    checkout.command('apt-get', 'echo "apt-get $*" >> "$CALLS"');
    const run = checkout.run({ env: { LIBRARIES: '', USER_ID: '1000' } });
    expect(run.status).toBe(0);
    expect(run.said).toContain('needs root or sudo');
    expect(run.said).toContain('not installed (Debian names): libsdl2-2.0-0');
    expect(run.said).toContain('off-screen');
    expect(run.calls).toEqual([CI, ...BUILD, MEDIA]);
  });

  it('goes on without apt, and says what is missing', () => {
    const run = checkout.run({ env: { LIBRARIES: '' } });
    expect(run).toMatchObject({ status: 0, said: expect.stringContaining('no apt-get') });
  });

  it('ends before the tests when what they need cannot be had', () => {
    const run = checkout.run({ args: ['--test'] });
    expect(run).toMatchObject({
      status: 1,
      said: expect.stringContaining('xvfb weston libgles2 libegl1 libgl1-mesa-dri gcc'),
      calls: [],
    });
  });

  it('goes on when installing fails for want of a network', () => {
    checkout.command('apt-get', 'exit 100');
    expect(checkout.run({ env: { LIBRARIES: '' } })).toMatchObject({
      status: 0,
      said: expect.stringContaining('apt-get install failed'),
    });
  });
});
