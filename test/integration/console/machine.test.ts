/** The console's outputs on whole machines: what their screens show is what the frame holds, pixel by pixel. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { serialize } from 'node:v8';
import type { PictureRef } from '../../../runtime/stage/layer';
import { finalCard } from '../../machine/test-card';
import { GOLDENS, GoldenStage, type Source } from '../../support/golden-stage';
import { recipeOf, type Recipe } from '../../support/images';
import {
  makeImage,
  VirtualMachine,
  whyNoMachine,
  type MachineOptions,
  type Picture,
} from '../../support/virtual-machine';

const reason = whyNoMachine();
/** A boot takes about 20 s where nothing else runs, all golden pictures as long again. */
const LIMIT_MS = 600_000;
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

const VIRTIO_SIZE = { widthPx: 320, heightPx: 200 } as const;
/** What its screen is changed to. */
const OTHER_SIZE = { widthPx: 400, heightPx: 300 } as const;
const VIRTIO = ['-vga', 'none', '-device', 'virtio-gpu-pci,xres=320,yres=200'];

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

/** For the same person. */
function keepRate(backend: string, told: Record<string, unknown>): void {
  const folder = process.env['VITRINE_MACHINE_PICTURES'];
  if (folder !== undefined) writeFileSync(join(folder, `${backend}.json`), JSON.stringify(told));
}

/** Blue, green, red and `fourth` of every pixel. */
function bgrx({ rgb }: Picture, fourth: number): Uint8Array {
  const frame = new Uint8Array((rgb.length / 3) * 4).fill(fourth);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4)
    for (let colour = 0; colour < 3; colour++) frame[to + colour] = rgb[from + 2 - colour]!;
  return frame;
}

/** Frames as the screen of a machine shows them. Pictures are made in it anew: its layers name them by their places in a list. */
function screenOf(machine: VirtualMachine): Source {
  const recipes: Recipe[] = [];
  return {
    put: (image) => ({
      ref: { slot: recipes.push(recipeOf(image)) - 1, generation: 0, widthPx: image.widthPx, heightPx: image.heightPx },
    }),
    async frameOf(layers, atMs) {
      const pictures = layers.map(({ picture }) => recipes[(picture as PictureRef).slot]!);
      const { digest } = await machine.order({
        kind: 'frame',
        layers: serialize(layers).toString('base64'),
        pictures,
        atMs,
      });
      const endMs = performance.now() + SETTLES_WITHIN_MS;
      for (;;) {
        const screen = await machine.screen();
        const seen = createHash('sha256').update(bgrx(screen, 0)).digest('hex');
        if (seen === digest || performance.now() > endMs) return bgrx(screen, 255);
        await new Promise((wake) => setTimeout(wake, 50));
      }
    },
    close: () => Promise.resolve(),
  };
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

  describe.each(CHAINS)('$name', ({ output, renderer, without, display, took, attempts }) => {
    let machine: VirtualMachine | undefined;
    beforeAll(async () => {
      machine = await VirtualMachine.start({
        display,
        kernelArgs: [
          `vitrine.output=${output}`,
          `vitrine.renderer=${renderer}`,
          ...(without === undefined ? [] : [`vitrine.without=${without}`]),
        ],
        program: resolve(__dirname, '../../machine/show-stage.js'),
        limitMs: LIMIT_MS,
      });
    }, LIMIT_MS);
    afterAll(() => machine?.end());

    it(
      'is what the chain comes to, and shows the picture; nothing is drawn at rest',
      async () => {
        const told = await machine!.told();
        expect(told).toMatchObject({ shown: true, ...took, drawnAtRest: 0 });
        const tried = (told['attempts'] as string[]).join('\n');
        for (const attempt of attempts) expect(tried).toMatch(attempt);
        const picture = await settledScreen(machine!, FULL);
        keepPicture(`${took.output}-${took.renderer}`, picture);
        expect(differences(picture, FULL)).toBe(0);
      },
      LIMIT_MS,
    );

    it.each(GOLDENS)(
      'golden pictures: %s',
      (_name, check) => check(new GoldenStage(screenOf(machine!), VIRTIO_SIZE.widthPx, VIRTIO_SIZE.heightPx, 0)),
      LIMIT_MS,
    );

    it(
      'is switched off and on',
      async () => {
        await machine!.order({ kind: 'card', ...VIRTIO_SIZE });
        for (const on of [false, true]) {
          const by = took.output === 'fbdev' ? 'framebuffer blanking' : 'DPMS';
          const states = [expect.stringMatching(on ? /^On$/ : /^Off$/)];
          expect(await machine!.order({ kind: 'power', on })).toEqual({ on, by, because: '', states });
          const seen = on ? await settledScreen(machine!, FULL) : await machine!.screen();
          // A card without a signal may keep its size, or show words of its own on any.
          expect(differences(seen, FULL) === 0).toBe(on);
        }
      },
      LIMIT_MS,
    );

    if (took.output === 'kms')
      it(
        'takes a screen of another size, and one whose cable was pulled and put back',
        async () => {
          const eventsAre = async (wanted: readonly string[]): Promise<void> => {
            const endMs = performance.now() + SETTLES_WITHIN_MS;
            let events: unknown;
            do {
              ({ events } = await machine!.order({ kind: 'events' }));
              await new Promise((wake) => setTimeout(wake, 200));
            } while (performance.now() < endMs && JSON.stringify(events) !== JSON.stringify(wanted));
            expect(events).toEqual(wanted);
          };
          const backend = `${took.output}+${took.renderer}`;
          // Where GL drew, the show goes on in memory by the CPU meanwhile.
          const meanwhile = took.renderer === 'gl' ? ['offscreen+cpu 400x300'] : [];
          machine!.changeScreen(OTHER_SIZE);
          await eventsAre([`${backend} 400x300`]);
          await machine!.order({ kind: 'card', ...OTHER_SIZE });
          const picture = await settledScreen(machine!, FULL);
          expect([picture.widthPx, picture.heightPx]).toEqual([400, 300]);
          expect(differences(picture, FULL)).toBe(0);
          machine!.changeScreen(undefined);
          await eventsAre([`${backend} 400x300`, 'lost', ...meanwhile]);
          machine!.changeScreen(OTHER_SIZE);
          await eventsAre([`${backend} 400x300`, 'lost', ...meanwhile, `${backend} 400x300`]);
          expect(differences(await settledScreen(machine!, FULL), FULL)).toBe(0);
        },
        LIMIT_MS,
      );

    it(
      'ends, and opens anew for a crossfade that is not timed',
      async () => {
        const told = await machine!.order({ kind: 'close' });
        expect(told).toMatchObject({ closed: true, ...(took.output === 'kms' ? OTHER_SIZE : VIRTIO_SIZE) });
        keepRate(`${took.output}+${took.renderer}`, told);
        expect(told['frames']).toBeGreaterThan(200);
      },
      LIMIT_MS,
    );
  });
});
