/** A plugin that blocks the main thread for half a second every two seconds; for benchmarks only. */
import { definePlugin } from '../../runtime/core/plugin';

const BLOCK_MS = 500;
const EVERY_MS = 2000;

export const plugin = definePlugin({
  id: 'blocker',
  api: 1,
  options: {},
  needs: {},
  offers: {},
  open({ scope }) {
    const timer = setInterval(() => {
      const untilMs = performance.now() + BLOCK_MS;
      while (performance.now() < untilMs);
    }, EVERY_MS);
    scope.defer('timer', () => clearInterval(timer));
    return Promise.resolve({ offers: {} });
  },
});
