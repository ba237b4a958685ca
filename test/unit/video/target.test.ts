/** How large clips are decoded, and with which words ffmpeg is told so. */
import * as fc from 'fast-check';
import { clipFacts, type ClipFacts } from '../../../plugins/video/clip-facts';
import { decodeArguments } from '../../../plugins/video/command';
import { clipTarget } from '../../../plugins/video/target';
import { openArena } from '../../../runtime/arena/arena';
import { ClipTable } from '../../../runtime/arena/clip-table';
import { openRingStore } from '../../../runtime/arena/ring-store';
import { mostPixels } from '../../../runtime/options/clip-need';
import { FEWEST_RING_FRAMES } from '../../../runtime/core/agreed';
import { videoFrameBytes } from '../../../runtime/options/footprint';
import type { Panel } from '../../../runtime/stage/panel';

const HD: Panel = { widthPx: 1920, heightPx: 1080, turn: 0, refreshHz: 60 };
const factsOf = (width: number, height: number, change: object = {}): ClipFacts => {
  const stream = { codec_type: 'video', codec_name: 'h264', width, height, pix_fmt: 'yuv420p', ...change };
  return (clipFacts({ streams: [stream] }) as { facts: ClipFacts }).facts;
};

it.each([
  [1920, 1080, 'cover', 1920, 1080],
  [1280, 720, 'cover', 1280, 720],
  [3840, 2160, 'cover', 1920, 1080],
  [3840, 2160, 'contain', 1920, 1080],
  [4000, 1000, 'contain', 1920, 480],
  [4000, 1000, 'cover', 1778, 1000],
  [1000, 4000, 'contain', 270, 1080],
  [321, 203, 'contain', 321, 203],
] as const)('%i x %i to %s a panel of 1920x1080 is decoded as %i x %i', (width, height, fit, widthPx, heightPx) => {
  expect(clipTarget(factsOf(width, height), fit, HD, Infinity)).toMatchObject({ widthPx, heightPx });
});

it('is as large as the panel also where its ring has room for the fewest frames', () => {
  const px = fc.integer({ min: 8, max: 4096 }).map((half) => 2 * half);
  fc.assert(
    fc.property(px, px, (widthPx, heightPx) => {
      const panel: Panel = { ...HD, widthPx, heightPx };
      const ringBytes = FEWEST_RING_FRAMES * videoFrameBytes(panel);
      const store = openRingStore(openArena(1 << 20), new ClipTable(), new SharedArrayBuffer(4), 1 << 20);
      expect(Math.floor(ringBytes / store.frameBytes(panel))).toBe(FEWEST_RING_FRAMES);
      const target = clipTarget(factsOf(widthPx, heightPx), 'cover', panel, mostPixels(ringBytes));
      expect(target).toMatchObject({ widthPx, heightPx, crop: { widthPx, heightPx } });
    }),
  );
});

it('is never larger than the panel or the ring, and keeps its shape', () => {
  const px = fc.integer({ min: 2, max: 8000 });
  fc.assert(
    fc.property(px, px, fc.constantFrom('cover', 'contain'), px, px, (width, height, fit, panelWidth, panelHeight) => {
      const panel: Panel = { ...HD, widthPx: panelWidth, heightPx: panelHeight };
      const mostPixels = 1920 * 1080;
      const target = clipTarget(factsOf(width, height), fit, panel, mostPixels);
      expect(target.widthPx).toBeLessThanOrEqual(panelWidth + 1);
      expect(target.heightPx).toBeLessThanOrEqual(panelHeight + 1);
      // Rounded to whole pairs.
      expect(target.widthPx * target.heightPx).toBeLessThanOrEqual(mostPixels + 2 * (target.widthPx + target.heightPx));
      expect(target.crop.widthPx).toBeLessThanOrEqual(width);
      expect(target.crop.heightPx).toBeLessThanOrEqual(height);
    }),
  );
});

