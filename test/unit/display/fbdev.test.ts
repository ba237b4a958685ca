/** The framebuffer device: formats by their bits, the visible part by its offset, faults in words. */
import { createFbdevOutput, describeFramebuffer } from '../../../runtime/display/fbdev';
import { COLOUR_BITS, PIXEL_BYTES, type PixelFormat } from '../../../runtime/display/pixel-format';
import { FakeKernel } from '../../support/fake-kernel';

const WIDTH = 7;
const HEIGHT = 5;
const WHOLE = { left: 0, top: 0, right: WIDTH, bottom: HEIGHT };
const REQUEST = { size: undefined, env: {}, drivers: [], framebuffers: [] };
const START = 64;

interface Device {
  readonly format: PixelFormat;
  readonly padBytes?: number;
  readonly topRows?: number;
  readonly wordBytes?: 4 | 8;
}

function structures({ format, padBytes = 0, topRows = 0, wordBytes = 8 }: Device) {
  const variable = new DataView(new ArrayBuffer(160));
  const pixelBytes = PIXEL_BYTES[format];
  const pitch = WIDTH * pixelBytes + padBytes;
  const put = (at: number, value: number): void => variable.setUint32(at, value, true);
  put(0, WIDTH);
  put(4, HEIGHT);
  put(20, topRows);
  put(24, pixelBytes * 8);
  Object.values(COLOUR_BITS[format]).forEach(([offset, bits]: readonly [number, number], i) => {
    put(32 + 12 * i, offset);
    put(36 + 12 * i, bits);
  });
  const fixed = new DataView(new ArrayBuffer(wordBytes === 8 ? 80 : 68));
  new Uint8Array(fixed.buffer).set(Buffer.from('TEST VGA'));
  fixed.setUint32(16, 0xe000_0000 + START, true);
  fixed.setUint32(16 + wordBytes, pitch * (HEIGHT + topRows), true);
  fixed.setUint32(40 + wordBytes, pitch, true);
  return { variable, fixed, pitch };
}

function kernelWith(device: Device): { kernel: FakeKernel; memory: Uint8Array; pitch: number } {
  const kernel = new FakeKernel();
  const { variable, fixed, pitch } = structures(device);
  const memory = new Uint8Array(START + pitch * (HEIGHT + (device.topRows ?? 0)));
  kernel.framebuffer = { variable: new Uint8Array(variable.buffer), fixed: new Uint8Array(fixed.buffer), memory };
  return { kernel, memory, pitch };
}

const onSixtyFourBits = process.arch === 'arm' || process.arch === 'ia32' ? describe.skip : describe;

