/** The theme bank: pictures and texts of a show's themes, decoded ahead and resident when they are shown. */
import 'reflect-metadata';
import { definePlugin } from '../../runtime/core/plugin';
import { LARGE_WORK } from '../../runtime/core/turns';
import { PICTURE_STORE } from '../../runtime/stage/picture-store';
import { MEDIA_FILES } from '../../runtime/show/media-files';
import { PLAY_ORDER } from '../../runtime/library/play-order';
import { openBank } from './bank';
import { themeOptions } from './options';
import { openPart } from './provider';
import { settingsOf } from './settings';

export const themeBank = definePlugin({
  id: 'theme-bank',
  section: 'theme',
  api: 1,
  options: themeOptions,
  needs: { pictures: PICTURE_STORE, files: MEDIA_FILES, order: PLAY_ORDER, largeWork: LARGE_WORK },
  offers: {},
  open(host) {
    const { container, scope, log, clock, errors } = host;
    const { pictures, files, order, largeWork } = host.services;
    const bank = openBank({ container, scope, log, clock, errors, pictures, largeWork }, settingsOf(host.options));
    return Promise.resolve({
      offers: {},
      openSession: (plan, sessionScope) => openPart(bank, { files, order, clock, log, errors }, plan, sessionScope),
      retune: (next) => bank.retune(settingsOf(next)),
      gauges: () => bank.gauges(),
      report: () => ({ images: bank.report() }),
    });
  },
});
