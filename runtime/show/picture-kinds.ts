/** Kinds of picture files: those that can be shown, and those that look as if they could. */

/** What the decoder reads from files (a test holds this against the installed sharp). */
export const PICTURE_EXTENSIONS: ReadonlySet<string> = new Set(
  'jpg jpeg jpe jfif png webp gif avif tif tiff svg svgz'.split(' '),
);

/** Pictures that people have but the decoder cannot read: worth a word when they are met. */
const OTHER_PICTURES: ReadonlySet<string> = new Set(
  'heic heif bmp jxl jp2 psd xcf raw cr2 cr3 nef arw dng ico tga ppm pgm pbm exr hdr'.split(' '),
);

/** A file's extension in lower case, without its dot; empty where there is none. */
export function extensionOf(file: string): string {
  const name = file.slice(file.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot < 0 ? '' : name.slice(dot + 1).toLowerCase();
}

export function isPicture(file: string): boolean {
  return PICTURE_EXTENSIONS.has(extensionOf(file));
}

/** Whether a person would expect to see it, though it cannot be shown. */
export function isUnreadablePicture(file: string): boolean {
  return OTHER_PICTURES.has(extensionOf(file));
}
