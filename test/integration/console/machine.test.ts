/** The console's outputs on whole machines: what their screens show is what the frame holds, pixel by pixel. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { finalCard } from '../../machine/test-card';
import {
  makeImage,
  VirtualMachine,
  whyNoMachine,
  type MachineOptions,
  type Picture,
} from '../../support/virtual-machine';

const reason = whyNoMachine();
/** A boot takes about 20 s where nothing else runs. */
const LIMIT_MS = 240_000;
const IMAGE_LIMIT_MS = 600_000;

interface Machine {
  readonly name: string;
  readonly output: 'kms' | 'fbdev';
  readonly display: MachineOptions['display'];
  readonly kernelArgs?: readonly string[];
  readonly driver: RegExp;
  readonly size: readonly [number, number];
  /** Bits of red, green and blue that reach the screen. */
  readonly bits: readonly [number, number, number];
}

const FULL = [8, 8, 8] as const;
/** VESA's modes of 1024x768 as the kernel numbers them; the card's own driver is kept away from it. */
const vesa = (mode: string): readonly string[] => ['modprobe.blacklist=bochs', `vga=${mode}`];
const VGA = ['-vga', 'std'];

const MACHINES: readonly Machine[] = [
  {
    name: 'virtio-gpu through kms',
    output: 'kms',
    display: ['-vga', 'none', '-device', 'virtio-gpu-pci,xres=1280,yres=720'],
    driver: /^virtio\S* on Virtual-1 \(RHT-1234\)$/,
    size: [1280, 720],
    bits: FULL,
  },
  {
    name: 'bochs through kms',
    output: 'kms',
    display: ['-vga', 'none', '-device', 'bochs-display,xres=1024,yres=768'],
    driver: /^bochs-drm on Virtual-1/,
    size: [1024, 768],
    bits: FULL,
  },
  {
    name: 'bochs through the framebuffer of its driver',
    output: 'fbdev',
    display: ['-vga', 'none', '-device', 'bochs-display,xres=1024,yres=768'],
    driver: /xrgb8888$/,
    size: [1024, 768],
    bits: FULL,
  },
  {
    name: 'VESA, 32 bits',
    output: 'fbdev',
    display: VGA,
    kernelArgs: vesa('0x344'),
    driver: /^VESA VGA xrgb8888$/,
    size: [1024, 768],
    bits: FULL,
  },
  {
    name: 'VESA, 24 bits',
    output: 'fbdev',
    display: VGA,
    kernelArgs: vesa('0x318'),
    driver: /^VESA VGA rgb888$/,
    size: [1024, 768],
    bits: FULL,
  },
  {
    name: 'VESA, 16 bits',
    output: 'fbdev',
    display: VGA,
    kernelArgs: vesa('0x317'),
    driver: /^VESA VGA rgb565$/,
    size: [1024, 768],
    bits: [5, 6, 5],
  },
];

const VIRTIO = ['-vga', 'none', '-device', 'virtio-gpu-pci,xres=640,yres=480'];

/** The chain of backends on machines where its links fail one after the other. */
const CHAINS: readonly {
  readonly name: string;
  readonly output: string;
  readonly renderer: string;
  readonly without?: string;
  readonly display: readonly string[];
  readonly took: { readonly output: string; readonly renderer: string };
  readonly attempts: readonly RegExp[];
}[] = [
  {
    name: 'GL on the console, asked for by name',
    output: 'kms',
    renderer: 'gl',
    display: VIRTIO,
    took: { output: 'kms', renderer: 'gl' },
    attempts: [/^kms\+gl ok/m],
  },
  {
    name: 'the CPU on the console, as GL draws on the CPU too',
    output: 'auto',
    renderer: 'auto',
    display: VIRTIO,
    took: { output: 'kms', renderer: 'cpu' },
    attempts: [/^kms\+gl does-not-fit: .*draws on the CPU/m, /^kms\+cpu ok/m],
  },
  {
    name: 'the framebuffer, as there is no card',
    output: 'auto',
    renderer: 'auto',
    without: '/dev/dri',
    display: VIRTIO,
    took: { output: 'fbdev', renderer: 'cpu' },
    attempts: [/^kms\+cpu does-not-fit: no graphics card/m, /^fbdev\+cpu ok/m],
  },
];

