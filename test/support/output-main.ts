/** An output in a process of its own, where the sound library sees the environment. Tells each change of its sink, and whether its clock goes on. */
import { LiveOutput } from '../../plugins/audio/output/output';
import type { Log } from '../../runtime/core/log';
import { openScope } from '../../runtime/core/scope';

const say = (): void => {};
const log: Log = { debug: say, info: say, warn: say, error: say, child: () => log };
const tell = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const scope = openScope('output');
const fault = (reason: string): void => tell({ fault: reason });
const output = new LiveOutput(
  { sink: 'auto', latencyHint: 'playback', rateHz: 48_000 },
  log,
  fault,
  process.env,
  scope,
);
tell({ sink: output.name });
output.onChange(() => {
  const { context, name } = output;
  context.createGain().connect(context.destination);
  // On a busy machine a card takes its time to start.
  const look = setInterval(() => {
    if (context.currentTime <= 0.1) return;
    clearInterval(look);
    tell({ sink: name, goesOn: true });
  }, 50);
});
const alive = setInterval(() => {}, 1000);
process.once('SIGTERM', () => {
  clearInterval(alive);
  void scope.close(5000).then(() => process.exit(0));
});
