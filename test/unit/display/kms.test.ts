/** The console's screen through mode setting, on a kernel whose faults the test plays. */
import { createKmsOutput } from '../../../runtime/display/kms';
import { FOURCC } from '../../../runtime/display/drm-layout';
import { FakeKernel } from '../../support/fake-kernel';

const WIDTH = 12;
const HEIGHT = 6;
const WHOLE = { left: 0, top: 0, right: WIDTH, bottom: HEIGHT };
const REQUEST = { size: undefined, env: {}, drivers: [], framebuffers: [] };
const HDMI = 11;
const CARD = '/dev/dri/card0';

function kernelWithScreen(): FakeKernel {
  const kernel = new FakeKernel();
  kernel.connectors = [
    { id: 20, type: HDMI, index: 1, connected: false, modes: [] },
    {
      id: 21,
      type: HDMI,
      index: 2,
      connected: true,
      modes: [
        { widthPx: 8, heightPx: 4 },
        { widthPx: WIDTH, heightPx: HEIGHT, clockKhz: 900, preferred: true },
      ],
    },
  ];
  return kernel;
}

const frameOf = (value: number): Uint8Array => new Uint8Array(new ArrayBuffer(WIDTH * HEIGHT * 4)).fill(value);

describe('the kms output', () => {
  it('takes the first connected screen in its preferred mode, at its exact rate', () => {
    const output = createKmsOutput(kernelWithScreen()).open(REQUEST);
    expect([output.widthPx, output.heightPx]).toEqual([WIDTH, HEIGHT]);
    expect(output.refreshHz).toBeCloseTo(900_000 / ((WIDTH + 280) * (HEIGHT + 45)), 9);
    expect(output.driver).toBe('vc4-drm on HDMI-A-2');
    output.close();
  });

  it('takes the mode nearest to a size that was asked for', () => {
    const output = createKmsOutput(kernelWithScreen()).open({ ...REQUEST, size: { widthPx: 9, heightPx: 4 } });
    expect([output.widthPx, output.heightPx]).toEqual([8, 4]);
    output.close();
  });

  it.each([0, 20])(
    'has on the screen what the frame holds when only parts are told, with %i bytes beside a row',
    (pad) => {
      const kernel = kernelWithScreen();
      kernel.padBytes = pad;
      const output = createKmsOutput(kernel).open(REQUEST);
      const frame = frameOf(1);
      output.attach(frame);
      expect(output.present(WHOLE)).toBe(true);
      for (const [x, y] of [
        [0, 0],
        [5, 3],
        [11, 5],
        [2, 4],
      ] as const) {
        const at = (y * WIDTH + x) * 4;
        frame.fill(100 + x, at, at + 4);
        expect(output.present({ left: x, top: y, right: x + 1, bottom: y + 1 })).toBe(true);
        const rowBytes = WIDTH * 4;
        for (let row = 0; row < HEIGHT; row++) {
          const from = row * (rowBytes + pad);
          expect([...kernel.screen.subarray(from, from + rowBytes)]).toEqual([
            ...frame.subarray(row * rowBytes, (row + 1) * rowBytes),
          ]);
        }
      }
      expect(output.refreshedAtMs).toBe(12_345.678);
      output.close();
    },
  );

  it('shows 16 bits a pixel where the card takes no 32', () => {
    const kernel = kernelWithScreen();
    kernel.refuse(`addFramebuffer ${FOURCC.xrgb8888.toString(16)}`, 'EINVAL');
    const output = createKmsOutput(kernel).open(REQUEST);
    output.attach(frameOf(255));
    output.present(WHOLE);
    expect(kernel.screen).toEqual(new Uint8Array(WIDTH * HEIGHT * 2).fill(255));
    output.close();
    expect(kernel.held).toBe(0);
  });

  it('switches the screen on when it takes it, off and on again, and shows the whole frame then', () => {
    const kernel = kernelWithScreen();
    const output = createKmsOutput(kernel).open(REQUEST);
    expect(kernel.power).toBe(0);
    output.attach(frameOf(7));
    output.present(WHOLE);
    expect(output.power(false)).toBe('DPMS');
    expect(kernel.power).toBe(3);
    expect(output.power(true)).toBe('DPMS');
    expect(kernel.power).toBe(0);
    kernel.refuse('setProperty', 'EINVAL');
    expect(() => output.power(false)).toThrow(/EINVAL/);
    output.close();
    expect(kernel.held).toBe(0);
  });

  it('takes the refresh that suits the show, of modes of the same size', () => {
    const kernel = kernelWithScreen();
    const clockFor = (hz: number): number => (hz * (WIDTH + 280) * (HEIGHT + 45)) / 1000;
    kernel.connectors[1]!.modes = [
      ...[60, 50, 24].map((hz) => ({
        widthPx: WIDTH,
        heightPx: HEIGHT,
        clockKhz: clockFor(hz),
        preferred: hz === 60,
      })),
      { widthPx: 8, heightPx: 4, clockKhz: clockFor(25) },
    ];
    for (const [rates, hz] of [
      [[], 60],
      [[25], 50],
      [[24], 24],
    ] as const) {
      const output = createKmsOutput(kernel).open({ ...REQUEST, rates });
      expect(output.refreshHz).toBeCloseTo(hz, 1);
      output.close();
    }
  });

  it('puts everything back at its close: picture, text console, files', () => {
    const kernel = kernelWithScreen();
    const before = kernel.shown;
    for (let i = 0; i < 50; i++) {
      const output = createKmsOutput(kernel).open(REQUEST);
      expect(kernel.terminalMode).toBe(1);
      output.attach(frameOf(i));
      output.present(WHOLE);
      output.close();
      expect(kernel.shown).toBe(before);
      expect(kernel.terminalMode).toBe(0);
      expect(kernel.held).toBe(0);
    }
  });

  it('shows without a text console, and without hearing of hot plugs', () => {
    const kernel = kernelWithScreen();
    kernel.hasTerminal = false;
    kernel.refuse('openDeviceEvents', 'EPERM');
    const output = createKmsOutput(kernel).open(REQUEST);
    output.attach(frameOf(3));
    expect(output.present(WHOLE)).toBe(true);
    expect(output.poll()).toBe('none');
    output.close();
    expect(kernel.held).toBe(0);
  });

  it.each([
    ['EACCES', `open ${CARD}`, /no right to use \/dev\/dri\/card0; add this user to the group video/],
    ['EBUSY', 'setMaster', /another program owns the screen: stop the desktop/],
    ['EACCES', 'setMaster', /another program owns the screen/],
    ['EACCES', 'setCrtc', /another program owns the screen/],
    ['ENODEV', 'setCrtc', /card0 has gone/],
    ['ENOTTY', 'capability', /no buffers that the CPU can draw into/],
    ['EOPNOTSUPP', 'resources', /card0 has no screens/],
    ['ENOMEM', 'map', /no two pictures of .* fit the memory/],
    ['ENOMEM', 'createDumb', /ask for a smaller size/],
  ])('says what to do about %s of %s, and lets go of everything', (code, call, words) => {
    const kernel = kernelWithScreen();
    kernel.refuse(call, code);
    expect(() => createKmsOutput(kernel).open(REQUEST)).toThrow(words);
    expect(kernel.held).toBe(0);
    expect(kernel.terminalMode).toBe(0);
  });

  it.each([
    ['no card', (kernel: FakeKernel) => void (kernel.hasCard = false), /no graphics card/],
    ['no connectors', (kernel: FakeKernel) => void (kernel.connectors = []), /has a connector/],
    ['no screen', (kernel: FakeKernel) => void (kernel.connectors[1]!.connected = false), /no screen is connected/],
    ['a screen without modes', (kernel: FakeKernel) => void (kernel.connectors[1]!.modes = []), /video=HDMI-A-2:/],
  ])('says that there is %s', (_, change, words) => {
    const kernel = kernelWithScreen();
    change(kernel);
    expect(() => createKmsOutput(kernel).open(REQUEST)).toThrow(words);
    expect(kernel.held).toBe(0);
  });

  it('opens the named connector only', () => {
    const kernel = kernelWithScreen();
    expect(() => createKmsOutput(kernel).open({ ...REQUEST, connector: 'HDMI-A-1' })).toThrow(/connected to HDMI-A-1/);
    expect(() => createKmsOutput(kernel).open({ ...REQUEST, connector: 'DP-7' })).toThrow(
      /no connector DP-7; there are HDMI-A-1, HDMI-A-2/,
    );
    createKmsOutput(kernel)
      .open({ ...REQUEST, connector: 'HDMI-A-2' })
      .close();
    expect(kernel.held).toBe(0);
  });

  it('goes on by setting the screen anew when a flip is never confirmed, and says so', () => {
    const kernel = kernelWithScreen();
    kernel.confirmsFlips = false;
    const output = createKmsOutput(kernel).open(REQUEST);
    const frame = frameOf(1);
    output.attach(frame);
    expect(output.present(WHOLE)).toBe(true);
    frame.fill(2);
    expect(output.present(WHOLE)).toBe(true);
    expect(kernel.screen.every((byte) => byte === 2)).toBe(true);
    expect(output.driver).toMatch(/page flip was not confirmed in \d+ ms/);
    const flips = kernel.calls.filter((call) => call === 'pageFlip').length;
    output.present(WHOLE);
    expect(kernel.calls.filter((call) => call === 'pageFlip').length).toBe(flips);
    output.close();
  });

  it('is lost when neither flips nor setting anew works', () => {
    const kernel = kernelWithScreen();
    const output = createKmsOutput(kernel).open(REQUEST);
    output.attach(frameOf(1));
    kernel.refuse('pageFlip', 'EINVAL');
    kernel.refuse('setCrtc', 'EINVAL');
    expect(output.present(WHOLE)).toBe(false);
    expect(output.poll()).toBe('lost');
    output.close();
    expect(kernel.held).toBe(0);
  });

  it.each(['EACCES', 'ENODEV'])('is lost when a flip is refused with %s', (code) => {
    const kernel = kernelWithScreen();
    const output = createKmsOutput(kernel).open(REQUEST);
    output.attach(frameOf(1));
    kernel.refuse('pageFlip', code);
    expect(output.present(WHOLE)).toBe(false);
    output.close();
    expect(kernel.held).toBe(0);
  });

  it('is lost when the screen is unplugged or the card is gone', () => {
    for (const spoil of [
      (kernel: FakeKernel) => void (kernel.connectors[1]!.connected = false),
      (kernel: FakeKernel) => kernel.refuse('connector', 'ENODEV'),
    ]) {
      const kernel = kernelWithScreen();
      const output = createKmsOutput(kernel).open(REQUEST);
      expect(output.poll()).toBe('none');
      spoil(kernel);
      expect(output.poll()).toBe('lost');
      output.close();
      expect(kernel.held).toBe(0);
    }
  });

  it('is to be opened anew when the screen prefers another mode', () => {
    const kernel = kernelWithScreen();
    const output = createKmsOutput(kernel).open(REQUEST);
    kernel.events = ['change@/devices/card0\0SUBSYSTEM=drm\0HOTPLUG=1\0'];
    kernel.connectors[1]!.modes = [{ widthPx: 20, heightPx: 10, preferred: true }];
    expect(output.poll()).toBe('resized');
    output.close();
  });

  it('fits where a card may have a screen', () => {
    const kernel = kernelWithScreen();
    const output = createKmsOutput(kernel);
    expect(output.fits()).toEqual({ fits: true });
    kernel.connectors[1]!.connected = false;
    expect(output.fits()).toEqual({ fits: false, because: 'no screen is connected to a graphics card' });
    kernel.hasCard = false;
    expect(output.fits().fits).toBe(false);
  });
});
