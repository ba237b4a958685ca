/** Telemetry: a status page with the live picture. It never delays a start and costs nothing while nobody looks. */
import { messageOf } from '../../runtime/core/errors';
import { definePlugin } from '../../runtime/core/plugin';
import { STAGE_VIEW } from '../../runtime/stage/view';
import { loopbackAddress } from './address';
import { telemetryOptions } from './options';
import { openStatusServer } from './status-server';

export const telemetry = definePlugin({
  id: 'telemetry',
  api: 1,
  options: telemetryOptions,
  needs: { view: STAGE_VIEW },
  offers: {},
  async open({ options, services: { view }, scope, log, errors }) {
    if (options.http === 'off') return { offers: {} };
    const address = loopbackAddress(options.http);
    const serve = async (): Promise<void> => {
      await view.firstFrame;
      scope.check();
      log.info('live picture', { url: await openStatusServer({ address, view, scope, log }) });
    };
    // Not awaited: the page comes after the first picture, and the show goes on without it.
    serve().catch((cause: unknown) => {
      if (!scope.closed) errors.report('VITRINE_E_HTTP', 'telemetry', messageOf(cause), cause);
    });
    return { offers: {} };
  },
});
