/** What a command is given of the world around it: where it writes, the environment, the working folder, interruptions. */

export interface CommandIo {
  /** Writes lines of text; control characters in it are made visible. */
  stdout(text: string): void;
  stderr(text: string): void;
  /** Writes text as it is, with colours and carriage returns; absent where there is no terminal. Text from outside is made visible before. */
  stdoutStyled?(text: string): void;
  stderrStyled?(text: string): void;
  /** Writes bytes to standard output; absent where it takes text only. */
  stdoutBytes?(bytes: Uint8Array): void;
  readonly env: NodeJS.ProcessEnv;
  /** Absolute; relative paths of the command line start here. */
  readonly cwd: string;
  /**
   * Takes SIGINT and SIGTERM over: the signal aborts at the first of them, a second SIGINT ends the process at once. A
   * command that never asks is ended by either, as usual. Absent where nothing interrupts.
   */
  interruption?(): AbortSignal;
}
