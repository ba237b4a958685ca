/** Sounds that are meant to join, and cannot where their cues are shorter or longer than they are. */
import { formatIssue } from '../../../runtime/core/errors';
import { joinWarnings } from '../../../runtime/show/join-finding';
import { parseShowText } from '../../../runtime/show/parse';
import { SMALLEST } from './shows';

const HARD = { role: 'voice', fadeIn: '0ms', fadeOut: '0ms' };

interface Sound {
  readonly file: string;
  readonly [name: string]: unknown;
}

/** Warnings of a show with a cue of 4 s for each sound, by the lengths of its files in ms. */
function warned(sounds: readonly Sound[], lengthsMs: Readonly<Record<string, number>>, loop = 'once'): string[] {
  const cues = sounds.map((sound, at) => ({
    name: `c${at}`,
    duration: '4s',
    scenes: [{ scene: 'slides' }],
    audio: [sound],
  }));
  const { show, document } = parseShowText('/show.yaml', JSON.stringify({ ...SMALLEST, cuelist: { loop, cues } }));
  return joinWarnings(show!, document, (file) => lengthsMs[file.slice(1)]).map(formatIssue);
}

const pieces = (...files: string[]): Sound[] => files.map((file) => ({ ...HARD, file }));

it.each([
  [3750, 4250, 1],
  [3749, 4000, 0],
  [4251, 4000, 0],
])('takes pieces that are up to 250 ms off for joining (%d and %d ms)', (first, second, joins) => {
  expect(warned(pieces('a.wav', 'b.wav'), { 'a.wav': first, 'b.wav': second })).toHaveLength(1 - joins);
});

it('says where, how much, and how to put it right', () => {
  expect(warned(pieces('a.wav', 'b.wav', 'c.wav'), { 'a.wav': 3200, 'b.wav': 5000, 'c.wav': 100 })).toEqual([
    expect.stringMatching(
      /^\/show.yaml:1:\d+: cuelist.cues\[0\].audio\[0\].file: takes 3.2 s in a cue of 4.0 s: the next cue, .* after a gap; give the cue `duration: 3200ms`, or /,
    ),
    expect.stringContaining('cues[1].audio[0].file: takes 5.0 s in a cue of 4.0 s: its end is not heard; give the cue'),
  ]);
});

it('looks at the cue that truly follows', () => {
  const lengths = { 'a.wav': 4000, 'b.wav': 1000 };
  const places = (loop: string): (string | undefined)[] =>
    warned(pieces('a.wav', 'b.wav'), lengths, loop).map((text) => /cues\[\d\]/.exec(text)?.[0]);
  // The end of a list that plays once joins nothing.
  expect(places('once')).toEqual([]);
  expect(places('forever')).toEqual(['cues[1]']);
  expect(places('ping-pong')).toEqual(['cues[1]']);
});

it.each([{ fadeOut: '1s' }, { loop: true }, { role: 'effect' }])('leaves alone what joins nothing: %j', (change) => {
  const [a, b] = pieces('a.wav', 'b.wav') as [Sound, Sound];
  expect(warned([{ ...a, ...change }, b], { 'a.wav': 1000, 'b.wav': 1000 })).toEqual([]);
});

it('says nothing of lengths that nobody knows', () => {
  expect(warned(pieces('a.wav', 'b.wav'), {}, 'forever')).toEqual([]);
});
