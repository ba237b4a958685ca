/** Which hardware decoder is asked for, by drivers and codec. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { clipFacts, type ClipFacts } from '../../../plugins/video/clip-facts';
import { hardwareWay } from '../../../plugins/video/hardware/arguments';
import { NO_DEVICES, readDecoderDevices, type DecoderDevices } from '../../../runtime/media/decoder-devices';

const clip = (codec: string, pix_fmt = 'yuv420p'): ClipFacts => {
  const stream = { codec_type: 'video', codec_name: codec, width: 2, height: 2, pix_fmt };
  return (clipFacts({ streams: [stream] }) as { facts: ClipFacts }).facts;
};

/** `video4:rpivid`, `renderD128:i915` */
function devices(...named: readonly string[]): DecoderDevices {
  const all = named.map((text) => text.split(':') as [string, string]);
  const among = (start: string, folder: string) =>
    all.filter(([name]) => name.startsWith(start)).map(([name, driver]) => ({ driver, path: `${folder}${name}` }));
  return { video: among('video', '/dev/'), render: among('renderD', '/dev/dri/') };
}

const M2M = (codec: string): string[] => ['-c:v', `${codec}_v4l2m2m`];
const VAAPI = (node: string): string[] => ['-hwaccel', 'vaapi', '-vaapi_device', `/dev/dri/${node}`];

it.each<[string, string[], string[] | undefined]>([
  ['h264', ['video10:bcm2835-codec-decode', 'video11:bcm2835-codec-encode'], M2M('h264')],
  // The camera came first.
  ['h264', ['video0:unicam-image', 'video3:bcm2835-codec-decode'], M2M('h264')],
  ['h264', ['video10:bcm2835-codec-encode', 'video12:bcm2835-codec-isp'], undefined],
  ['vp9', ['video10:bcm2835-codec-decode'], undefined],
  ['mpeg2video', ['video10:bcm2835-codec-decode'], M2M('mpeg2')],
  ['hevc', ['video19:rpivid', 'video10:bcm2835-codec-decode'], ['-hwaccel', 'drm']],
  ['hevc', ['video4:rpi-hevc-dec'], ['-hwaccel', 'drm']],
  ['h264', ['video19:rpivid'], undefined],
  ['vp9', ['video0:qcom-venus-decoder'], M2M('vp9')],
  ['hevc', ['video1:s5p-mfc-dec'], M2M('hevc')],
  ['h264', ['video2:coda-decoder'], M2M('h264')],
  // A camera of a laptop where a Raspberry Pi has its decoder.
  ['h264', ['video10:Integrated Camera: Integrated C'], undefined],
  ['hevc', ['renderD128:i915'], VAAPI('renderD128')],
  ['av1', ['renderD128:v3d', 'renderD129:amdgpu'], VAAPI('renderD129')],
  ['h264', ['renderD128:v3d'], undefined],
  ['h264', ['renderD128:virtio_gpu'], undefined],
  ['gif', ['video10:bcm2835-codec-decode', 'renderD128:i915'], undefined],
  ['h264', [], undefined],
])('%s with %j', (codec, named, args) => {
  expect(hardwareWay(clip(codec), devices(...named))?.args).toEqual(args);
});

it('is none for what is transparent', () => {
  expect(hardwareWay(clip('hevc', 'yuva420p'), devices('renderD128:i915'))).toBeUndefined();
});

describe('the devices of a machine', () => {
  const root = mkdtempSync(join(tmpdir(), 'vitrine-devices-'));
  afterAll(() => rmSync(root, { recursive: true }));
  const file = (path: string, text = ''): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };

  it('are read with the names of their drivers', () => {
    file('sys/class/video4linux/video10/name', 'bcm2835-codec-decode\n');
    file('sys/class/video4linux/video2/name', 'rpivid\n');
    file('sys/class/video4linux/v4l-subdev0/name', 'imx219\n');
    file('sys/class/drm/renderD129/device/driver', 'i915');
    file('sys/class/drm/renderD128/device/driver', 'v3d');
    file('sys/class/drm/card0/device/driver', 'vc4-drm');
    // Known to the kernel, and kept out of this container.
    file('sys/class/video4linux/video7/name', 'qcom-venus-decoder\n');
    for (const device of ['video2', 'video10', 'dri/renderD128', 'dri/renderD129']) file(`dev/${device}`);
    expect(readDecoderDevices(root)).toEqual({
      video: [
        { driver: 'rpivid', path: '/dev/video2' },
        { driver: 'bcm2835-codec-decode', path: '/dev/video10' },
      ],
      render: [
        { driver: 'v3d', path: '/dev/dri/renderD128' },
        { driver: 'i915', path: '/dev/dri/renderD129' },
      ],
    });
  });

  it('are none where there are no such folders', () => {
    expect(readDecoderDevices(join(root, 'nothing'))).toEqual(NO_DEVICES);
  });
});
