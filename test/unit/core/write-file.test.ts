/** Writing to whatever a path leads to: files whole, links followed, devices and pipes as they are, nothing waited for in vain. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '../../../runtime/core/make-folder';
import { requireWritable, writeFile } from '../../../runtime/core/write-file';
import { descriptorIn, deviceIn } from '../../support/devices';

const NOBODY = 65534;
const itAsRoot = process.getuid!() === 0 ? it : it.skip;
const module_ = join(__dirname, '../../../runtime/core/write-file.js');

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vitrine-write-'));
  file = join(folder, 'report.json');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Writes in a process of its own, as it would be done from a shell. */
const shell = (command: string): { readonly out: string; readonly failed: boolean } => {
  const write = `node -e 'require("${module_}").writeFile(process.argv[1], "hello\\n")'`;
  try {
    return {
      out: execFileSync('sh', ['-c', command.replace('WRITE', write)], { encoding: 'utf8', stdio: 'pipe' }),
      failed: false,
    };
  } catch (cause) {
    return { out: String((cause as { stderr: Buffer }).stderr), failed: true };
  }
};

/** With the names of this test: descriptors, the file, and one that is there. */
const placed = (command: string): string =>
  command.replace(/FD(\d)|\bF\b|\bM\b/g, (name, fd: string | undefined) => {
    if (fd !== undefined) return descriptorIn(folder, Number(fd));
    return name === 'F' ? file : module_;
  });

describe('a file', () => {
  it('is written whole, for all to read, with nothing left beside it', () => {
    writeFile(file, 'a');
    writeFile(file, new Uint8Array([98]));
    expect(readFileSync(file, 'utf8')).toBe('b');
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(readdirSync(folder)).toEqual(['report.json']);
  });

  it.each([0o600, 0o664, 0o640])('that is replaced keeps its mode (%d)', (mode) => {
    writeFileSync(file, 'old');
    chmodSync(file, mode);
    writeFile(file, 'new');
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(statSync(file).mode & 0o777).toBe(mode);
  });

  itAsRoot('that is replaced keeps its owner', () => {
    writeFileSync(file, 'old');
    chownSync(file, NOBODY, NOBODY);
    writeFile(file, 'new');
    expect(statSync(file)).toMatchObject({ uid: NOBODY, gid: NOBODY });
  });

  it('with a name as long as a name may be is written', () => {
    const long = join(folder, 'x'.repeat(255));
    writeFile(long, 'a');
    expect(readFileSync(long, 'utf8')).toBe('a');
  });

  it('never follows what others put where its parts are written', () => {
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'mine');
    symlinkSync(victim, `${file}.${process.pid}.new`);
    writeFile(file, 'report');
    expect(readFileSync(victim, 'utf8')).toBe('mine');
  });
});

