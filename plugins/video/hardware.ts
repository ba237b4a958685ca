/** Hardware decoders: which arguments ask for one, by the devices there are and the clip's codec. */
import { existsSync } from 'node:fs';
import type { ClipFacts } from './clip-facts';

/** V4L2 memory-to-memory decoders of Raspberry Pi 3 and 4 and of many boards; ffmpeg's names for them. */
const M2M: Readonly<Record<string, string>> = {
  h264: 'h264_v4l2m2m',
  mpeg2video: 'mpeg2_v4l2m2m',
  mpeg4: 'mpeg4_v4l2m2m',
  vp8: 'vp8_v4l2m2m',
  vp9: 'vp9_v4l2m2m',
};
const M2M_DEVICE = '/dev/video10';
/** The stateless HEVC decoder of Raspberry Pi 4 and 5, behind DRM. */
const STATELESS_DEVICE = '/dev/video19';
const RENDER_NODE = '/dev/dri/renderD128';
/** Codecs that drivers behind VAAPI usually know. */
const VAAPI = new Set(['h264', 'hevc', 'mpeg2video', 'vp8', 'vp9', 'av1', 'mjpeg']);

/** None where nothing here may decode the clip; what does not work falls back to software by itself. `exists` is for tests. */
export function hardwareArguments(
  { codec }: ClipFacts,
  exists: (path: string) => boolean = existsSync,
): readonly string[] {
  if (codec === 'hevc' && exists(STATELESS_DEVICE)) return ['-hwaccel', 'drm'];
  if (M2M[codec] !== undefined && exists(M2M_DEVICE)) return ['-c:v', M2M[codec]];
  if (VAAPI.has(codec) && exists(RENDER_NODE)) return ['-hwaccel', 'vaapi', '-vaapi_device', RENDER_NODE];
  return [];
}
