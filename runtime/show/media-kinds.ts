/** Kinds of media files by their extensions: pictures and clips that can be shown, and pictures that only look as if they could. */

export type MediaKind = 'picture' | 'clip';

/** The formats that the decoder reads from files (a test holds this against the installed sharp), and those that heif-convert reads. */
export const PICTURE_EXTENSIONS: ReadonlySet<string> = new Set(
  'jpg jpeg jpe jfif png webp gif avif tif tiff svg svgz heic heif hif'.split(' '),
);

/** Names that clips usually have; whether a file is one, only its probe knows. Moving pictures may stand in either list of a theme. */
export const CLIP_EXTENSIONS: ReadonlySet<string> = new Set(
  'mp4 m4v mov mkv webm avi ts m2ts mts mpg mpeg m1v m2v vob ogv flv wmv asf 3gp 3g2 mxf mjpg mjpeg h264 264 hevc h265 ivf nut y4m gif apng webp'.split(
    ' ',
  ),
);

/** Pictures that people have but the decoder cannot read: worth a word when they are met. */
const OTHER_PICTURES: ReadonlySet<string> = new Set(
  'bmp jxl jp2 psd xcf raw cr2 cr3 nef arw dng ico tga ppm pgm pbm exr hdr'.split(' '),
);

/** A file's extension in lower case, without its dot; empty where there is none. */
export function extensionOf(file: string): string {
  const name = file.slice(file.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot < 0 ? '' : name.slice(dot + 1).toLowerCase();
}

export function isMedia(kind: MediaKind, file: string): boolean {
  return (kind === 'picture' ? PICTURE_EXTENSIONS : CLIP_EXTENSIONS).has(extensionOf(file));
}

export function isPicture(file: string): boolean {
  return PICTURE_EXTENSIONS.has(extensionOf(file));
}

/** Whether a person would expect to see it, though it cannot be shown. */
export function isUnreadablePicture(file: string): boolean {
  return OTHER_PICTURES.has(extensionOf(file));
}
