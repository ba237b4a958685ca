/** The command line: which commands there are, what each takes, and the module that does it, loaded when chosen. */
import { readFileSync } from 'node:fs';
import { packageFile } from '../core/paths';
import { Command, CommanderError } from 'commander';
import { ERRORS } from '../core/errors';
import { countArgument, durationArgument, gather, oneShow, SHOW_TEXT, sizeArgument } from './arguments';
import type { CommandIo } from './command';
import { addRemoteCommands } from './program-remote';
import type { RunArgs } from './run-args';
import type { SettingsLayers } from './settings';

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
    await buildProgram(io, argv, finish).parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    return cause.exitCode === 0 ? 0 : ERRORS.VITRINE_E_USAGE.exit;
  }
}

function buildProgram(io: CommandIo, argv: readonly string[], finish: Finish): Command {
  const program = new Command('vitrine')
    .description('Plays shows of pictures, clips and sounds on a display for months.')
    .version(packageVersion())
    .usage('COMMAND [options]')
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout(text), writeErr: (text) => io.stderr(text) })
    .showHelpAfterError('(--help tells what there is)');
  // The table of options is only loaded for the commands that take it.
  const settings = new Map<Command, Readonly<Record<string, string>>>();
  const withSettings = new Set<Command>();
  const addSettings = (_parent: Command, command: Command): void => {
    if (!withSettings.has(command)) return;
    const { addSettingsArguments } = require('./settings-arguments') as typeof import('./settings-arguments');
    settings.set(command, addSettingsArguments(command, io, argv));
  };
  program.hook('preSubcommand', addSettings);
  const takesSettings = (command: Command): Command => {
    withSettings.add(command);
    return command
      .option('--config <file>', 'a configuration file; may be given several times', gather)
      .option('--set <key=value>', 'an option; may be given several times', gather);
  };

  /** The layers that a command was given. */
  const layersOf = (command: Command, { config = [], set = [] }: Layers): SettingsLayers => ({
    config,
    set,
    args: settings.get(command) ?? {},
  });
  const figuresOf = (file: string, ffmpeg: string | null) =>
    (require('./plan-figures') as typeof import('./plan-figures')).planFigures(file, ffmpeg, io.env);

  const run = takesSettings(program.command('run'))
    .description('play a show until stopped or for a duration')
    .argument('[show]', SHOW_TEXT)
    .option('--show <file>', 'the show; the demo without one')
    .option(
      '--display <output>',
      'who owns the screen: auto, wayland, x11, kms, fbdev, offscreen (in memory), null (nowhere)',
    )
    .option('--renderer <renderer>', 'what composes the stage: auto, cpu, gl')
    .option('--size <WxH>', 'size of the picture', sizeArgument)
    .option('--duration <duration>', 'stop after this long', durationArgument)
    .option('--untimed', 'compose as fast as possible, for measuring')
    .option('--report <file>', 'where the run report goes')
    .option('--seed <number>', 'the same seed plays the same order', countArgument)
    .action((show: string | undefined, { duration, config = [], set = [], untimed = false, ...rest }: RunOptions) => {
      const durationMs = duration === undefined ? {} : { durationMs: duration };
      const named = oneShow(run, show, rest.show);
      const args: RunArgs = { ...rest, ...named, ...durationMs, config, set, untimed, args: settings.get(run) ?? {} };
      return finish((require('./run') as typeof import('./run')).run(io, args));
    });

  const check = takesSettings(program.command('check'))
    .description(
      'validate a show against the format, its files and this machine; decode its pictures and a second of its clips',
    )
    .argument('<show>', 'the show file')
    .option('--json', 'print one JSON document')
    .action((show: string, options: Layers) => {
      const { clipInspector } = require('./clip-inspector') as typeof import('./clip-inspector');
      const { soundInspector } = require('./sound-inspector') as typeof import('./sound-inspector');
      const request = { ...layersOf(check, options), env: io.env, cwd: io.cwd };
      const { fontInspector } = require('./font-inspector') as typeof import('./font-inspector');
      const inspectors = {
        clips: clipInspector(request),
        sounds: soundInspector(request),
        fonts: fontInspector(io.env),
      };
      const fit = (file: string) => (require('./plan') as typeof import('./plan')).requireFit(request, figuresOf, file);
      const args = { show, json: options.json === true, inspectors, fit };
      return finish((require('./check') as typeof import('./check')).check(io, args));
    });

  const plan = takesSettings(program.command('plan'))
    .description('print the memory account: who takes how much, and the budget')
    .argument('[show]', SHOW_TEXT)
    .option('--json', 'print one JSON document')
    .action((show: string | undefined, options: Layers) => {
      const { plan: printPlan } = require('./plan') as typeof import('./plan');
      const layers = layersOf(plan, options);
      const args = { ...layers.args, ...oneShow(plan, show, layers.args['show']) };
      return finish(printPlan(io, { ...layers, args, json: options.json === true, figuresOf }));
    });

  const explain = takesSettings(program.command('explain'))
    .description('print option values and where they come from')
    .argument('[key]', 'an option or a section; all of them without')
    .option('--json', 'print one JSON document')
    .action((key: string | undefined, options: Layers) => {
      const { explain: printStory } = require('./explain') as typeof import('./explain');
      const named = key === undefined ? {} : { key };
      return finish(
        printStory(io, { ...layersOf(explain, options), ...named, json: options.json === true, figuresOf }),
      );
    });

  const probe = takesSettings(program.command('probe'))
    .description('print the facts of this machine, the profile and the display they choose, and why')
    .option('--root <folder>', 'a folder of the shape of /, instead of this machine')
    .option('--json', 'print one JSON document')
    .action((options: Layers & { readonly root?: string }) => {
      const { probe: printFacts } = require('./probe') as typeof import('./probe');
      const root = options.root === undefined ? {} : { root: options.root };
      return finish(printFacts(io, { ...layersOf(probe, options), ...root, json: options.json === true }));
    });

  const group = program.command('diag').description('measure a part by itself').hook('preSubcommand', addSettings);
  const diag = takesSettings(group.command('theme'))
    .description('drive the picture pipeline without a display and print its spans')
    .argument('[show]', SHOW_TEXT)
    .option('--show <file>', 'the show')
    .option('--lookups <count>', 'pictures asked for', countArgument, 24)
    .option('--threshold <duration>', 'a span longer than this is too long', durationArgument, 150)
    .option('--limit <count>', 'spans printed, the longest first', countArgument, 10)
    .option('--fail', 'exit with 3 when a span is too long')
    .option('--json', 'print one JSON document')
    .action((bare: string | undefined, options: DiagThemeOptions) => {
      const { threshold: thresholdMs, lookups, limit, fail = false, json = false } = options;
      const { show } = oneShow(diag, bare, options.show);
      if (show === undefined) return diag.error('error: name a show, e.g. vitrine diag theme show.yaml');
      const { diagTheme } = require('./diag-theme') as typeof import('./diag-theme');
      return finish(diagTheme(io, { ...layersOf(diag, options), show, lookups, limit, thresholdMs, fail, json }));
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

interface DiagThemeOptions extends Layers {
  readonly show?: string;
  readonly lookups: number;
  readonly threshold: number;
  readonly limit: number;
  readonly fail?: boolean;
}

/** The version of the package; compiled code lies in `dist/runtime/cli`. */
function packageVersion(): string {
  const file = packageFile('package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
