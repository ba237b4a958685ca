/** The tally of the campaign: for each kind, what was tried and what of it failed. */

export interface Row {
  readonly kind: string;
  readonly tried: number;
  /** What failed, in words; empty where nothing did. */
  readonly failed: readonly string[];
  /** Figures beside it. */
  readonly note: string;
}

/** Prints a row as it is done. */
export function printRow({ kind, tried, failed, note }: Row): void {
  process.stdout.write(`${kind.padEnd(44)} ${String(tried).padStart(6)} tried, ${failed.length} failed  ${note}\n`);
  for (const words of failed.slice(0, 20)) process.stdout.write(`    ${words}\n`);
  if (failed.length > 20) process.stdout.write(`    and ${failed.length - 20} more\n`);
}
