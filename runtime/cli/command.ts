/** What a command is given of the world around it: where it writes, the environment, the working folder. */

export interface CommandIo {
  /** Writes text as it is; nothing is added. */
  stdout(text: string): void;
  stderr(text: string): void;
  readonly env: NodeJS.ProcessEnv;
  /** Absolute; relative paths of the command line start here. */
  readonly cwd: string;
}
