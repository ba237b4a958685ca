/** Video: clips of any length in fixed memory, decoded by ffmpeg beside the program, each ready before it is due. */
import 'reflect-metadata';
import { messageOf } from '../../runtime/core/errors';
import { definePlugin, type SessionPart } from '../../runtime/core/plugin';
import { PLAY_ORDER } from '../../runtime/library/play-order';
import { Quarantine } from '../../runtime/library/quarantine';
import { CLIP_STORE } from '../../runtime/stage/clip-store';
import { MEDIA_FILES } from '../../runtime/show/media-files';
import { SHOW } from '../../runtime/show/types';
import { ClipBank } from './clip-bank';
import { videoOptions } from './options';
import { hasClips, openPart } from './provider';
import { settingsOf } from './settings';
import { describeTools, findTools } from '../../runtime/media/tools';

/** When ffmpeg is asked what it is, for the records: the show plays by then. */
const DESCRIBE_AFTER_MS = 5000;

/** The part in a show without clips. */
const NOTHING: SessionPart = { warm: () => Promise.resolve('warm') };

export const video = definePlugin({
  id: 'video',
  api: 1,
  options: videoOptions,
  needs: { clips: CLIP_STORE, files: MEDIA_FILES, order: PLAY_ORDER },
  offers: {},
  open(host) {
    const { scope, log, clock, errors, options } = host;
    const { clips, files, order } = host.services;
    let bank: ClipBank | undefined;
    // What is told before there is a bank is what it is opened with.
    let current = options;
    // A show without clips needs no ffmpeg.
    const opened = (): ClipBank => {
      if (bank !== undefined) return bank;
      const tools = findTools(options.ffmpeg, process.env);
      bank = new ClipBank({ clips, quarantine: new Quarantine(clock), log, errors, scope }, tools, settingsOf(current));
      // Not now: asking takes the processor time that the first clip needs.
      const timer = setTimeout(() => {
        describeTools(tools).then(
          (about) => {
            bank?.learn(about);
            log.info('clips are decoded by ffmpeg', { program: tools.ffmpeg, ...about });
          },
          (cause: unknown) =>
            errors.report('VITRINE_E_CLIP', 'video', `${tools.ffmpeg} does not run: ${messageOf(cause)}`),
        );
      }, DESCRIBE_AFTER_MS);
      scope.defer('question to ffmpeg', () => clearTimeout(timer));
      return bank;
    };
    return Promise.resolve({
      offers: {},
      async openSession(plan, sessionScope): Promise<SessionPart> {
        const show = plan.get(SHOW);
        if (!hasClips(show)) return NOTHING;
        let clipBank: ClipBank;
        try {
          clipBank = opened();
        } catch (cause) {
          // Scenes that have pictures, too, show those.
          if (Object.values(show.scenes).some(({ media }) => media === 'videos')) throw cause;
          errors.report('VITRINE_E_CLIP', 'video', messageOf(cause), cause);
          return NOTHING;
        }
        return openPart(clipBank, { files, order, clock, log, errors }, plan, sessionScope);
      },
      retune(next) {
        current = next;
        bank?.retune(settingsOf(next));
      },
      gauges: () => bank?.gauges() ?? {},
      report: () => (bank === undefined ? {} : { video: bank.report() }),
    });
  },
});
