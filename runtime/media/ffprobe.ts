/** What ffprobe says of a file, and which ffprobe that is. */
import { statSync } from 'node:fs';
import { outputOf } from './child';
import type { Tools } from './tools';

/**
 * Formats of clips and sounds, by ffmpeg's names; those it does not have do no harm. None of them names other files, as playlists do (hls, dash,
 * concat, imf), descriptions of streams (sdp) and numbered pictures (image2).
 */
const FORMATS = [
  ...'mov mp4 m4a 3gp 3g2 mj2 matroska webm avi mpegts mpeg mpegvideo m4v h264 hevc vvc av1 obu ivf nut flv live_flv kux asf asf_o'.split(' '),
  ...'ogg rm mxf mxg gxf lxf mjpeg mjpeg_2000 mpjpeg yuv4mpegpipe dv vc1 vc1test h261 h263 wtv swf dirac cavsvideo avs2 avs3 smjpeg r3d'.split(' '),
  ...'gif gif_pipe apng webp webp_anim webp_pipe png_pipe jpeg_pipe jpegxl_pipe jpegxl_anim tiff_pipe bmp_pipe ico'.split(' '),
  ...'wav w64 rso mp3 flac aac ac3 eac3 ac4 dts dtshd truehd mlp aiff au caf amr amrnb amrwb ape wv tta tak mpc mpc8 oma dsf iff loas'.split(' '),
  ...'shn voc sox gsm g722 g729 aptx aptx_hd sbc ast bfstm brstm adx qcp osq lc3 iamf libopenmpt libgme libmodplug'.split(' '),
];

/** Only the file that is named is opened, whatever stands in it. */
export const FILES_ONLY = ['-protocol_whitelist', 'file,pipe', '-format_whitelist', FORMATS.join(',')];

/** The complaint about a format that is not among them, with its name. ffmpeg 7 knows one by its text, and then does not open it. */
const OTHER_FORMAT = /\[(\S+) @ [^\]]*\] Format not on whitelist|Not detecting m3u8\/(hls)/;

/** What it says of a usual file is 5 KB; a file of thousands of streams is none for a show. */
const MOST_BYTES = 4 << 20;

/** The document of streams and format; `more`: further arguments. Rejects with its complaint, or after `limitMs`. */
export async function probeFile(
  { ffprobe }: Tools,
  path: string,
  limitMs: number,
  more: readonly string[] = [],
): Promise<unknown> {
  const quiet = ['-hide_banner', '-loglevel', 'error', ...FILES_ONLY];
  const args = [...quiet, '-print_format', 'json', '-show_format', '-show_streams', ...more, `file:${path}`];
  const said = await outputOf(ffprobe, args, limitMs, MOST_BYTES).catch((cause: unknown) => {
    const [, refused, listed] = OTHER_FORMAT.exec(String((cause as Error).cause)) ?? [];
    const format = refused ?? listed;
    if (format === undefined) throw cause;
    throw new Error(`is no clip or sound but a list of other files or streams (${format}); name the files themselves`);
  });
  return JSON.parse(said) as unknown;
}

/** Tells one ffprobe from another, for facts that are kept: another one may find something else. Empty where it cannot be looked at. */
export function probeIdentity({ ffprobe }: Tools): string {
  try {
    const { size, mtimeMs } = statSync(ffprobe);
    return `${ffprobe} ${size} ${mtimeMs}`;
  } catch {
    return '';
  }
}
