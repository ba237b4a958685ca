/** The lengths of sounds for the account: from earlier looks at once, by new looks where there is time for them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { soundLengths } from '../../../plugins/audio/facts/sound-figures';
import { makeMedia } from '../../support/make-media';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'vitrine-lengths-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function tone(name: string, seconds: number, channels: number): string {
  return makeMedia(join(folder, name), '-f', 'lavfi', '-i', `sine=d=${seconds}`, '-ac', String(channels));
}

it('are unknown until a look, known from then on, and unknown again once the file has changed', async () => {
  const env = { XDG_STATE_HOME: folder };
  const [mono, stereo] = [tone('mono.wav', 2, 1), tone('stereo.ogg', 3, 2)];
  const paths = [mono, stereo];
  expect(await soundLengths(null, env, paths, 0)).toEqual({ known: [], unknown: 2 });
  expect(await soundLengths(null, env, paths, 1)).toMatchObject({ known: [{ path: mono, channels: 1 }], unknown: 1 });
  const all = await soundLengths(null, env, paths, 9);
  expect(all).toMatchObject({ known: [{ path: mono }, { path: stereo, channels: 2 }], unknown: 0 });
  all.known.forEach(({ lengthMs }, at) => expect(Math.abs(lengthMs - [2000, 3000][at]!)).toBeLessThan(20));
  // Without a program: by what was written down.
  expect(await soundLengths(null, env, paths, 0)).toEqual(all);
  tone('mono.wav', 4, 1);
  expect(await soundLengths(null, env, paths, 0)).toMatchObject({ known: [{ path: stereo }], unknown: 1 });
});

it('of files that cannot be played are none, and bound nothing open', async () => {
  const text = join(folder, 'text.mp3');
  writeFileSync(text, 'no sound');
  const gone = join(folder, 'gone.wav');
  expect(await soundLengths(null, { XDG_STATE_HOME: folder }, [text, gone], 9)).toEqual({ known: [], unknown: 0 });
});
