/** The needs of a clip's decoder: how many threads fit into its memory, and the words where not even one does. */
import {
  decoderBytes,
  threadPace,
  threadsWithin,
  whyTooLarge,
  type ClipFigure,
} from '../../../runtime/options/clip-need';

const HD = { widthPx: 1920, heightPx: 1080 };
const clip = (more: Partial<ClipFigure> = {}): ClipFigure => ({
  codec: 'h264',
  codedWidthPx: 1920,
  codedHeightPx: 1080,
  ...HD,
  rateHz: 30,
  pixelFormat: 'yuv420p',
  ...more,
});

it('has as many threads as fit, and is refused where not even one does', () => {
  const fast = clip({ rateHz: 240 });
  const bytesOf = (threads: number): number => decoderBytes(fast, threads, HD);
  for (const [threads, mostBytes] of [1, 2, 3, 4].map((n) => [n, bytesOf(n)] as const)) {
    expect(threadsWithin(fast, threadPace('x64'), 4, mostBytes, HD)).toBe(threads);
    expect(whyTooLarge(fast, mostBytes, HD)).toBeUndefined();
  }
  expect(whyTooLarge(fast, bytesOf(1) - 1, HD)).toMatch(/needs 38 MiB to decode, more than 38 MiB/);
});

it('names an older ffmpeg where that would decode a clip within the limit', () => {
  const queued = clip({ pipeline: 'queued' });
  const within = decoderBytes(clip(), 1, HD);
  expect(whyTooLarge(queued, within, HD)).toMatch(/an ffmpeg older than 7 with video\.ffmpeg \(38 MiB\)$/);
  expect(whyTooLarge(queued, within - 1, HD)).not.toMatch(/older/);
  expect(whyTooLarge(queued, decoderBytes(queued, 1, HD), HD)).toBeUndefined();
});
