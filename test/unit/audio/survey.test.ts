/** The survey of the sounds of a show. */
import { soundFilesOf, survey } from '../../../plugins/audio/facts/survey';
import type { KnownSound, SoundLook } from '../../../plugins/audio/facts/sound-probe';
import type { Show } from '../../../runtime/show/types';

const known = { signature: { sizeBytes: 1, mtimeMs: 1 } } as unknown as KnownSound;
const LOOKS: Readonly<Record<string, SoundLook>> = {
  good: { kind: 'sound', ...known },
  other: { kind: 'sound', ...known },
  bad: { kind: 'bad', reason: 'is empty', signature: known.signature },
};

function asked(): { done: string[]; look(path: string): Promise<SoundLook>; measure(path: string): Promise<void> } {
  const done: string[] = [];
  return {
    done,
    look: (path) => (done.push(`look ${path}`), Promise.resolve(LOOKS[path] ?? { kind: 'gone' })),
    async measure(path) {
      done.push(`measure ${path}`);
      await Promise.resolve();
      done.push(`measured ${path}`);
    },
  };
}

it('measures one file after the other, and passes over what cannot be heard', async () => {
  const all = asked();
  await survey(['good', 'bad', 'none', 'other'], all, new AbortController().signal);
  expect(all.done).toEqual([
    ...['look good', 'measure good', 'measured good'],
    ...['look bad', 'look none'],
    ...['look other', 'measure other', 'measured other'],
  ]);
});

it('ends with its session', async () => {
  const all = asked();
  const stop = new AbortController();
  const running = survey(['good', 'other'], all, stop.signal);
  stop.abort();
  await running;
  expect(all.done).toEqual(['look good']);
});

it('takes each file of the cues once, in their order', () => {
  const cue = (...files: string[]): object => ({ sounds: files.map((file) => ({ file })) });
  const show = { cuelist: { cues: [cue('/b', '/a'), {}, cue('/a', '/c')] } } as unknown as Show;
  expect(soundFilesOf(show)).toEqual(['/b', '/a', '/c']);
});
