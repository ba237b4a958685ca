/** The command line: which commands there are, what each takes, and the module that does it, loaded when chosen. */
import { readFileSync } from 'node:fs';
import { packageFile } from '../core/paths';
import { Command, CommanderError } from 'commander';
import { ERRORS } from '../core/errors';
import { countArgument, durationArgument, gather, sizeArgument } from './arguments';
import type { CommandIo } from './command';
import { addRemoteCommands } from './program-remote';
import type { RunArgs } from './run-args';

/** A command whose last act gives the exit code. */
export type Finish = (exitCode: Promise<number>) => Promise<void>;

/** What commander hands over: an option that was not given is absent. */
interface Layers {
  readonly config?: readonly string[];
  readonly set?: readonly string[];
  readonly json?: boolean;
}

/**
 * Carries out `argv` (without node and script) and resolves to the exit code. Wrong usage is told on standard error and
 * is 2. Rejects with what the command rejects with.
 */
export async function runProgram(io: CommandIo, argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const finish: Finish = async (code) => {
    exitCode = await code;
  };
  try {
    await buildProgram(io, finish).parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    return cause.exitCode === 0 ? 0 : ERRORS.VITRINE_E_USAGE.exit;
  }
}

function buildProgram(io: CommandIo, finish: Finish): Command {
  const program = new Command('vitrine')
    .description('Plays shows of pictures on a display for months.')
    .version(packageVersion())
    .usage('COMMAND [options]')
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout(text), writeErr: (text) => io.stderr(text) })
    .showHelpAfterError('(--help tells what there is)');
  // The table of options is only loaded for the commands that take it.
  const settings = new Map<Command, Readonly<Record<string, string>>>();
  const withSettings = new Set<Command>();
  program.hook('preSubcommand', (_program, command) => {
    if (!withSettings.has(command)) return;
    const { addSettingsArguments } = require('./settings-arguments') as typeof import('./settings-arguments');
    settings.set(command, addSettingsArguments(command));
  });
  const takesSettings = (command: Command): Command => {
    withSettings.add(command);
    return command
      .option('--config <file>', 'a configuration file; may be given several times', gather)
      .option('--set <key=value>', 'an option; may be given several times', gather);
  };

  const run = takesSettings(program.command('run'))
    .description('play a show until stopped or for a duration')
    .option('--show <file>', 'the show; the demo without one')
    .option('--display <output>', 'who owns the screen: auto, wayland, x11, kms, fbdev, offscreen')
    .option('--renderer <renderer>', 'what composes the stage: auto, cpu, gl')
    .option('--size <WxH>', 'size of the picture', sizeArgument)
    .option('--duration <duration>', 'stop after this long', durationArgument)
    .option('--untimed', 'compose as fast as possible, for measuring')
    .option('--report <file>', 'where the run report goes')
    .option('--seed <number>', 'the same seed plays the same order', countArgument)
    .action(({ duration, config = [], set = [], untimed = false, ...rest }: RunOptions) => {
      const durationMs = duration === undefined ? {} : { durationMs: duration };
      const args: RunArgs = { ...rest, ...durationMs, config, set, untimed, args: settings.get(run) ?? {} };
      return finish((require('./run') as typeof import('./run')).run(io, args));
    });

  const check = takesSettings(program.command('check'))
    .description('validate a show against the format, its files and this machine, which decodes a second of its clips')
    .argument('<show>', 'the show file')
    .option('--json', 'print one JSON document')
    .action((show: string, { json = false, config = [], set = [] }: Layers) => {
      const { BUILT_IN_SECTIONS: sections } = require('./built-in-sections') as typeof import('./built-in-sections');
      const { clipInspector } = require('./clip-inspector') as typeof import('./clip-inspector');
      const { soundInspector } = require('./sound-inspector') as typeof import('./sound-inspector');
      const args = settings.get(check) ?? {};
      const request = { config, set, args, sections, env: io.env, cwd: io.cwd };
      const inspectors = { clips: clipInspector(request), sounds: soundInspector(request) };
      return finish((require('./check') as typeof import('./check')).check(io, { show, json, inspectors }));
    });

  const plan = takesSettings(program.command('plan'))
    .description('print the memory account: who takes how much, and the budget')
    .option('--json', 'print one JSON document')
    .action(({ json = false, config = [], set = [] }: Layers) => {
      const { BUILT_IN_SECTIONS: sections } = require('./built-in-sections') as typeof import('./built-in-sections');
      const { plan: printPlan } = require('./plan') as typeof import('./plan');
      const figuresOf = (file: string) =>
        (require('./plan-figures') as typeof import('./plan-figures')).planFigures(file);
      return finish(printPlan(io, { json, config, set, args: settings.get(plan) ?? {}, sections, figuresOf }));
    });

  const explain = takesSettings(program.command('explain'))
    .description('print option values and where they come from')
    .argument('[key]', 'an option or a section; all of them without')
    .option('--json', 'print one JSON document')
    .action((key: string | undefined, { json = false, config = [], set = [] }: Layers) => {
      const { BUILT_IN_SECTIONS: sections } = require('./built-in-sections') as typeof import('./built-in-sections');
      const { explain: printStory } = require('./explain') as typeof import('./explain');
      const args = {
        ...(key === undefined ? {} : { key }),
        json,
        config,
        set,
        args: settings.get(explain) ?? {},
        sections,
      };
      return finish(printStory(io, args));
    });

  const probe = takesSettings(program.command('probe'))
    .description('print the facts of this machine, the profile and the display they choose, and why')
    .option('--root <folder>', 'a folder of the shape of /, instead of this machine')
    .option('--json', 'print one JSON document')
    .action(({ json = false, config = [], set = [], ...rest }: Layers & { readonly root?: string }) => {
      const { BUILT_IN_SECTIONS: sections } = require('./built-in-sections') as typeof import('./built-in-sections');
      const { probe: printFacts } = require('./probe') as typeof import('./probe');
      const root = rest.root === undefined ? {} : { root: rest.root };
      return finish(printFacts(io, { ...root, json, config, set, args: settings.get(probe) ?? {}, sections }));
    });

  program
    .command('diag')
    .description('measure a part by itself')
    .command('theme')
    .description('drive the picture pipeline without a display and print its spans')
    .requiredOption('--show <file>', 'the show')
    .option('--lookups <count>', 'pictures asked for', countArgument, 24)
    .option('--threshold <duration>', 'a span longer than this is too long', durationArgument, 150)
    .option('--limit <count>', 'spans printed, the longest first', countArgument, 10)
    .option('--fail', 'exit with 3 when a span is too long')
    .option('--json', 'print one JSON document')
    .action(({ threshold: thresholdMs, fail = false, json = false, ...rest }: DiagThemeOptions) => {
      const { diagTheme } = require('./diag-theme') as typeof import('./diag-theme');
      return finish(diagTheme(io, { ...rest, thresholdMs, fail, json }));
    });

  program
    .command('demo-media')
    .description('make the demo media')
    .argument('<folder>', 'where to')
    .action((folder: string) =>
      finish((require('./demo-media') as typeof import('./demo-media')).demoMedia(io, { folder })),
    );

  addRemoteCommands(program, io, finish);
  return program;
}

interface RunOptions extends Omit<RunArgs, 'args' | 'durationMs' | keyof Layers | 'untimed'>, Layers {
  /** In ms. */
  readonly duration?: number;
  readonly untimed?: boolean;
}

interface DiagThemeOptions {
  readonly show: string;
  readonly lookups: number;
  readonly threshold: number;
  readonly limit: number;
  readonly fail?: boolean;
  readonly json?: boolean;
}

/** The version of the package; compiled code lies in `dist/runtime/cli`. */
function packageVersion(): string {
  const file = packageFile('package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
