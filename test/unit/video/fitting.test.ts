/** What is too heavy for a machine, and what would not be. */
import * as fc from 'fast-check';
import { clipFacts, type ClipFacts } from '../../../plugins/video/clip-facts';
import { fitted, fittingCommand, HEADROOM, keepsUp } from '../../../plugins/video/check/fitting';

const PANEL = { widthPx: 1920, heightPx: 1080 };
const factsOf = (width: number, height: number, rate: number, change: object = {}): ClipFacts => {
  const stream = { codec_type: 'video', codec_name: 'h264', width, height, avg_frame_rate: `${rate}/1`, ...change };
  return (clipFacts({ streams: [stream] }) as { facts: ClipFacts }).facts;
};

it('asks for room beside decoding', () => {
  expect(keepsUp({ rateHz: 60 }, 90)).toBe(true);
  expect(keepsUp({ rateHz: 60 }, 89)).toBe(false);
});

it.each([
  // Decoded at half of what is needed at four times the panel: made as large as the panel.
  [3840, 2160, 60, 45, { widthPx: 1920, heightPx: 1080, rateHz: 60 }],
  // As large as the panel already: half the rate.
  [1920, 1080, 60, 45, { widthPx: 1920, heightPx: 1080, rateHz: 30 }],
  // 25 are not halved: smaller.
  [1920, 1080, 25, 18.75, { widthPx: 1356, heightPx: 762, rateHz: 25 }],
  [1920, 1080, 60, 22.5, { widthPx: 1356, heightPx: 762, rateHz: 30 }],
] as const)('%ix%i at %i, decoded at %i: %j', (width, height, rate, decodes, wanted) => {
  expect(fitted(factsOf(width, height, rate), PANEL, decodes)).toEqual(wanted);
});

it('is decoded in time, if time goes by pixels, and has even sizes', () => {
  const px = fc.integer({ min: 200, max: 8000 });
  fc.assert(
    fc.property(px, px, fc.integer({ min: 10, max: 240 }), fc.integer({ min: 5, max: 500 }), (w, h, rate, decodes) => {
      const { widthPx, heightPx, rateHz } = fitted(factsOf(w, h, rate), PANEL, decodes);
      expect([widthPx % 2, heightPx % 2]).toEqual([0, 0]);
      expect(rateHz).toBeLessThanOrEqual(rate);
      if (Math.min(widthPx, heightPx) > 64)
        expect(widthPx * heightPx * rateHz * HEADROOM).toBeLessThanOrEqual(decodes * w * h * 1.001);
    }),
  );
});

it('is a command that a shell takes, whatever the file is called', () => {
  const facts = factsOf(1920, 1080, 60);
  const to = { widthPx: 1280, heightPx: 720, rateHz: 30 };
  expect(fittingCommand('/m/a.mov', facts, to)).toBe(
    'ffmpeg -i /m/a.mov -vf scale=1280:720,setsar=1,fps=30 -c:v libx264 -crf 20 -pix_fmt yuv420p -tune fastdecode -an /m/a-720p.mp4',
  );
  expect(fittingCommand("/m/it's a; clip.mov", facts, to)).toContain(`'/m/it'\\''s a; clip.mov'`);
});
