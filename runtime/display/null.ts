/** The `null` output: like `offscreen`, but one pixel small, so that a show runs without being drawn. Chosen by name only. */
import { openMemoryOutput } from './offscreen';
import type { OutputSpec } from './output';

export const nullOutput: OutputSpec = {
  name: 'null',
  renderer: 'cpu',
  fits: () => ({ fits: false, because: 'only ever chosen by name' }),
  open: () => openMemoryOutput('null', { widthPx: 1, heightPx: 1 }),
};
