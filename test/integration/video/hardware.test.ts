/** Hardware decoders that are what they say, and such that are not: a program in the place of ffmpeg plays their part. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stateFolder } from '../../../runtime/core/paths';
import { Proofs } from '../../../plugins/video/hardware/proofs';
import type { ClipOrder } from '../../../plugins/video/clip-order';
import { until } from '../../support/until';
import { made, openWorld, takeFrames, type World } from './fixture';

const DEVICES = { video: [{ driver: 'bcm2835-codec-decode', path: '/dev/video10' }], render: [] };
const HARDWARE = ['-c:v', 'h264_v4l2m2m'];

let world: World | undefined;
// What was found is kept over restarts.
beforeEach(() => rmSync(join(stateFolder(process.env), 'hardware.json'), { force: true }));
afterEach(async () => {
  await world?.close();
  world = undefined;
});

/** An ffmpeg whose hardware decoder does something to its pictures first, or something else in their place. */
function withDriver(filter: string, instead = ':'): World {
  const script = `
    args=(); fault=
    while [ $# -gt 0 ]; do
      case "$1 $2" in
        "-c:v "*_v4l2m2m) fault='${filter}'; ${instead}; shift 2;;
        "-vf "*) args+=(-vf "$fault$2"); shift 2;;
        *) args+=("$1"); shift;;
      esac
    done
    exec "$FFMPEG" "\${args[@]}"`;
  return openWorld({ script, devices: DEVICES, settings: { hardware: true } });
}

const film = (): string =>
  made(
    'film.mp4',
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=320x180:r=25:d=1',
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-pix_fmt',
    'yuv420p',
  );

const found = (): readonly unknown[] => world!.bank.report()['hardware'] as unknown[];

/** Once the comparison is over, which may take longer than the clip waits. */
async function ordered(): Promise<ClipOrder> {
  const order = await world!.order(film());
  await world!.bank.hardwareFor(order);
  await until(() => found().length > 0);
  return { ...order, hardware: await world!.bank.hardwareFor(order) };
}

it('is taken where its picture is that of software, and is not asked again', async () => {
  world = withDriver('');
  const order = await ordered();
  expect(order.hardware).toEqual(HARDWARE);
  expect(found()).toMatchObject([
    { kind: 'bcm2835-codec-decode h264 Constrained Baseline yuv420p 1280', usable: true },
  ]);
  const decoder = world.bank.start(order)!;
  expect((await takeFrames(world, decoder.ring)).levels).toHaveLength(25);
  expect(decoder.decodedBy).toBe('h264_v4l2m2m');
});

it.each([
  ['black pictures', 'lutyuv=y=16:u=128:v=128,'],
  ['green pictures', 'lutyuv=y=0:u=0:v=0,'],
  ['pictures that are shifted', 'scroll=hpos=0.03,'],
  ['pictures without their colours', 'hue=s=0,'],
  ['pictures of which the end is missing', 'drawbox=y=ih*0.8:h=ih:color=green:t=fill,'],
  ['pictures of another size', 'crop=iw*0.9:ih*0.9:0:0,scale=iw:ih,'],
  ['a picture with one broken block', 'drawbox=x=100:y=60:w=20:h=20:color=gray:t=fill,'],
])('is not taken where it gives %s', async (_, filter) => {
  world = withDriver(filter);
  const order = await ordered();
  expect(order.hardware).toEqual([]);
  expect(found()).toMatchObject([{ usable: false, reason: 'its picture is not that of software' }]);
  const decoder = world.bank.start(order)!;
  expect((await takeFrames(world, decoder.ring)).levels).toHaveLength(25);
  expect(decoder.decodedBy).toBe('software');
});

it('is not taken where it fails, with the reason it gives', async () => {
  world = withDriver('', 'echo "no such device" >&2; exit 1');
  expect((await ordered()).hardware).toEqual([]);
  expect(found()).toMatchObject([{ usable: false, reason: 'no such device' }]);
});

it('is not taken where it hangs', async () => {
  world = withDriver('', 'sleep 20');
  expect((await ordered()).hardware).toEqual([]);
  expect(found()).toMatchObject([{ usable: false, reason: expect.stringContaining('no picture') }]);
});

it('is not asked again by the next start', async () => {
  world = withDriver('', 'echo x >> "$0.asked"');
  const order = { ...(await ordered()), fromMs: 0, hardware: [] };
  const asked = (): number => readFileSync(`${world!.tools.ffmpeg}.asked`, 'utf8').length;
  const once = asked();
  const ask = (): Proofs => new Proofs(world!.tools, DEVICES, { info: () => {} }, process.env);
  const first = ask();
  await first.argumentsFor(order);
  await until(() => first.found.size > 0);
  first.close();
  const second = ask();
  expect(await second.argumentsFor(order)).toEqual(HARDWARE);
  second.close();
  expect(asked()).toBe(2 * once);
});

it('proves nothing by a clip without contrast, which is decoded in software', async () => {
  world = withDriver('');
  const path = made('black.mp4', '-f', 'lavfi', '-i', 'color=black:s=320x180:r=25:d=0.4', '-c:v', 'libx264');
  const order = await world.order(path);
  expect(await world.bank.hardwareFor(order)).toEqual([]);
  expect(found()).toEqual([]);
});

it('is not asked for where the option says so', async () => {
  world = openWorld({ devices: DEVICES });
  expect(await world.bank.hardwareFor(await world.order(film()))).toEqual([]);
  expect(found()).toEqual([]);
});
