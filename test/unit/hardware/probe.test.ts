/** The probe reads boards as they are and survives what is missing or odd. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import fc from 'fast-check';
import { composeCores, decodeCores, deviceIds, hasScreen, isRaspberryPi } from '../../../runtime/hardware/facts';
import { selectProfile } from '../../../runtime/hardware/profile';
import { probe } from '../../../runtime/hardware/probe';

const BOARDS = resolve(__dirname, '../../../../test/fixtures/boards');
const MIB = 1024 * 1024;

function board(name: string): ReturnType<typeof probe> {
  const env = JSON.parse(readFileSync(join(BOARDS, name, 'env.json'), 'utf8')) as NodeJS.ProcessEnv;
  return probe(join(BOARDS, name, 'root'), env);
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vitrine-probe-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

describe('a board is read from its files', () => {
  it.each([
    ['pi-zero-2w', 'raspberry-pi-512m', 3, 4, 'kms'],
    ['pi-3b-plus', 'raspberry-pi-1g', 3, 4, 'kms'],
    ['pi-4-2g', 'raspberry-pi-2g', 4, 4, 'kms'],
    ['pi-5-8g', 'raspberry-pi', 5, 4, 'wayland'],
    ['desktop-x11', 'desktop', 0, 4, 'x11'],
    ['desktop-wayland', 'desktop', 0, 8, 'wayland'],
    ['headless-server', 'headless', 0, 6, 'none'],
    ['container', 'headless', 0, 1.5, 'none'],
  ])('%s is a %s', (name, profile, generation, grantedCores, session) => {
    const facts = board(name);
    expect(selectProfile(facts).name).toBe(profile);
    expect(facts.board.generation).toBe(generation);
    expect(isRaspberryPi(facts)).toBe(generation > 0);
    expect(facts.cpu.grantedCores).toBe(grantedCores);
    expect(facts.session.type).toBe(session);
    expect(hasScreen(facts)).toBe(session !== 'none');
  });

  it.each([
    ['Orange Pi Zero 2', 'pi-3b-plus', 'kiosk'],
    ['Intel NUC', 'pi-4-2g', 'kiosk'],
    ['a board in a desktop session', 'pi-5-8g', 'desktop'],
  ])('%s is no Raspberry Pi, and shares its screen only in a session: like %s, %s', (model, like, profile) => {
    const facts = board(like);
    const other = { ...facts, board: { ...facts.board, model, family: 'other' as const, generation: 0 } };
    expect(selectProfile(other).name).toBe(profile);
  });

  it('covers every fixture board', () => {
    expect(readdirSync(BOARDS).sort()).toEqual([
      'container',
      'desktop-wayland',
      'desktop-x11',
      'headless-server',
      'pi-3b-plus',
      'pi-4-2g',
      'pi-5-8g',
      'pi-zero-2w',
    ]);
  });

  it('reads a Pi in detail, without the NULs of its device tree', () => {
    expect(board('pi-4-2g')).toMatchObject({
      board: { model: 'Raspberry Pi 4 Model B Rev 1.2', serial: '1000000089abcdef', hostName: 'foyer' },
      os: { id: 'debian', version: '13', kernel: '6.12.47+rpt-rpi-v8', architecture: 'arm64' },
      memory: { totalBytes: 1886204 * 1024, limitBytes: undefined, usableBytes: 1886204 * 1024 },
      graphics: { drivers: ['v3d', 'vc4'], renderNodes: 1, framebuffers: ['/dev/fb0'] },
      audio: { cards: ['vc4hdmi', 'Headphones'] },
      session: { underSystemd: true, container: false },
    });
    expect(board('pi-4-2g').graphics.connectors[0]).toMatchObject({
      name: 'HDMI-A-1',
      connected: true,
      modes: [{ widthPx: 3840, heightPx: 2160 }, {}, {}],
    });
  });

  it('knows a device by serial, then machine-id, then host name', () => {
    expect(deviceIds(board('pi-zero-2w'))).toEqual([
      '00000000a3f1c27e',
      '5f2c9d1e8b7a4c3d9e0f1a2b3c4d5e6f',
      'lobby-left',
    ]);
    expect(deviceIds(board('container'))).toEqual(['b1946ac92492']);
  });
});

describe('limits', () => {
  it('takes a container by its cgroup, not by its host', () => {
    const facts = board('container');
    expect(facts.memory.usableBytes).toBe(512 * MIB);
    expect(facts.cpu.cores).toBe(16);
    expect([composeCores(facts), decodeCores(facts)]).toEqual([1, 1]);
    expect(facts.session.container).toBe(true);
  });

  it('takes the smallest limit on the way up, in version 1 as well', () => {
    expect(board('headless-server').memory.limitBytes).toBe(4096 * MIB);
    expect(board('headless-server').cpu.grantedCores).toBe(6);
  });

  it('lets no group have more than the one above it', () => {
    put('proc/self/cgroup', '0::/kiosk.slice/vitrine.service\n');
    put('sys/fs/cgroup/kiosk.slice/vitrine.service/memory.max', '536870912\n');
    put('sys/fs/cgroup/kiosk.slice/memory.max', '268435456\n');
    put('sys/fs/cgroup/kiosk.slice/vitrine.service/cpu.max', '300000 100000\n');
    put('sys/fs/cgroup/kiosk.slice/cpu.max', '200000 100000\n');
    put('proc/meminfo', 'MemTotal: 8000000 kB\n');
    put('proc/cpuinfo', 'processor : 0\nprocessor : 1\nprocessor : 2\nprocessor : 3\n');
    expect(probe(folder, {}).memory.limitBytes).toBe(256 * MIB);
    expect(probe(folder, {}).cpu.grantedCores).toBe(2);
  });

  it('finds the limit at the top where the own group is not mounted', () => {
    put('proc/self/cgroup', '0::/docker/0123abcd\n');
    put('sys/fs/cgroup/memory.max', '268435456\n');
    put('proc/meminfo', 'MemTotal: 8000000 kB\n');
    expect(probe(folder, {}).memory.usableBytes).toBe(256 * MIB);
  });

  it('grants what the affinity leaves', () => {
    put('proc/cpuinfo', 'processor : 0\nprocessor : 1\nprocessor : 2\nprocessor : 3\n');
    put('proc/self/status', 'Cpus_allowed_list:\t1,3\n');
    expect(probe(folder, {}).cpu.grantedCores).toBe(2);
  });
});

describe('sessions', () => {
  it('does not believe in a display whose socket is not there', () => {
    put('tmp/.X11-unix/X1', '');
    expect(probe(folder, { DISPLAY: ':0' }).session.type).toBe('none');
    expect(probe(folder, { DISPLAY: ':1.0' }).session.x11Display).toBe(':1.0');
    expect(
      probe(folder, { XDG_RUNTIME_DIR: '/run/user/1', WAYLAND_DISPLAY: 'wayland-0' }).session.waylandDisplay,
    ).toBeUndefined();
  });

  it('finds a socket that nobody named, but no lock file', () => {
    put('run/user/1/wayland-3.lock', '');
    expect(probe(folder, { XDG_RUNTIME_DIR: '/run/user/1' }).session.type).toBe('none');
    put('run/user/1/wayland-3', '');
    expect(probe(folder, { XDG_RUNTIME_DIR: '/run/user/1' }).session.waylandDisplay).toBe('wayland-3');
  });
});

describe('nonsense', () => {
  it('reads an empty machine without a throw', () => {
    expect(probe(folder, {})).toMatchObject({
      board: { model: '', family: 'other', serial: undefined, machineId: undefined, hostName: '' },
      cpu: { cores: 1, grantedCores: 1 },
      session: { type: 'none' },
    });
  });

  it('never throws and grants at least one core, whatever the files say', () => {
    const files = [
      'proc/cpuinfo',
      'proc/meminfo',
      'proc/self/cgroup',
      'proc/self/status',
      'proc/device-tree/model',
      'etc/os-release',
      'sys/fs/cgroup/memory.max',
      'sys/fs/cgroup/cpu.max',
      'sys/class/drm/card0-HDMI-A-1/modes',
      'proc/asound/cards',
    ];
    const line = fc.constantFrom(
      'MemTotal: 0 kB',
      'MemTotal: many kB',
      '0::/',
      '0::/../../etc',
      '0 0',
      '-1 100000',
      'max',
      '99999x1',
      '0x0',
      '\0\0',
      'Cpus_allowed_list: 3-1',
      'processor : x',
      'Raspberry Pi',
      'ID=',
      ' 0 [',
      '',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...files), fc.array(line, { maxLength: 3 }))), (writes) => {
        for (const [file, lines] of writes) put(file, lines.join('\n'));
        const facts = probe(folder, { DISPLAY: 'x', WAYLAND_DISPLAY: '\u0001' });
        expect(facts.cpu.grantedCores).toBeGreaterThanOrEqual(1);
        expect(facts.memory.usableBytes).toBeGreaterThanOrEqual(0);
        expect(facts.graphics.connectors.flatMap(({ modes }) => modes)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('ignores a serial number of zeros', () => {
    put('proc/device-tree/model', 'Raspberry Pi 3 Model B\0');
    put('proc/device-tree/serial-number', '0000000000000000\0');
    expect(probe(folder, {}).board.serial).toBeUndefined();
  });
});
