/** `vitrine demo-media DIR`: makes the demo media. */
import path from 'node:path';
import { messageOf, VitrineError } from '../core/errors';
import { makeClips } from '../demo/make-clips';
import { makeMedia } from '../demo/make-media';
import { makeSounds } from '../demo/make-sounds';
import type { CommandIo } from './command';

export interface DemoMediaArgs {
  /** Relative to the working folder. */
  readonly folder: string;
}

/** Makes the pictures, clips and sounds that are not there yet. */
export async function demoMedia(io: CommandIo, args: DemoMediaArgs): Promise<number> {
  const folder = path.resolve(io.cwd, args.folder);
  try {
    const media = await makeMedia(folder, (file) => io.stdout(`painted ${path.join(args.folder, file)}\n`));
    const clips = await makeClips(folder, (file) => io.stdout(`made ${path.join(args.folder, file)}\n`));
    if (clips.because !== undefined) io.stdout(`no demo clips were made: ${clips.because}\n`);
    const sounds = await makeSounds(folder, (file) => io.stdout(`made ${path.join(args.folder, file)}\n`));
    const [made, kept] = [media.made + clips.made + sounds.made, media.kept + clips.kept + sounds.kept];
    io.stdout(`demo media in ${folder}: ${made} made, ${kept} kept\n`);
    return 0;
  } catch (cause) {
    throw new VitrineError('VITRINE_E_WRITE', `cannot make the demo media in ${folder}: ${messageOf(cause)}`, {
      cause,
    });
  }
}