onSixtyFourBits('the fbdev output', () => {
  it.each([
    ['xrgb8888', 0, 0],
    ['xrgb8888', 12, 3],
    ['rgb565', 2, 1],
    ['bgr888', 0, 0],
  ] as const)('writes %s with %i bytes beside a row and %i rows above', (format, padBytes, topRows) => {
    const { kernel, memory, pitch } = kernelWith({ format, padBytes, topRows });
    const output = createFbdevOutput(kernel).open(REQUEST);
    expect([output.widthPx, output.heightPx, output.driver]).toEqual([WIDTH, HEIGHT, `TEST VGA ${format}`]);
    output.attach(new Uint8Array(new ArrayBuffer(WIDTH * HEIGHT * 4)).fill(255));
    expect(output.present({ left: 1, top: 2, right: 3, bottom: 3 })).toBe(true);
    const first = START + (topRows + 2) * pitch + PIXEL_BYTES[format];
    expect(memory.indexOf(255)).toBe(first);
    expect(memory.lastIndexOf(255)).toBe(first + 2 * PIXEL_BYTES[format] - 1);
    expect(memory.filter((byte) => byte === 255).length).toBe(2 * PIXEL_BYTES[format]);
    output.present(WHOLE);
    expect(memory.lastIndexOf(255)).toBe(memory.length - 1 - padBytes);
    output.close();
    expect(kernel.held).toBe(0);
  });

  it('keeps the console quiet while it is open, fifty times over without holding on to anything', () => {
    const { kernel } = kernelWith({ format: 'rgb565' });
    for (let i = 0; i < 50; i++) {
      const output = createFbdevOutput(kernel).open(REQUEST);
      expect(kernel.terminalMode).toBe(1);
      output.close();
      expect([kernel.terminalMode, kernel.held]).toEqual([0, 0]);
    }
  });

  it.each([
    ['EACCES', 'open /dev/fb0', /no right to use \/dev\/fb0; add this user to the group video/],
    ['ENODEV', 'open /dev/fb0', /no framebuffer behind \/dev\/fb0/],
    ['ENOTTY', 'fb 4600', /is not a framebuffer/],
    ['ENODEV', 'map', /cannot be mapped \(ENODEV\)/],
  ])('says what to do about %s of %s, and lets go of everything', (code, call, words) => {
    const { kernel } = kernelWith({ format: 'xrgb8888' });
    kernel.refuse(call, code);
    expect(() => createFbdevOutput(kernel).open(REQUEST)).toThrow(words);
    expect(kernel.held).toBe(0);
  });

  it('names pixels it does not know', () => {
    const { kernel } = kernelWith({ format: 'rgb565' });
    new DataView(kernel.framebuffer!.variable.buffer).setUint32(24, 8, true);
    expect(() => createFbdevOutput(kernel).open(REQUEST)).toThrow(/pixels of 8 bits .*set a depth of 32 or 16/);
    expect(kernel.held).toBe(0);
  });

  it('does not write past a memory that is too small', () => {
    const { kernel } = kernelWith({ format: 'xrgb8888' });
    new DataView(kernel.framebuffer!.fixed.buffer).setUint32(24, 40, true);
    expect(() => createFbdevOutput(kernel).open(REQUEST)).toThrow(/more than its 40 bytes/);
  });

  it('tells a change of size, and that the device has gone', () => {
    const { kernel } = kernelWith({ format: 'xrgb8888' });
    const output = createFbdevOutput(kernel).open(REQUEST);
    expect(output.poll()).toBe('none');
    new DataView(kernel.framebuffer!.variable.buffer).setUint32(0, WIDTH + 1, true);
    expect(output.poll()).toBe('resized');
    kernel.refuse('fb 4600', 'ENODEV');
    expect(output.poll()).toBe('lost');
    expect(output.present(WHOLE)).toBe(false);
    output.close();
  });

  it('is not opened where it imitates one of a card that nobody sees', () => {
    const { kernel } = kernelWith({ format: 'xrgb8888' });
    const connector = { id: 1, type: 11, index: 1, connected: false, modes: [] };
    kernel.connectors = [connector, { ...connector, index: 2 }];
    expect(() => createFbdevOutput(kernel).open(REQUEST)).toThrow(
      '/dev/fb0 belongs to a graphics card without a display',
    );
    expect(kernel.held).toBe(0);
    kernel.connectors[1]!.connected = true;
    createFbdevOutput(kernel).open(REQUEST).close();
  });

  it('fits where there is a device', () => {
    expect(createFbdevOutput(kernelWith({ format: 'rgb565' }).kernel).fits()).toEqual({ fits: true });
    expect(createFbdevOutput(new FakeKernel()).fits().fits).toBe(false);
  });
});

it('reads the same from the structures of 32-bit and 64-bit kernels', () => {
  const read = (wordBytes: 4 | 8) => {
    const { variable, fixed } = structures({ format: 'rgb565', padBytes: 6, topRows: 2, wordBytes });
    return describeFramebuffer(variable, fixed, wordBytes);
  };
  expect(read(4)).toEqual(read(8));
  expect(read(8)).toMatchObject({ startBytes: START, format: 'rgb565', visibleBytes: 2 * (WIDTH * 2 + 6) });
});
