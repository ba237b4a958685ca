/** Which hardware decoder may decode a clip, by the drivers of the machine and the clip's codec, and which arguments ask for it. Pure. */
import type { DecoderDevices } from '../../../runtime/media/decoder-devices';
import type { ClipFacts } from '../clip-facts';

export interface HardwareWay {
  /** The kernel's name of the driver. */
  readonly driver: string;
  /** ffmpeg's arguments before its input. */
  readonly args: readonly string[];
}

/** ffmpeg's decoders for V4L2 devices that take whole streams. It finds the device itself, by what each can do. */
const STATEFUL_DECODERS: Readonly<Record<string, string>> = {
  h264: 'h264_v4l2m2m',
  hevc: 'hevc_v4l2m2m',
  mpeg2video: 'mpeg2_v4l2m2m',
  mpeg4: 'mpeg4_v4l2m2m',
  vc1: 'vc1_v4l2m2m',
  vp8: 'vp8_v4l2m2m',
  vp9: 'vp9_v4l2m2m',
};

/**
 * Drivers of such devices as the kernel's sources name them, with the codecs they know: Raspberry Pi up to 4, Qualcomm, Samsung, NXP
 * (i.MX6, i.MX8), MediaTek, Amlogic, Chips&Media.
 */
const STATEFUL: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^bcm2835-codec-decode$/, ['h264', 'mpeg2video', 'mpeg4', 'vc1']],
  [/^(qcom-)?(venus|iris)[-_]dec/, ['h264', 'hevc', 'mpeg2video', 'mpeg4', 'vc1', 'vp8', 'vp9']],
  [/^(exynos|s5p)-mfc-dec/, ['h264', 'hevc', 'mpeg2video', 'mpeg4', 'vp8', 'vp9']],
  [/^coda(-video)?-decoder$/, ['h264', 'mpeg2video', 'mpeg4']],
  [/^(amphion-vpu|vpu)[-_ ]?dec/, ['h264', 'hevc', 'mpeg2video', 'mpeg4', 'vc1', 'vp8']],
  [/^(mtk-vcodec|mt\d+-vcodec)-dec/, ['h264', 'hevc', 'mpeg4', 'vp8', 'vp9']],
  [/^meson-(video-decoder|vdec)/, ['h264', 'hevc', 'mpeg2video', 'vp9']],
  [/^(wave5|vpu-dec|C&M)/, ['h264', 'hevc']],
];

/** Drivers that take one picture at a time, whose frames stay with the graphics card: HEVC of Raspberry Pi 4 and 5. */
const STATELESS: readonly (readonly [RegExp, readonly string[]])[] = [[/^(rpivid|rpi-hevc-dec)/, ['hevc']]];

/** Graphics drivers for which there is a VAAPI driver. Those of small boards (v3d, panfrost, lima, …) only draw. */
const VAAPI_DRIVERS = /^(i915|xe|amdgpu|radeon|nouveau)$/;
/** Codecs that drivers behind VAAPI usually know. */
const VAAPI_CODECS = new Set(['h264', 'hevc', 'mpeg2video', 'vc1', 'vp8', 'vp9', 'av1', 'mjpeg']);

/** Undefined where nothing here may decode the clip. That a way gives the right pictures is proven elsewhere (`proofs`). */
export function hardwareWay({ codec, alpha }: ClipFacts, { video, render }: DecoderDevices): HardwareWay | undefined {
  // Hardware knows nothing of transparency.
  if (alpha) return undefined;
  const among = (table: typeof STATEFUL) =>
    video.find(({ driver }) => table.some(([name, codecs]) => name.test(driver) && codecs.includes(codec)));
  const stateless = among(STATELESS);
  if (stateless !== undefined) return { driver: stateless.driver, args: ['-hwaccel', 'drm'] };
  const stateful = among(STATEFUL);
  const decoder = STATEFUL_DECODERS[codec];
  if (stateful !== undefined && decoder !== undefined) return { driver: stateful.driver, args: ['-c:v', decoder] };
  const node = VAAPI_CODECS.has(codec) ? render.find(({ driver }) => VAAPI_DRIVERS.test(driver)) : undefined;
  return node === undefined
    ? undefined
    : { driver: node.driver, args: ['-hwaccel', 'vaapi', '-vaapi_device', node.path] };
}
