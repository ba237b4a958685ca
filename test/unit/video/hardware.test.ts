/** Which hardware decoder is asked for, by devices and codec. */
import { clipFacts, type ClipFacts } from '../../../plugins/video/clip-facts';
import { hardwareArguments } from '../../../plugins/video/hardware';

const clip = (codec: string): ClipFacts =>
  (clipFacts({ streams: [{ codec_type: 'video', codec_name: codec, width: 2, height: 2 }] }) as { facts: ClipFacts })
    .facts;
const devices =
  (...paths: string[]) =>
  (path: string) =>
    paths.includes(path);

it.each([
  ['h264', ['/dev/video10'], ['-c:v', 'h264_v4l2m2m']],
  ['hevc', ['/dev/video10', '/dev/video19'], ['-hwaccel', 'drm']],
  ['hevc', ['/dev/dri/renderD128'], ['-hwaccel', 'vaapi', '-vaapi_device', '/dev/dri/renderD128']],
  ['gif', ['/dev/video10', '/dev/dri/renderD128'], []],
  ['h264', [], []],
])('%s with %j', (codec, paths, wanted) => {
  expect(hardwareArguments(clip(codec), devices(...paths))).toEqual(wanted);
});
