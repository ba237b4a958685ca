/** The commands that talk to the running instance, as the command line knows them. */
import { Argument, type Command } from 'commander';
import { oneShow, seekArgument, SHOW_TEXT } from './arguments';
import type { CommandIo } from './command';
import type { Finish } from './program';

interface RemoteOptions {
  readonly json?: boolean;
  readonly controlSocket?: string;
}

const VERBS: readonly (readonly [name: string, description: string])[] = [
  ['next', 'go on to the next cue'],
  ['previous', 'go back to the previous cue'],
  ['pause', 'hold the show; no cue loses time'],
  ['resume', 'go on after a pause'],
  ['stop', 'end the running instance'],
];

/** Adds them to `program`; the client is loaded when one is chosen. */
export function addRemoteCommands(program: Command, io: CommandIo, finish: Finish): void {
  const remote = (): typeof import('./remote') => require('./remote') as typeof import('./remote');
  const command = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .helpGroup('Commands to the running instance:')
      .option('--json', 'print JSON')
      .option('--control-socket <path>', 'its socket, where it is not the usual one');

  command('status', 'tell what is playing and how it does').action((options: RemoteOptions) =>
    finish(remote().status(io, argsOf(options))),
  );
  for (const [verb, description] of VERBS) {
    command(verb, description).action((options: RemoteOptions) =>
      finish(remote().steer(io, argsOf(options), verb, {})),
    );
  }
  command('goto', 'go to a cue')
    .argument('<cue>', 'its name, or its number from 1')
    .action((cue: string, options: RemoteOptions) => finish(remote().steer(io, argsOf(options), 'goto', { cue })));
  command('seek', 'move the sounds and the clip that play to another place')
    .argument('<time>', 'a position such as 1m30s, or a distance such as +10s or -10s', seekArgument)
    // A distance back begins like an option.
    .allowUnknownOption()
    .action((time: string, options: RemoteOptions) => finish(remote().steer(io, argsOf(options), 'seek', { time })));
  command('display', 'switch the screen itself; the show goes on meanwhile')
    .addArgument(new Argument('<state>', 'on or off').choices(['on', 'off']))
    .action((state: string, options: RemoteOptions) =>
      finish(remote().steer(io, argsOf(options), 'display', { state })),
    );
  command('mastering', 'switch between sound as it is and mastered sound, or tell which is heard')
    .addArgument(new Argument('[state]', 'on or off; without it nothing is switched').choices(['on', 'off']))
    .action((state: string | undefined, options: RemoteOptions) =>
      finish(remote().steer(io, argsOf(options), 'mastering', given({ state }))),
    );
  command('volume', 'set a volume, or tell all of them')
    .addArgument(
      new Argument('[role]', 'whose; without it nothing is set').choices([
        'voice',
        'background',
        'effect',
        'clips',
        'master',
      ]),
    )
    .argument('[volume]', '0 is silent, 1 as it is')
    .action((role: string | undefined, volume: string | undefined, options: RemoteOptions) =>
      finish(remote().steer(io, argsOf(options), 'volume', given({ role, volume }))),
    );
  command('cache', 'tell what the caches of sound hold, or empty them')
    .addArgument(new Argument('<act>', 'stats or clear').choices(['stats', 'clear']))
    .action((act: string, options: RemoteOptions) => finish(remote().steer(io, argsOf(options), 'cache', { act })));
  const reload = command('reload', 'read the show again, or another one, and swap it in; a refused one changes nothing')
    .argument('[show]', SHOW_TEXT)
    .option('--show <file>', 'another show')
    .action((show: string | undefined, options: RemoteOptions & { show?: string }) =>
      finish(remote().reload(io, argsOf(options), oneShow(reload, show, options.show).show)),
    );
  command('screenshot', 'save the picture on the screen as PNG')
    .argument('<file>', '- is standard output')
    .action((file: string, options: RemoteOptions) =>
      finish((require('./screenshot') as typeof import('./screenshot')).screenshot(io, argsOf(options), file)),
    );
  command('watch', 'print events, one a line, until interrupted').action((options: RemoteOptions) =>
    finish(remote().watch(io, argsOf(options))),
  );
}

/** Without what was not given. */
function given(params: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const])),
  );
}

function argsOf({ json, controlSocket }: RemoteOptions): { json: boolean; socket?: string } {
  return { json: json === true, ...(controlSocket === undefined ? {} : { socket: controlSocket }) };
}
