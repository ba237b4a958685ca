/**
 * The down-mix: how channels become the two that are heard, or the one. Every mix is scaled so that full scale in all channels at once is
 * full scale at most. Pure.
 */

/** Channels of a stream as it is stored. */
export interface StoredChannels {
  readonly storedChannels: number;
  /** As ffprobe names it; missing where the file does not say. */
  readonly layout?: string;
}

/** Channel counts whose usual layout ffmpeg assumes where a file names none. */
const USUAL_COUNTS: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7, 8, 16, 24]);

/** By the loudspeakers of a usual layout, and no row of the matrix above 1. */
const BY_LAYOUT = 'aresample=rematrix_maxval=1,aformat=channel_layouts=stereo';

/** A centre is heard from both sides, 3 dB lower on each. */
const CENTRE = Math.SQRT1_2.toFixed(4);

/** The filter chain that mixes to the channels that are heard; undefined where the samples stay as they are. */
export function downMixFilter({ storedChannels, layout }: StoredChannels): string | undefined {
  // One channel is heard as it is, whichever loudspeaker the file names.
  if (storedChannels === 1) return layout === undefined || layout === 'mono' ? undefined : 'pan=mono|c0=c0';
  if (layout === 'stereo' || (layout === undefined && storedChannels === 2)) return undefined;
  // Ambisonics begin with all directions (W) and left against right (Y).
  if (layout?.startsWith('ambisonic') === true) return 'pan=stereo|c0=0.5*c0+0.5*c1|c1=0.5*c0-0.5*c1';
  const speakers = /[A-Z]+\d?(\+[A-Z]+\d?)+/.exec(layout ?? '')?.[0].split('+') ?? [];
  if (speakers.length === storedChannels) return bySpeakers(speakers);
  if (USUAL_COUNTS.has(storedChannels)) return BY_LAYOUT;
  return byPlaces(storedChannels);
}

/** Unusual sets of loudspeakers, which ffmpeg lists and does not mix. Those of low frequencies are heard where there are no others. */
function bySpeakers(speakers: readonly string[]): string {
  const hasOthers = speakers.some((speaker) => !speaker.startsWith('LFE'));
  const side = (own: RegExp, other: RegExp): string => {
    const weights = speakers.flatMap((speaker, at) => {
      if (speaker.startsWith('LFE') && hasOthers) return [];
      return own.test(speaker) ? [`c${at}`] : other.test(speaker) ? [] : [`${CENTRE}*c${at}`];
    });
    // Nothing is on this side: it hears the other one.
    return weights.length === 0 ? speakers.map((_, at) => `c${at}`).join('+') : weights.join('+');
  };
  const [left, right] = [/LC?$/, /RC?$/];
  return sides(side(left, right), side(right, left));
}

/** Nothing says where a channel belongs: the odd ones are left, the even ones right, as pairs are stored. */
function byPlaces(channels: number): string {
  const side = (first: number): string => {
    const places = Array.from({ length: Math.ceil((channels - first) / 2) }, (_, pair) => `c${first + 2 * pair}`);
    return places.join('+');
  };
  return sides(side(0), side(1));
}

/** `<` scales the weights of a side to a sum of 1. */
const sides = (left: string, right: string): string => `pan=stereo|c0<${left}|c1<${right}`;
