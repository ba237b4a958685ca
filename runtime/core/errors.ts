/** The one table of errors, and the error that carries a code from it. */
import { visible } from './visible';

/** What the program does about an error: end, go on with less, or try again. */
export type Outcome = 'fatal' | 'degrade' | 'retry';

interface ErrorRow {
  readonly outcome: Outcome;
  /** Exit code where the error ends a command (see the command line's contract). */
  readonly exit: number;
  readonly meaning: string;
}

export const ERRORS = {
  VITRINE_E_USAGE: { outcome: 'fatal', exit: 2, meaning: 'the command line is wrong' },
  VITRINE_E_CONFIG: { outcome: 'fatal', exit: 4, meaning: 'the configuration is invalid' },
  VITRINE_E_SHOW: { outcome: 'fatal', exit: 4, meaning: 'the show is invalid' },
  VITRINE_E_BUDGET: { outcome: 'fatal', exit: 4, meaning: 'the show does not fit the memory budget' },
  VITRINE_E_PLUGIN: { outcome: 'fatal', exit: 1, meaning: 'a required plugin failed' },
  VITRINE_E_PLUGIN_QUARANTINED: { outcome: 'degrade', exit: 1, meaning: 'an optional plugin failed and was set aside' },
  VITRINE_E_OUTPUT: { outcome: 'fatal', exit: 1, meaning: 'no output could be opened' },
  VITRINE_E_OUTPUT_LOST: { outcome: 'retry', exit: 1, meaning: 'the display went away' },
  VITRINE_E_RENDER: { outcome: 'fatal', exit: 1, meaning: 'the render thread ended' },
  VITRINE_E_PICTURE: { outcome: 'degrade', exit: 1, meaning: 'a picture cannot be shown and was set aside' },
  VITRINE_E_CLIP: { outcome: 'degrade', exit: 1, meaning: 'a clip cannot be played and was set aside' },
  VITRINE_E_SOUND: { outcome: 'degrade', exit: 1, meaning: 'a sound cannot be played' },
  VITRINE_E_THEME_EMPTY: { outcome: 'degrade', exit: 1, meaning: 'a theme has no usable media left' },
  VITRINE_E_FONT: { outcome: 'degrade', exit: 1, meaning: 'text cannot be drawn' },
  VITRINE_E_WATCH: { outcome: 'degrade', exit: 1, meaning: 'folders cannot be watched' },
  VITRINE_E_RELEASE: { outcome: 'degrade', exit: 1, meaning: 'something was not given back in time' },
  VITRINE_E_WRITE: { outcome: 'degrade', exit: 1, meaning: 'a file could not be written' },
  VITRINE_E_CONTROL: { outcome: 'fatal', exit: 1, meaning: 'the control socket cannot be used' },
  VITRINE_E_NOT_RUNNING: { outcome: 'fatal', exit: 69, meaning: 'no running instance' },
  VITRINE_E_REFUSED: { outcome: 'degrade', exit: 5, meaning: 'the running instance refused; it goes on as before' },
  VITRINE_E_HTTP: { outcome: 'degrade', exit: 1, meaning: 'the status page cannot be served' },
  VITRINE_E_INTERNAL: { outcome: 'fatal', exit: 1, meaning: 'a defect of the program' },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

/** One thing that is wrong in something a person wrote, and what to do about it. */
export interface Issue {
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
  /** Dotted path of the field: `cuelist.cues[0].duration`. */
  readonly path?: string;
  /** What is wrong. */
  readonly message: string;
  /** What to do. */
  readonly remedy?: string;
}

/** `FILE:LINE:COLUMN: PATH.TO.FIELD: what is wrong; what to do`, leaving out what is not known. One line, whatever the names in it. */
export function formatIssue(issue: Issue): string {
  const place = [issue.file, issue.line, issue.column].filter((part) => part !== undefined).join(':');
  const text = issue.remedy === undefined ? issue.message : `${issue.message}; ${issue.remedy}`;
  return visible([place, issue.path, text].filter((part) => part !== undefined && part !== '').join(': '));
}

export interface ErrorDetails {
  readonly plugin?: string;
  readonly issues?: readonly Issue[];
  readonly cause?: unknown;
}

/** An operational failure. `message` says what is wrong and what the person can do. */
export class VitrineError extends Error {
  override readonly name = 'VitrineError';
  readonly plugin: string | undefined;
  readonly issues: readonly Issue[];

  constructor(
    readonly code: ErrorCode,
    message: string,
    details: ErrorDetails = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.plugin = details.plugin;
    this.issues = details.issues ?? [];
  }

  get outcome(): Outcome {
    return ERRORS[this.code].outcome;
  }

  get exitCode(): number {
    return ERRORS[this.code].exit;
  }
}

/** Whether something thrown is an error of ours with one of these codes, also of a plugin that brings its own copy of the class. */
export function hasCode(cause: unknown, ...codes: readonly ErrorCode[]): cause is Error {
  return cause instanceof Error && cause.name === VitrineError.name && codes.includes((cause as VitrineError).code);
}

/** An error made of issues; its message lists them all, one a line. */
export function issuesError(code: ErrorCode, issues: readonly Issue[]): VitrineError {
  return new VitrineError(code, issues.map(formatIssue).join('\n'), { issues });
}

/** The words of anything that was thrown. */
export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