describe('a link', () => {
  it.each(['a file', 'nothing', 'another link'])('to %s stays, and where it leads is written', (to) => {
    const target = join(folder, 'there', 'target');
    mkdirSync(join(folder, 'there'));
    if (to === 'a file') writeFileSync(target, 'old');
    const first = to === 'another link' ? join(folder, 'there', 'second') : target;
    if (to === 'another link') symlinkSync('target', first);
    symlinkSync(join('there', to === 'another link' ? 'second' : 'target'), file);
    requireWritable(file);
    writeFile(file, 'new');
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(readFileSync(target, 'utf8')).toBe('new');
    expect(lstatSync(target).isFile()).toBe(true);
    expect(readdirSync(join(folder, 'there')).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('to a link to itself is refused', () => {
    symlinkSync('report.json', file);
    expect(() => requireWritable(file)).toThrow(/circle/);
  });

  itAsRoot('that another user put where everybody may is refused, and its target stays', () => {
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'mine');
    chmodSync(folder, 0o1777);
    symlinkSync(victim, file);
    lchownSync(file, NOBODY, NOBODY);
    for (const write of [requireWritable, (path: string) => writeFile(path, 'report')])
      expect(() => write(file)).toThrow(/another user/);
    expect(readFileSync(victim, 'utf8')).toBe('mine');
  });
});

describe('what is no file', () => {
  it('is written and stays what it is: a device', () => {
    const [nowhere, full] = [deviceIn(folder, 'null'), deviceIn(folder, 'full')];
    requireWritable(nowhere);
    writeFile(nowhere, 'report');
    expect(() => writeFile(full, 'report')).toThrow(/ENOSPC/);
    for (const device of [nowhere, full]) expect(lstatSync(device).isCharacterDevice()).toBe(true);
  });

  it('is written and stays what it is: a pipe that somebody reads', async () => {
    execFileSync('mkfifo', [file]);
    const copy = join(folder, 'copy');
    // This process does not read meanwhile: the write blocks it.
    const reader = spawn('sh', ['-c', 'cat "$1" >"$2"', 'sh', file, copy], { stdio: ['ignore', 'inherit', 'inherit'] });
    const ended = once(reader, 'close');
    // More than a pipe holds. Until the reader has opened it there is nobody who reads.
    const report = 'x'.repeat(300_000);
    for (;;) {
      try {
        writeFile(file, report);
        break;
      } catch (cause) {
        expect(String(cause)).toMatch(/nobody reads it/);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    await ended;
    expect(readFileSync(copy, 'utf8')).toBe(report);
    expect(lstatSync(file).isFIFO()).toBe(true);
  });

  it('is never waited for: a pipe that nobody reads', () => {
    execFileSync('mkfifo', [file]);
    requireWritable(file);
    expect(() => writeFile(file, 'report')).toThrow(/nobody reads it; start its reader first/);
    expect(lstatSync(file).isFIFO()).toBe(true);
  });

  it.each([
    ['a pipe', 'WRITE FD1 | cat', 'hello\n'],
    ['a file, behind what is there', `(echo first; WRITE FD1; echo last) >F; cat F`, 'first\nhello\nlast\n'],
    ['another descriptor', 'WRITE FD3 3>F; cat F', 'hello\n'],
    ['a socket', 'WRITE FD1', 'hello\n'],
  ])('is what a shell handed over: %s', (_what, command, out) => {
    expect(shell(placed(command))).toEqual({ out, failed: false });
  });

  it('is refused where it is open for reading only', () => {
    expect(shell(placed('WRITE FD0 <M')).out).toMatch(/cannot be written/);
  });
});

describe('a place where nothing can be written', () => {
  it.each([
    ['a folder', '.', /it is a folder/],
    ['a folder that is missing', 'none/report.json', /there is no folder/],
    ['a file as the folder', 'file/report.json', /there is no folder/],
    ['a link to a folder', 'link', /it is a folder/],
    ['a socket', 'socket', /it is a socket/],
  ])('is named before and at the writing: %s', (_what, name, because) => {
    writeFileSync(join(folder, 'file'), '');
    symlinkSync('.', join(folder, 'link'));
    const socket = JSON.stringify(join(folder, 'socket'));
    // Killed, it leaves its socket.
    spawnSync('node', ['-e', `require('net').createServer().listen(${socket}, () => process.kill(process.pid, 9))`]);
    const path = join(folder, name);
    expect(() => requireWritable(path)).toThrow(because);
    expect(() => writeFile(path, 'report')).toThrow(because);
  });

  itAsRoot.each([
    ['a folder without the right', 'mine/report.json', /mine gives no right to write/],
    ['a file without the right', 'readable.json', /readable.json cannot be written: it gives no right/],
    ['a file that others keep where everybody may write', 'theirs.json', /belongs to another user/],
  ])('is named to a user who may not: %s', (_what, name, because) => {
    chmodSync(folder, 0o1777);
    mkdirSync(join(folder, 'mine'));
    for (const [name, mode] of Object.entries({ 'readable.json': 0o644, 'theirs.json': 0o666 })) {
      writeFileSync(join(folder, name), 'old');
      chmodSync(join(folder, name), mode);
    }
    // The one of the third row belongs to neither of both.
    chownSync(join(folder, 'theirs.json'), 1, 1);
    chownSync(folder, 2, 2);
    const path = JSON.stringify(join(folder, name));
    const said = ['requireWritable', 'writeFile'].map((act) => {
      const program = `const w = require(${JSON.stringify(module_)}); process.setgroups([]); process.setgid(${NOBODY}); process.setuid(${NOBODY});
        try { w.${act}(${path}, 'x') } catch (cause) { console.log(cause.message) }`;
      return execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' });
    });
    for (const words of said) expect(words).toMatch(because);
  });
});

describe('a folder to be made', () => {
  it('is made with those above it, each with its mode, and may be there', () => {
    const deep = join(folder, 'a', 'b', 'c');
    makeFolder(deep, 0o700);
    makeFolder(deep);
    for (const part of ['a', 'a/b', 'a/b/c']) expect(statSync(join(folder, part)).mode & 0o777).toBe(0o700);
  });

  it.each([
    ['/proc/none/of/these', 'ENOENT'],
    ['/dev/null/none', 'ENOTDIR'],
    ['file', 'EEXIST'],
    ['dangling/none', 'EEXIST'],
  ])('that cannot be made is told at once: %s', (name, code) => {
    writeFileSync(join(folder, 'file'), '');
    symlinkSync('nowhere', join(folder, 'dangling'));
    // In a process of its own: a call that never comes back cannot be broken off.
    const program = `try { require(${JSON.stringify(join(module_, '../make-folder.js'))}).makeFolder(process.argv[1]) } catch (cause) { console.log(cause.code) }`;
    const path = name.startsWith('/') ? name : join(folder, name);
    const { stdout } = spawnSync(process.execPath, ['-e', program, path], { encoding: 'utf8', timeout: 20_000 });
    expect(stdout).toBe(`${code}\n`);
    expect(existsSync(path) && lstatSync(path).isDirectory()).toBe(false);
  });
});
