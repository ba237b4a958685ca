/** What is known of a sound file before it is decoded, read from what ffprobe says. Pure. */
import { filmTrack, soundTrack, type Track } from '../../../runtime/media/tracks';

export interface SoundFacts {
  readonly codec: string;
  /** Place of the stream among those of sound. */
  readonly index: number;
  readonly rateHz: number;
  /** As it is played: more than two are mixed down to two. */
  readonly channels: 1 | 2;
  /** As stored. */
  readonly storedChannels: number;
  /** The name of the channels' layout; missing where the file does not say. */
  readonly layout?: string;
  /** By how much its first sample is later than where the file begins. */
  readonly lateMs: number;
  /** By how much it is later than the first picture of the file; missing where there are none. May be negative. */
  readonly behindPictureMs?: number;
  /** Missing where the file does not say; a few ms more or less than it is decoded to. */
  readonly lengthMs?: number;
  /**
   * Where the container says more exactly than the decoder how long the sound is: its length in s. Of AAC in MP4, ffmpeg leaves the
   * encoder's padding at the end; of Vorbis in Ogg, it takes too much of it away.
   */
  readonly exactS?: number;
  /** Of Vorbis in Ogg: when its second block begins, which is the first one that is heard, in s from where the file begins. */
  readonly heardFromS?: number;
}

interface Stream extends Track {
  readonly sample_rate?: string;
  readonly channel_layout?: string;
  readonly start_time?: string;
}

interface Packet {
  readonly stream_index: number;
  readonly pts_time?: string;
  readonly duration_time?: string;
}

export interface Probed {
  readonly packets?: readonly Packet[];
  readonly streams?: readonly Stream[];
  readonly format?: { readonly duration?: string; readonly format_name?: string; readonly start_time?: string };
}

/** Beyond this a header is broken; studio sound ends at 192 kHz, DSD is told as 352.8. */
const MOST_HZ = 768_000;
const MOST_CHANNELS = 64;

/** The facts, or why the file cannot be played. */
export function soundFacts({
  streams = [],
  format = {},
  packets = [],
}: Probed): { facts: SoundFacts } | { fault: string } {
  const sound = soundTrack(streams);
  if (sound === undefined) return { fault: 'has no sound' };
  const { track: stream, index } = sound;
  const { codec_name: codec = 'unknown', channels = 0, channel_layout: layout } = stream;
  const rateHz = Number(stream.sample_rate);
  if (codec === 'unknown') return { fault: 'has sound of a kind that no decoder here knows' };
  if (!(rateHz > 0 && rateHz <= MOST_HZ))
    return { fault: `has sound of ${stream.sample_rate ?? 'no'} samples a second` };
  if (!(channels > 0 && channels <= MOST_CHANNELS)) return { fault: `has sound of ${channels} channels` };
  const seconds = [stream.duration, format.duration].map(Number).find((value) => value > 0);
  const picture = filmTrack(streams)?.track;
  const facts: SoundFacts = {
    codec,
    index,
    rateHz,
    channels: channels === 1 ? 1 : 2,
    storedChannels: channels,
    ...(layout === undefined || layout === 'unknown' ? {} : { layout }),
    lateMs: Math.max(0, startMs(stream) - startMs(format)),
    ...(picture === undefined ? {} : { behindPictureMs: startMs(stream) - startMs(picture) }),
    ...(seconds === undefined ? {} : { lengthMs: seconds * 1000 }),
    ...(isExact(codec, format.format_name) && Number(stream.duration) > 0 ? { exactS: Number(stream.duration) } : {}),
    ...(codec === 'vorbis' ? heardFrom(packets, streams.indexOf(stream), startMs(format) / 1000) : {}),
  };
  return { facts };
}

/** The first block of Vorbis only prepares the second one. */
function heardFrom(packets: readonly Packet[], stream: number, startS: number): Pick<SoundFacts, 'heardFromS'> {
  const { pts_time: pts, duration_time: duration } = packets.find(({ stream_index: at }) => at === stream) ?? {};
  const heardFromS = Number(pts) + Number(duration) - startS;
  return Number.isFinite(heardFromS) ? { heardFromS } : {};
}

const startMs = ({ start_time: start }: Pick<Stream, 'start_time'>): number =>
  Number.isFinite(Number(start)) ? Number(start) * 1000 : 0;

function isExact(codec: string, container = ''): boolean {
  const containers = container.split(',');
  return (codec === 'aac' && containers.includes('mp4')) || (codec === 'vorbis' && containers.includes('ogg'));
}
