/**
 * Switches mastering many times while a quiet tone plays on the default sound device. Arguments: a folder, how many times. Prints where the
 * clock was before and after each order, and the report at the end.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Desk } from '../../plugins/audio/desk/desk';
import { Engine } from '../../plugins/audio/engine';
import { audioOptions } from '../../plugins/audio/options';
import { LiveOutput } from '../../plugins/audio/output/output';
import { settingsOf } from '../../plugins/audio/settings';
import { systemClock } from '../../runtime/core/clock';
import { createErrorLog } from '../../runtime/core/error-log';
import type { Log } from '../../runtime/core/log';
import { openScope } from '../../runtime/core/scope';
import { findTools } from '../../runtime/media/tools';
import { cueSound, RATE_HZ, showOf, writeWav } from './sound-rig';

/** 1 kHz: each period is as the one before it, to the sample. */
export const PERIOD_FRAMES = 48;

/** The test looks at the sound of a tenth of a second after each switch. */
const BETWEEN_FRAMES = 0.12 * RATE_HZ;

async function main(folder: string, times: number): Promise<void> {
  const say = (): void => {};
  const log: Log = { debug: say, info: say, warn: say, error: say, child: () => log };
  const errors = createErrorLog(({ message }) => process.stderr.write(`${message}\n`));
  const values = Object.fromEntries(Object.entries(audioOptions).map(([name, row]) => [name, row.default]));
  const settings = settingsOf({ ...values, tier1Bytes: 16 << 20, tier2Bytes: 64 << 20 } as never);
  const scope = openScope('switches');
  const output = new LiveOutput(
    { sink: 'auto', latencyHint: settings.latency, rateHz: RATE_HZ },
    log,
    say,
    process.env,
    scope,
  );
  const services = { scope, log, errors, clock: systemClock };
  const engine = new Engine(services, findTools(null, process.env), settings, output, { XDG_STATE_HOME: folder });
  const tone = Float32Array.from({ length: 5 * RATE_HZ }, (_, i) => 0.05 * Math.sin((2 * Math.PI * i) / PERIOD_FRAMES));
  const file = writeWav(join(folder, 'tone.wav'), [tone]);
  const known = await engine.probe.look(file);
  if (known.kind === 'sound') await engine.measure(file, known);
  const desk = new Desk(
    engine,
    showOf([[cueSound(file, { loop: true })]]),
    { nowMs: () => performance.now(), isTimed: true },
    {
      begun: say,
      output: say,
      ready: say,
      silent: say,
    },
  );
  desk.enter('0', performance.now() + 500);
  while (engine.gauges().soundVoicesCount !== 1) await sleep(50);
  await sleep(1500);
  const clockFrame = (): number => Math.round(engine.mixer.context.currentTime * RATE_HZ);
  for (let time = 0; time < times; time++) {
    const before = clockFrame();
    engine.master(time % 2 === 0);
    process.stdout.write(`${JSON.stringify({ before, after: clockFrame() })}\n`);
    // In the time of the card: on a busy machine it may have been given little while the clock on the wall went on.
    while (clockFrame() < before + BETWEEN_FRAMES) await sleep(5);
    // Somewhere between two blocks, as a person would.
    await sleep(time % 23);
  }
  process.stdout.write(`${JSON.stringify({ sink: output.name, ...engine.report() })}\n`);
  void desk.close();
  await scope.close(5000);
}

if (require.main === module) void main(process.argv[2]!, Number(process.argv[3]));
