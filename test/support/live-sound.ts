/** The sound of a show on a clock that runs, without a device. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Desk } from '../../plugins/audio/desk/desk';
import { Engine } from '../../plugins/audio/engine';
import { LiveOutput } from '../../plugins/audio/output/output';
import type { Settings } from '../../plugins/audio/settings';
import { systemClock } from '../../runtime/core/clock';
import { createErrorLog } from '../../runtime/core/error-log';
import { openScope } from '../../runtime/core/scope';
import { findTools } from '../../runtime/media/tools';
import type { CueSound } from '../../runtime/show/types';
import type { BegunSound } from '../../runtime/stage/sound';
import { DEFAULTS, QUIET, RATE_HZ, showOf } from './sound-rig';

export interface LiveSound {
  readonly engine: Engine;
  readonly folder: string;
  readonly news: readonly BegunSound[];
  /** A desk for cues with these sounds, named `0`, `1` and so on. Its stage time is that of the machine. */
  desk(...cues: readonly (readonly CueSound[])[]): Desk;
  close(): Promise<void>;
}

export function openLiveSound(change: Partial<Settings>, tools = findTools(null, process.env)): LiveSound {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-live-'));
  const scope = openScope('live sound');
  const news: BegunSound[] = [];
  const output = new LiveOutput(
    { sink: 'none', latencyHint: 'playback', rateHz: RATE_HZ },
    QUIET,
    () => {},
    process.env,
    scope,
  );
  const services = { scope, log: QUIET, errors: createErrorLog(() => {}), clock: systemClock };
  const engine = new Engine(services, tools, { ...DEFAULTS, ...change }, output, { XDG_STATE_HOME: folder });
  return {
    engine,
    folder,
    news,
    desk(...cues) {
      const time = { nowMs: () => performance.now(), isTimed: true };
      const ignore = (): void => {};
      const told = {
        begun: (sound: BegunSound) => void news.push(sound),
        output: ignore,
        ready: ignore,
        silent: ignore,
      };
      const desk = new Desk(engine, showOf(cues), time, told);
      scope.defer('desk', () => desk.close());
      desk.expect('0', performance.now());
      return desk;
    },
    async close() {
      await scope.close(5000);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
