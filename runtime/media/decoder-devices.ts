/** The decoding devices of a machine by the names of their drivers: numbers of devices change from start to start, names do not. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';

export interface DecoderDevice {
  /** As the kernel names it: `bcm2835-codec-decode`, `rpivid`, `i915`. */
  readonly driver: string;
  /** `/dev/video10`, `/dev/dri/renderD128` */
  readonly path: string;
}

export interface DecoderDevices {
  /** Video devices (V4L2), in the order of their numbers: decoders, encoders, cameras. */
  readonly video: readonly DecoderDevice[];
  /** Render nodes of graphics cards, in the order of their numbers. */
  readonly render: readonly DecoderDevice[];
}

export const NO_DEVICES: DecoderDevices = { video: [], render: [] };

/** Reads a few small files below `root` (`/` is this machine); never throws. */
export function readDecoderDevices(root = '/'): DecoderDevices {
  const video = names(join(root, 'sys/class/video4linux'), /^video\d+$/).map((name) => ({
    driver: text(join(root, 'sys/class/video4linux', name, 'name')),
    path: `/dev/${name}`,
  }));
  const render = names(join(root, 'sys/class/drm'), /^renderD\d+$/).map((name) => ({
    driver: linkName(join(root, 'sys/class/drm', name, 'device/driver')),
    path: `/dev/dri/${name}`,
  }));
  const isThere = ({ driver, path }: DecoderDevice): boolean =>
    driver !== '' && names(join(root, path, '..'), /./).includes(basename(path));
  return { video: video.filter(isThere), render: render.filter(isThere) };
}

/** Shorter names first, so that video2 comes before video10. */
function names(folder: string, pattern: RegExp): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => pattern.test(name))
      .sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  } catch {
    return [];
  }
}

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

/** The last part of where a link points; trees for tests have a plain file with the name in it. */
function linkName(path: string): string {
  try {
    return basename(readlinkSync(path));
  } catch {
    return basename(text(path));
  }
}
