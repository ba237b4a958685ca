/** The program: argv -> command, output, exit codes, and nothing else. `main.ts` runs it. */
import type { CommandIo } from './cli/command';
import { visibleLines } from './core/visible';
import { reportFailure } from './cli/failure';
import { runProgram } from './cli/program';
import { messageOf, VitrineError } from './core/errors';
import { endNow, flushOutput } from './core/end-process';
import { takeSignals } from './core/signals';

const argv = process.argv.slice(2);

function workingFolder(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new VitrineError('VITRINE_E_USAGE', 'the folder this was started in is gone; change to another one (cd /)', {
      cause,
    });
  }
}

const io: CommandIo = {
  stdout: (text) => void process.stdout.write(visibleLines(text)),
  stderr: (text) => void process.stderr.write(visibleLines(text)),
  stdoutStyled: (text) => void process.stdout.write(text),
  stderrStyled: (text) => void process.stderr.write(text),
  stdoutBytes: (bytes) => void process.stdout.write(bytes),
  env: process.env,
  get cwd() {
    return workingFolder();
  },
  interruption: takeSignals,
};

/** Who reads a command's output waits for it to end; a show is not kept from ending by a reader that does not read. */
const isRun = argv[0] === 'run';
const FLUSH_MS = isRun ? 200 : Infinity;

let lost: NodeJS.ErrnoException | undefined;
// A show goes on when nobody reads its output any more; every other command has lost its reader and ends quietly, or with the reason why
// its output came to nothing.
process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
  if (isRun || lost !== undefined) return;
  lost = cause;
  if (cause.code !== 'EPIPE') io.stderr(`standard output cannot be written: ${messageOf(cause)}\n`);
  void end(0);
});
process.stderr.on('error', () => {});

async function end(exitCode: number): Promise<void> {
  await flushOutput(FLUSH_MS);
  endNow(lost === undefined || lost.code === 'EPIPE' ? exitCode : 1);
}

runProgram(io, argv)
  .catch((cause: unknown) => reportFailure(io, cause))
  .then(end, () => end(1));
