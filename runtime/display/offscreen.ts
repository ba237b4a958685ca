/** The `offscreen` output: the frame stays in memory, where captures and the live picture read it. Needs nothing but Node. */
import { DEFAULT_REFRESH_HZ, DEFAULT_SIZE, type Output, type OutputName, type OutputSpec } from './output';

/** An output that shows nothing to anybody; the frame in the arena is all there is. */
export function openMemoryOutput(name: OutputName, size: { widthPx: number; heightPx: number } | undefined): Output {
  const { widthPx, heightPx } = size ?? DEFAULT_SIZE;
  return {
    name,
    driver: 'memory',
    widthPx,
    heightPx,
    refreshHz: DEFAULT_REFRESH_HZ,
    attach: () => {},
    present: () => true,
    poll: () => 'none',
    close: () => {},
  };
}

export const offscreenOutput: OutputSpec = {
  name: 'offscreen',
  renderer: 'cpu',
  fits: () => ({ fits: true }),
  open: ({ size }) => openMemoryOutput('offscreen', size),
};