describe('the command line', () => {
  const order = (facts: ClipFacts, change: object = {}) => ({
    path: '/media/a clip, with: words.mp4',
    facts,
    index: 0,
    target: clipTarget(facts, 'cover', HD, Infinity),
    fromMs: 0,
    loop: false,
    hardware: [],
    ...change,
  });
  const filtersOf = (args: readonly string[]): string => args[args.indexOf('-vf') + 1]!;

  it('opens files only, and takes a name as a name', () => {
    expect(decodeArguments(order(factsOf(1920, 1080))).join(' ')).toContain('-protocol_whitelist file,pipe');
    expect(decodeArguments(order(factsOf(1920, 1080)))).toContain('file:/media/a clip, with: words.mp4');
    expect(decodeArguments(order(factsOf(1920, 1080)))).toContain('-nostdin');
  });

  it('leaves a clip that fits as large as it is', () => {
    const facts = factsOf(1920, 1080);
    const target = clipTarget(facts, 'contain', HD, Infinity);
    expect(filtersOf(decodeArguments(order(facts, { target })))).toMatch(
      /^format=yuv420p,scale=w='if\(.*,1920,.*':h='if\(.*,1080,.*,pad=w=1920:h=1080:.*,format=yuv420p,settb=/,
    );
  });

  it.each([
    [
      factsOf(3840, 2160),
      /scale=w='if\(.*,1920,.*:h='if\(.*,1080,.*:flags=bilinear:in_range=limited:out_range=limited:in_h_chr_pos=0:in_v_chr_pos=128:out_h_chr_pos=0:out_v_chr_pos=128,pad/,
    ],
    [
      factsOf(720, 576, { sample_aspect_ratio: '16:15', field_order: 'tt' }),
      /^bwdif=.*,crop=.*,0\.750000000,.*,scale=w='if\(.*,768,.*:h='if\(.*,432,/,
    ],
    [factsOf(400, 300, { pix_fmt: 'pal8' }), /out_color_matrix=bt709:out_range=limited/],
    [factsOf(1920, 1080, { pix_fmt: 'yuvj420p' }), /,format=yuvj420p,settb/],
  ])('prepares others', (facts, wanted) => {
    expect(filtersOf(decodeArguments(order(facts)))).toMatch(wanted);
  });

  it('says where chroma lies wherever it is made anew, and leaves what needs no conversion as it is', () => {
    const wholeOf = (facts: ClipFacts, turn: Panel['turn'] = 0): string =>
      filtersOf(decodeArguments(order(facts, { target: clipTarget(facts, 'contain', { ...HD, turn }, Infinity) })));
    expect(wholeOf(factsOf(1280, 720, { chroma_location: 'topleft' }))).toMatch(/^format=yuv420p,scale=w=/);
    expect(wholeOf(factsOf(1280, 720, { pix_fmt: 'yuv422p' }))).toMatch(
      /^scale=flags=bicubic:in_h_chr_pos=0:out_h_chr_pos=0:out_v_chr_pos=128,format=yuv420p,scale=w=/,
    );
    expect(wholeOf(factsOf(1280, 720, { pix_fmt: 'yuv444p' }))).toMatch(
      /^scale=flags=bicubic:out_h_chr_pos=128:out_v_chr_pos=128,format=yuv420p,scale=w=/,
    );
    expect(wholeOf(factsOf(1280, 720, { pix_fmt: 'gbrp' }))).toMatch(
      /^scale=w=.*:out_range=limited:out_h_chr_pos=128:out_v_chr_pos=128,pad=/,
    );
    // Of an odd size: each pixel has its own until the frame is turned.
    expect(wholeOf(factsOf(853, 480), 180)).toMatch(
      /^scale=flags=bicubic:in_h_chr_pos=0:in_v_chr_pos=128,format=yuv444p,.*,vflip,scale=flags=bicubic:out_h_chr_pos=256:out_v_chr_pos=128,format=yuv420p,settb/,
    );
    expect(wholeOf(factsOf(1280, 720, { pix_fmt: 'yuva420p' }))).toMatch(
      /^scale=flags=bicubic:in_h_chr_pos=0:in_v_chr_pos=128,format=yuva444p,premultiply=inplace=1,scale=flags=bicubic:out_h/,
    );
  });

  it('turns frames for the scan-out', () => {
    const facts = factsOf(1080, 1920);
    const turned = (turn: Panel['turn']): string =>
      filtersOf(decodeArguments(order(facts, { target: clipTarget(facts, 'contain', { ...HD, turn }, Infinity) })));
    expect(turned(90)).toContain('transpose=clock,');
    expect(turned(180)).toContain('hflip,vflip,');
    expect(turned(270)).toContain('transpose=cclock,');
  });

  it('begins anywhere, and asks for hardware before the input', () => {
    const args = decodeArguments(order(factsOf(1920, 1080), { fromMs: 1500.25, hardware: ['-hwaccel', 'drm'] }));
    expect(args.join(' ')).toMatch(/-hwaccel drm -ss 1\.500250 -i file:/);
  });

  it('keeps the queues of ffmpeg 7 short, or does without them where it decodes in software', () => {
    const linesOf = (pipeline: ClipFacts['pipeline'], hardware: readonly string[] = []): string => {
      const facts: ClipFacts = { ...factsOf(1920, 1080), container: 'mov,mp4,m4a,3gp,3g2,mj2', pipeline };
      return decodeArguments(order(facts, { hardware })).join(' ');
    };
    const usual = linesOf('direct');
    expect(usual).not.toContain('-thread_queue_size');
    expect(linesOf('queued').replace(' -thread_queue_size 1', '')).toBe(usual);
    expect(linesOf('graph')).toMatch(/-f lavfi -i movie=.*:format_name=mov:.* -c copy /);
    expect(linesOf('graph', ['-hwaccel', 'drm'])).toBe(linesOf('queued', ['-hwaccel', 'drm']));
    expect(linesOf('steady').replace(/scale=w='if[^']*NAN\)':h=1080:eval=frame,/, '')).toBe(
      usual.replace(/pad=[^,]*,/, ''),
    );
    expect(linesOf('steady', ['-hwaccel', 'drm'])).toBe(linesOf('direct', ['-hwaccel', 'drm']));
  });
});
