/** Audio: the sounds of cues, in memory that is known before, joined to the sample, mastered where that is wanted. */
import 'reflect-metadata';
import { messageOf, VitrineError } from '../../runtime/core/errors';
import { definePlugin, provide, type SessionPart } from '../../runtime/core/plugin';
import { findTools } from '../../runtime/media/tools';
import { hasSound, SHOW } from '../../runtime/show/types';
import { SOUND_CONTROL, SOUND_DESK, SOUND_NEWS, STAGE_TIME, type SoundControl } from '../../runtime/stage/sound';
import { Desk } from './desk/desk';
import { Engine } from './engine';
import { soundFilesOf, survey } from './facts/survey';
import { ROLES, type Role } from './output/mixer';
import { audioOptions } from './options';
import type { KnownSound } from './facts/sound-probe';
import { LiveOutput } from './output/output';
import { settingsOf } from './settings';

/** The part in a show without sound. */
const NOTHING: SessionPart = { warm: () => Promise.resolve('warm') };

export const audio = definePlugin({
  id: 'audio',
  api: 1,
  options: audioOptions,
  needs: {},
  offers: { control: SOUND_CONTROL },
  open(host) {
    const { scope, log, clock, errors } = host;
    let engine: Engine | undefined;
    // Options that change before there is an engine are those it is opened with.
    let current = host.options;
    // A silent show needs neither a decoder nor a device.
    const opened = (): Engine => {
      if (engine !== undefined) return engine;
      const settings = settingsOf(current);
      const tools = findTools(current.ffmpeg, process.env, { media: 'sounds', section: 'audio' });
      const { sink, latency, rateHz } = settings;
      const fault = (reason: string): void => errors.report('VITRINE_E_SOUND', 'audio', reason);
      const output = new LiveOutput({ sink, latencyHint: latency, rateHz }, log, fault, process.env, scope);
      engine = new Engine({ scope, log, errors, clock }, tools, settings, output, process.env);
      return engine;
    };
    return Promise.resolve({
      offers: { control: controlOf(() => engine) },
      openSession(plan, sessionScope): Promise<SessionPart> {
        const show = plan.get(SHOW);
        const time = plan.get(STAGE_TIME);
        if (!hasSound(show) || !time.isTimed) return Promise.resolve(NOTHING);
        try {
          const playing = opened();
          const desk = new Desk(playing, show, time, plan.get(SOUND_NEWS));
          sessionScope.defer('sounds', () => desk.close());
          const surveyed = {
            look: (path: string) => playing.probe.look(path),
            measure: (path: string, known: KnownSound) => playing.measure(path, known),
          };
          return Promise.resolve({
            holdsStart: true,
            async warm(deadlineMs: number) {
              const found = await desk.warm(deadlineMs);
              void survey(soundFilesOf(show), surveyed, sessionScope.signal);
              return found;
            },
            provides: [provide(SOUND_DESK, desk)],
          });
        } catch (cause) {
          // The pictures go on in silence.
          errors.report('VITRINE_E_SOUND', 'audio', messageOf(cause), cause);
          return Promise.resolve(NOTHING);
        }
      },
      retune(next) {
        current = next;
        engine?.retune(settingsOf(next));
      },
      gauges: () => engine?.gauges() ?? {},
      report: () => (engine === undefined ? {} : { audio: engine.report() }),
    });
  },
});

/** Before the first show with sound there is nothing to control: then it refuses. */
function controlOf(engine: () => Engine | undefined): SoundControl {
  const needed = (): Engine => {
    const found = engine();
    if (found === undefined) throw new VitrineError('VITRINE_E_REFUSED', 'the show has no sound');
    return found;
  };
  return {
    master(on) {
      needed().master(on);
      return { mastered: on };
    },
    volume(role, volume) {
      const { mixer } = needed();
      const names: readonly string[] = [...ROLES, 'master'];
      if (!names.includes(role)) return undefined;
      mixer.setVolume(role as Role | 'master', volume);
      return needed().volumes();
    },
    status: () => engine()?.status(),
    cache: () => engine()?.cacheReport(),
    clearCache() {
      const { cache, clips } = needed();
      cache.clear();
      clips.clear();
    },
  };
}
