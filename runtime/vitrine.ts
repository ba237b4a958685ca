/** The program: argv -> command, signals, exit codes, and nothing else. `main.ts` runs it. */
import type { CommandIo } from './cli/command';
import { reportFailure } from './cli/failure';
import { takeSignals } from './cli/signals';
import { runProgram } from './cli/program';

const argv = process.argv.slice(2);

const io: CommandIo = {
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  stdoutBytes: (bytes) => void process.stdout.write(bytes),
  env: process.env,
  cwd: process.cwd(),
  interruption: takeSignals,
};

// A show goes on when nobody reads its output any more; every other command has lost its reader and ends quietly.
process.stdout.on('error', () => argv[0] !== 'run' && process.exit(0));
process.stderr.on('error', () => {});

runProgram(io, argv)
  .catch((cause: unknown) => reportFailure(io, cause))
  .then(
    (exitCode) => process.exit(exitCode),
    () => process.exit(1),
  );
