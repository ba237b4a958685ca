/** `vitrine demo-media DIR`: makes the demo media. */
import path from 'node:path';
import { messageOf, VitrineError } from '../core/errors';
import { makeMedia } from '../demo/make-media';
import type { CommandIo } from './command';

export interface DemoMediaArgs {
  /** Relative to the working folder. */
  readonly folder: string;
}

/** Paints the pictures that are not there yet. */
export async function demoMedia(io: CommandIo, args: DemoMediaArgs): Promise<number> {
  const folder = path.resolve(io.cwd, args.folder);
  try {
    const media = await makeMedia(folder, (file) => io.stdout(`painted ${path.join(args.folder, file)}\n`));
    io.stdout(`demo media in ${folder}: ${media.made} made, ${media.kept} kept\n`);
    return 0;
  } catch (cause) {
    throw new VitrineError('VITRINE_E_WRITE', `cannot make the demo media in ${folder}: ${messageOf(cause)}`, {
      cause,
    });
  }
}
