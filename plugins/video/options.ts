/** The options of video: how much memory clips may take, how many decoders run, and which program decodes. */
import { bytes, choice, count, GIB, MIB, text, type Values } from '../../runtime/options/row';

export const videoOptions = {
  ringBytes: bytes({
    doc: 'Memory for the decoded frames of one clip.',
    words: ['auto'],
    default: 'auto',
    min: MIB,
    max: GIB,
    applies: 'session',
    why: 'auto: `ringFrames` frames as large as the panel',
  }),
  ringFrames: count({
    doc: 'Decoded frames of one clip kept ready at most.',
    unit: 'frames',
    words: ['auto'],
    default: 'auto',
    min: 3,
    max: 64,
    applies: 'session',
    why: 'auto: 12, a fifth of a second of 60 frames a second; 120 would take 2.7 GB at 2560x1440',
    seed: 'buffer_size',
  }),
  prefill: count({
    doc: 'Frames that must be ready before a clip begins.',
    unit: 'frames',
    words: ['auto'],
    default: 'auto',
    min: 1,
    max: 64,
    applies: 'session',
    why: 'auto: 3, so that the first frames do not wait for each other and the start is not late',
    seed: 'prebuffer_frames',
  }),
  decoders: count({
    doc: 'Decoders at work at the same time.',
    default: 2,
    min: 2,
    max: 3,
    applies: 'session',
    why: 'one on the screen and one that is ready on its first frame make every seam',
  }),
  hardware: choice({
    doc: 'Decode in hardware where a picture of it equals that of software.',
    words: ['auto', 'off'],
    default: 'auto',
    applies: 'session',
    why: 'auto: by the drivers of the machine, once proven for a codec, profile, depth and size; software else',
  }),
  ffmpeg: text({
    doc: 'The ffmpeg program, with ffprobe beside it; without it the one of the system, else the package `ffmpeg-static`.',
    default: null,
    applies: 'restart',
    paths: 'dotted',
    why: 'boards come with builds of their own that know the hardware',
  }),
  watch: choice({
    doc: 'Look for clips that join or leave the folders of the themes while the show runs.',
    words: ['auto', 'on', 'off'],
    default: 'auto',
    applies: 'session',
    why: 'auto: as `theme.watch`',
  }),
  repeatHorizon: count({
    doc: 'Draws before a clip may come again; never more than half of the clips of its theme.',
    default: 40,
    min: 0,
    max: 100_000,
    applies: 'session',
    why: 'as many as most folders of clips hold',
    seed: 'LAST_VIDEO_COUNT',
  }),
} as const;

export type VideoOptions = typeof videoOptions;
export type VideoValues = Values<VideoOptions>;
