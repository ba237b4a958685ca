/** Which of several tracks is played: of pictures and of sound. */
import { filmTrack, soundTrack, type Track } from '../../../runtime/media/tracks';

const film = (width: number, height: number, more: Track = {}): Track => ({
  codec_type: 'video',
  codec_name: 'h264',
  width,
  height,
  nb_frames: '100',
  ...more,
});
const sound = (channels: number, more: Track = {}): Track => ({
  codec_type: 'audio',
  codec_name: 'aac',
  channels,
  ...more,
});
const isDefault = { disposition: { default: 1 } };
const isCover = { codec_name: 'mjpeg', disposition: { attached_pic: 1 } };

it.each<[string, Track[], number | undefined]>([
  ['the only one', [film(640, 360)], 0],
  ['the default one before a larger one', [film(1920, 1080), film(640, 360, isDefault)], 1],
  ['the largest where none is the default', [film(640, 360), film(1920, 1080), film(1280, 720)], 1],
  ['the largest of two default ones', [film(640, 360, isDefault), film(1280, 720, isDefault)], 1],
  ['the first of two alike', [film(640, 360), film(640, 360)], 0],
  ['no flagged cover', [film(3000, 3000, isCover), film(640, 360)], 1],
  ['no flagged thumbnails', [film(640, 360, { disposition: { timed_thumbnails: 1, default: 1 } }), film(64, 36)], 1],
  ['no thumbnail that the container counts', [film(4000, 3000, { codec_name: 'mjpeg', nb_frames: '1' }), film(64, 36)], 1],
  [
    'no thumbnail of a Matroska file, though it be the default',
    [
      film(4000, 3000, {
        codec_name: 'png',
        nb_frames: undefined as never,
        avg_frame_rate: '1/1',
        tags: { DURATION: '00:00:01.000000000' },
        ...isDefault,
      }),
      film(640, 360),
    ],
    1,
  ],
  ['no picture of unknown length beside a film', [film(4000, 3000, { codec_name: 'png', nb_frames: '' }), film(64, 36)], 1],
  ['a film of JPEG pictures that is the default', [film(640, 360), film(320, 180, { codec_name: 'mjpeg', ...isDefault })], 1],
  ['a single picture where there is nothing else', [film(4000, 3000, { codec_name: 'mjpeg', nb_frames: '1' })], 0],
  ['a codec that is known', [film(1920, 1080, { codec_name: 'unknown', ...isDefault }), film(640, 360)], 1],
  ['none of covers alone', [film(300, 300, isCover), sound(2)], undefined],
])('of the film tracks: %s', (_, tracks, index) => {
  expect(filmTrack(tracks)?.index).toBe(index);
});

it.each<[string, Track[], number | undefined]>([
  ['the default one before one of more channels', [sound(6), sound(2, isDefault)], 1],
  ['the one of most channels where none is the default', [sound(2), sound(6), sound(2)], 1],
  ['the one of most channels of two default ones', [sound(2, isDefault), sound(6, isDefault)], 1],
  ['the first of two alike', [film(2, 2), sound(2), sound(2)], 0],
  ['one that has channels', [sound(0, isDefault), sound(1)], 1],
  ['none', [film(640, 360)], undefined],
])('of the sound tracks: %s', (_, tracks, index) => {
  expect(soundTrack(tracks)?.index).toBe(index);
});
