/** What ffprobe says of a file, as facts, and files that are no clips. */
import { clipFacts, type ClipFacts, type Probed } from '../../../plugins/video/clip-facts';

type Stream = NonNullable<Probed['streams']>[number];
const HD: Stream = {
  codec_type: 'video',
  codec_name: 'h264',
  width: 1920,
  height: 1080,
  pix_fmt: 'yuv420p',
  avg_frame_rate: '30000/1001',
  r_frame_rate: '30000/1001',
  duration: '10.01',
};

const factsOf = (change: Partial<Stream> = {}, format: Probed['format'] = {}): ClipFacts => {
  const found = clipFacts({ streams: [{ ...HD, ...change }], format });
  if ('fault' in found) throw new Error(found.fault);
  return found.facts;
};

it('reads a usual clip', () => {
  expect(factsOf()).toEqual({
    alpha: false,
    animatedWebp: false,
    codec: 'h264',
    codedWidthPx: 1920,
    codedHeightPx: 1080,
    widthPx: 1920,
    heightPx: 1080,
    rotation: 0,
    interlaced: false,
    pixelFormat: 'yuv420p',
    profile: '',
    colour: { matrix: 'bt709', range: 'limited', chroma: { xPx: 0, yPx: 0.5 } },
    rgb: false,
    rateHz: 30000 / 1001,
    lengthMs: 10_010,
    lengthFrom: 'picture',
    startMs: 0,
    container: 'unknown',
    hasSound: false,
    pipeline: 'direct',
    fileStartMs: 0,
    hdr: false,
  });
});

const QUEUED = [{ name: 'libavcodec', major: 61 }];

it.each([
  ['ffmpeg 5.1', [{ name: 'libavcodec', major: 59 }], 'direct'],
  ['ffmpeg 6.1', [{ name: 'libavcodec', major: 60 }], 'direct'],
  ['ffmpeg 7.1', QUEUED, 'queued'],
  ['a later one', [{ name: 'libavcodec', major: 64 }], 'queued'],
  ['a library of that number that is another one', [{ name: 'libavutil', major: 61 }], 'direct'],
  ['one that does not say', [], 'direct'],
])('knows whether ffmpeg keeps queues of frames: %s', (_name, library_versions, pipeline) => {
  expect(clipFacts({ streams: [HD], library_versions })).toMatchObject({ facts: { pipeline } });
});

it.each([
  ['H.264 in MP4', {}, {}, 'graph'],
  [
    'HEVC in MOV, said to be bright',
    { codec_name: 'hevc', side_data_list: [{ side_data_type: 'Mastering display metadata' }] },
    {},
    'graph',
  ],
  ['AV1 in MP4', { codec_name: 'av1' }, {}, 'graph'],
  ['a recording that may be joined of several', {}, { format_name: 'matroska,webm' }, 'queued'],
  ['square pixels, in words', { sample_aspect_ratio: '1:1' }, {}, 'graph'],
  ['no word of its pixels', { sample_aspect_ratio: '0:1' }, {}, 'graph'],
  ['a stream that may change its size', { codec_name: 'vp9' }, {}, 'queued'],
  ['times that may jump', {}, { format_name: 'mpegts' }, 'queued'],
  ['a picture that is turned', { side_data_list: [{ side_data_type: 'Display Matrix', rotation: -90 }] }, {}, 'queued'],
  ['a picture that is mirrored', { side_data_list: [{ side_data_type: 'Display Matrix', rotation: 0 }] }, {}, 'queued'],
  ['a picture that is cut', { side_data_list: [{ side_data_type: 'Frame Cropping' }] }, {}, 'queued'],
  ['pixels that are not square', { sample_aspect_ratio: '16:15' }, {}, 'queued'],
])('has one graph decode what it decodes as ffmpeg else does: %s', (_name, change, format, pipeline) => {
  const found = (major: number) =>
    clipFacts({
      streams: [{ ...HD, ...change }],
      format: { format_name: 'mov,mp4,m4a,3gp,3g2,mj2', start_time: '1.25', ...format },
      library_versions: [{ name: 'libavcodec', major }],
    });
  expect(found(61)).toMatchObject({ facts: { pipeline, fileStartMs: 1250 } });
  // Before there were queues, the same clips are those of one size.
  expect(found(60)).toMatchObject({ facts: { pipeline: pipeline === 'graph' ? 'steady' : 'direct' } });
});

it.each([
  [{ sample_aspect_ratio: '16:15', width: 720, height: 576 }, 768, 576],
  [{ sample_aspect_ratio: '8:9', width: 720, height: 480 }, 720, 540],
  [{ side_data_list: [{ rotation: -90 }] }, 1080, 1920],
  [{ tags: { rotate: '180' } }, 1920, 1080],
  [{ sample_aspect_ratio: '0:1' }, 1920, 1080],
])('turns and stretches %j to its size on the screen', (change, widthPx, heightPx) => {
  expect(factsOf(change)).toMatchObject({ widthPx, heightPx });
});

it('knows the way it has to be turned', () => {
  expect(factsOf({ side_data_list: [{ rotation: -90 }] }).rotation).toBe(90);
  expect(factsOf({ side_data_list: [{ rotation: 90 }] }).rotation).toBe(270);
});

