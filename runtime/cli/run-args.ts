/** The arguments of `run`, parsed but not yet settled against the configuration. */

export interface RunArgs {
  /** A show file, relative to the working folder. */
  readonly show?: string;
  /** Configuration files, weakest first. */
  readonly config: readonly string[];
  /** `key=value` pairs, as written. */
  readonly set: readonly string[];
  /** Options of the table given as arguments: argument name without the leading dashes to value. */
  readonly args: Readonly<Record<string, string>>;
  readonly display?: string;
  readonly renderer?: string;
  /** `WIDTHxHEIGHT` in px. */
  readonly size?: string;
  readonly durationMs?: number;
  readonly untimed: boolean;
  /** Where the run report goes. */
  readonly report?: string;
  readonly seed?: number;
}