/** Pixels whose highest bits differ from the card's; with fewer than 8, the rest is up to who widens them. */
function differences({ widthPx, heightPx, rgb }: Picture, bits: readonly [number, number, number]): number {
  const card = finalCard(widthPx, heightPx);
  let different = 0;
  for (let pixel = 0; pixel < widthPx * heightPx; pixel++) {
    for (let colour = 0; colour < 3; colour++) {
      const shift = 8 - bits[colour]!;
      if (rgb[pixel * 3 + colour]! >>> shift !== card[pixel * 4 + 2 - colour]! >>> shift) {
        different += 1;
        break;
      }
    }
  }
  return different;
}

/** A framebuffer that a card's own driver imitates is passed on some time after it was written. */
const SETTLES_WITHIN_MS = 15_000;

/** The screen as soon as it shows the card, or as it is after a while. */
async function settledScreen(machine: VirtualMachine, bits: Machine['bits']): Promise<Picture> {
  const endMs = performance.now() + SETTLES_WITHIN_MS;
  for (;;) {
    const picture = await machine.screen();
    if (performance.now() > endMs || differences(picture, bits) === 0) return picture;
    await new Promise((wake) => setTimeout(wake, 200));
  }
}

/** For a person to look at, where a folder is named. */
function keepPicture(name: string, { widthPx, heightPx, rgb }: Picture): void {
  const folder = process.env['VITRINE_MACHINE_PICTURES'];
  if (folder === undefined) return;
  const file = join(folder, `${name.replaceAll(/\W+/g, '-')}.ppm`);
  writeFileSync(file, Buffer.concat([Buffer.from(`P6\n${widthPx} ${heightPx}\n255\n`), rgb]));
}

const onMachines = reason === undefined ? describe : describe.skip;

onMachines(`the console of a whole machine${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  beforeAll(makeImage, IMAGE_LIMIT_MS);

  it.each(MACHINES)(
    'shows the frame: $name',
    async ({ name, output, display, kernelArgs = [], driver, size, bits }) => {
      const machine = await VirtualMachine.start({
        display,
        kernelArgs: [`vitrine.output=${output}`, ...kernelArgs],
        program: resolve(__dirname, '../../machine/show-card.js'),
        limitMs: LIMIT_MS,
      });
      try {
        expect(await machine.told()).toEqual({
          shown: true,
          driver: expect.stringMatching(driver) as string,
          widthPx: size[0],
          heightPx: size[1],
          refreshHz: expect.any(Number) as number,
          event: 'none',
          console: 1,
          refreshedAtMs: output === 'kms' ? expect.any(Number) : 0,
        });
        const picture = await settledScreen(machine, bits);
        keepPicture(name, picture);
        expect([picture.widthPx, picture.heightPx]).toEqual(size);
        expect(differences(picture, bits)).toBe(0);
        machine.goOn();
        const { second } = await machine.told();
        expect(second).toMatch(output === 'kms' ? /another program owns the screen/ : /^$/);
        expect(await machine.told()).toEqual({ closed: true, console: 0, leftOpen: 0 });
        expect(differences(await machine.screen(), bits)).toBeGreaterThan(0);
      } finally {
        await machine.end();
      }
    },
    LIMIT_MS,
  );

  it.each(CHAINS)(
    'shows the picture of a show: $name',
    async ({ output, renderer, without, display, took, attempts }) => {
      const machine = await VirtualMachine.start({
        display,
        kernelArgs: [
          `vitrine.output=${output}`,
          `vitrine.renderer=${renderer}`,
          ...(without === undefined ? [] : [`vitrine.without=${without}`]),
        ],
        program: resolve(__dirname, '../../machine/show-stage.js'),
        limitMs: LIMIT_MS,
      });
      try {
        const told = await machine.told();
        expect(told).toMatchObject({ shown: true, ...took, drawnAtRest: 0 });
        const tried = (told['attempts'] as string[]).join('\n');
        for (const attempt of attempts) expect(tried).toMatch(attempt);
        const picture = await settledScreen(machine, FULL);
        keepPicture(`${took.output}-${took.renderer}`, picture);
        expect(differences(picture, FULL)).toBe(0);
        for (const on of [false, true]) {
          machine.goOn();
          const by = took.output === 'fbdev' ? 'framebuffer blanking' : 'DPMS';
          const states = [expect.stringMatching(on ? /^On$/ : /^Off$/)];
          expect(await machine.told()).toEqual({ on, by, because: '', states });
          const seen = on ? await settledScreen(machine, FULL) : await machine.screen();
          // A card without a signal may keep its size, or show words of its own on any.
          expect(differences(seen, FULL) === 0).toBe(on);
        }
        machine.goOn();
        expect(await machine.told()).toEqual({ closed: true });
      } finally {
        await machine.end();
      }
    },
    LIMIT_MS,
  );
});