it.each([
  [{ color_space: 'smpte170m' }, 'bt601', 'limited'],
  [{ color_space: 'bt2020nc', pix_fmt: 'yuv420p10le' }, 'bt2020', 'limited'],
  [{ width: 640, height: 360 }, 'bt601', 'limited'],
  [{ pix_fmt: 'yuvj420p' }, 'bt709', 'full'],
  [{ color_range: 'pc' }, 'bt709', 'full'],
  [{ pix_fmt: 'bgra', width: 100, height: 100, color_range: 'pc' }, 'bt709', 'limited'],
] as const)('%j has the colours of %s, %s', (change, matrix, range) => {
  expect(factsOf(change).colour).toMatchObject({ matrix, range });
});

it.each([
  [{}, 0, 0.5],
  [{ chroma_location: 'unspecified' }, 0, 0.5],
  [{ chroma_location: 'left' }, 0, 0.5],
  [{ chroma_location: 'center', pix_fmt: 'yuvj420p' }, 0.5, 0.5],
  [{ chroma_location: 'topleft' }, 0, 0],
  [{ chroma_location: 'top' }, 0.5, 0],
  [{ chroma_location: 'bottomleft', pix_fmt: 'yuva420p' }, 0, 1],
  [{ chroma_location: 'bottom', pix_fmt: 'p010le' }, 0.5, 1],
  // Where a picture has chroma in every row or for every pixel, it is made central.
  [{ chroma_location: 'topleft', pix_fmt: 'yuv422p10le' }, 0, 0.5],
  [{ chroma_location: 'topleft', pix_fmt: 'yuv440p' }, 0.5, 0],
  [{ chroma_location: 'topleft', pix_fmt: 'yuv444p' }, 0.5, 0.5],
  [{ chroma_location: 'topleft', pix_fmt: 'gbrp' }, 0.5, 0.5],
  // It turns with the picture.
  [{ chroma_location: 'topleft', side_data_list: [{ rotation: -90 }] }, 1, 0],
  [{ chroma_location: 'left', side_data_list: [{ rotation: 180 }] }, 1, 0.5],
  [{ chroma_location: 'left', side_data_list: [{ rotation: 90 }] }, 0.5, 1],
] as const)('%j has its chroma %f px right of and %f below the first pixel', (change, xPx, yPx) => {
  expect(factsOf(change).colour.chroma).toEqual({ xPx, yPx });
});

it('takes the length of the picture, not that of the sound, from wherever it stands', () => {
  expect(factsOf({}, { duration: '99' }).lengthMs).toBe(10_010);
  const { duration: _, ...bare } = HD;
  const lengthOf = (streams: Stream[], format: Probed['format'] = {}): unknown => {
    const found = clipFacts({ streams, format });
    return 'facts' in found ? found.facts.lengthMs : found.fault;
  };
  expect(lengthOf([{ ...bare, tags: { DURATION: '00:01:02.500000000' } }], { duration: '99' })).toBe(62_500);
  expect(lengthOf([bare], { duration: '7.5' })).toBe(7500);
  expect(lengthOf([{ ...bare, nb_read_packets: '60', avg_frame_rate: '30/1' }])).toBe(2000);
  expect(lengthOf([bare])).toBeUndefined();
});

it('passes over pictures of covers', () => {
  const found = clipFacts({ streams: [{ ...HD, codec_name: 'mjpeg', disposition: { attached_pic: 1 } }, HD] });
  expect(found).toMatchObject({ index: 1, facts: { codec: 'h264' } });
});

it.each([
  [[{ codec_type: 'audio' }], 'no video track'],
  [[], 'no video track'],
  [[{ ...HD, width: 0 }], 'without a size'],
  [[{ ...HD, width: 30_000 }], '30000x1080'],
  [[{ codec_type: 'video', width: 10, height: 10 }], 'no decoder'],
  [[{ ...HD, sample_aspect_ratio: '1000:1' }], 'pixels 1000:1'],
] as [Stream[], string][])('refuses %j', (streams, words) => {
  expect(clipFacts({ streams })).toEqual({ fault: expect.stringContaining(words) as string });
});

it('does not believe in thousands of frames a second', () => {
  expect(factsOf({ avg_frame_rate: '90000/1' }).rateHz).toBe(25);
  expect(factsOf({ avg_frame_rate: '0/0', r_frame_rate: '50/1' }).rateHz).toBe(50);
});

it.each([
  [{ codec_name: 'vp9', tags: { alpha_mode: '1' } }, true, 'libvpx-vp9'],
  [{ codec_name: 'vp8', tags: { ALPHA_MODE: '1' } }, true, 'libvpx'],
  [{ codec_name: 'vp9', tags: { alpha_mode: '0' } }, false, undefined],
  [{ codec_name: 'ffv1', pix_fmt: 'yuva420p', tags: { alpha_mode: '1' } }, true, undefined],
  [{ pix_fmt: 'ayuv64le' }, true, undefined],
  [{ pix_fmt: 'ya16le' }, true, undefined],
  [{ pix_fmt: 'yuv444p' }, false, undefined],
])('knows whether %j is transparent, and which decoder gives that', (change, alpha, alphaDecoder) => {
  const facts = factsOf(change);
  expect([facts.alpha, facts.alphaDecoder]).toEqual([alpha, alphaDecoder]);
});
