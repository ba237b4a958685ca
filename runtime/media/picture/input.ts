/** What libvips is given for a picture file. */

export interface PictureInput {
  /** A path, or the bytes of a file. */
  readonly source: string | Buffer;
  /** As sharp's: `warning` also rejects what libvips would only warn of, `none` nothing that can be read in part. */
  readonly failOn: 'error' | 'warning' | 'none';
  /** Its end was put there. */
  readonly isMended?: boolean;
}

/** Reads an input with libvips; rejects where that cannot. */
export type ReadInput<T> = (input: PictureInput) => Promise<T>;

/** A picture that cannot be read as it is, with what a person can do. */
export class PictureError extends Error {
  constructor(
    readonly because: string,
    readonly remedy: string,
  ) {
    super(`${because}; ${remedy}`);
  }
}
