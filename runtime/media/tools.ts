/** Which ffmpeg decodes: the configured one, the system's, or that of the package `ffmpeg-static`; and what it can. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { VitrineError } from '../core/errors';
import { isProgram, programOnPath } from '../core/program-on-path';
import { outputOf } from './child';

export interface Tools {
  readonly ffmpeg: string;
  readonly ffprobe: string;
  readonly origin: 'configured' | 'system' | 'ffmpeg-static';
}

const VERSION_LIMIT_MS = 5000;
const VERSION_BYTES = 1 << 20;

/** Who needs the tools, for what is said where they are missing: the name of what cannot be played, and the option's section. */
export interface ToolsUser {
  readonly media: string;
  readonly section: string;
}

const CLIPS: ToolsUser = { media: 'clips', section: 'video' };

/** Looks at files only. Throws VITRINE_E_PLUGIN with what to install where there is none. */
export function findTools(
  configured: string | null,
  env: Readonly<Record<string, string | undefined>>,
  { media, section } = CLIPS,
): Tools {
  if (configured !== null) {
    const ffprobe = join(dirname(configured), 'ffprobe');
    for (const program of [configured, ffprobe]) {
      if (!isProgram(program))
        throw new VitrineError(
          'VITRINE_E_PLUGIN',
          `${section}.ffmpeg: ${program} is no program; correct it or leave it out`,
        );
    }
    return { ffmpeg: configured, ffprobe, origin: 'configured' };
  }
  const [ffmpeg, ffprobe] = [programOnPath('ffmpeg', env), programOnPath('ffprobe', env)];
  if (ffmpeg !== undefined && ffprobe !== undefined) return { ffmpeg, ffprobe, origin: 'system' };
  const packaged = packagedProgram();
  if (packaged !== undefined && ffprobe !== undefined) return { ffmpeg: packaged, ffprobe, origin: 'ffmpeg-static' };
  throw new VitrineError(
    'VITRINE_E_PLUGIN',
    packaged === undefined
      ? `${media} need ffmpeg; install the package ffmpeg, or name one with ${section}.ffmpeg`
      : `${media} need ffprobe, which ffmpeg-static does not bring; install the package ffmpeg`,
  );
}

/** The version, and how many decoders it has. */
export interface ToolsAbout {
  readonly version: string;
  readonly decoders: number;
}

/** For the records. Rejects where it does not run. */
export async function describeTools({ ffmpeg }: Tools): Promise<ToolsAbout> {
  const say = (arg: string): Promise<string> =>
    outputOf(ffmpeg, ['-hide_banner', arg], VERSION_LIMIT_MS, VERSION_BYTES);
  const version = await say('-version');
  const decoders = await say('-decoders');
  return {
    version: /^ffmpeg version (\S+)/.exec(version)?.[1] ?? 'unknown',
    decoders: decoders.split('\n').filter((line) => /^ V\S{5} [^=]/.test(line)).length,
  };
}

/** Whether it knows a decoder by that name. Rejects where it does not run. */
export async function hasDecoder({ ffmpeg }: Tools, name: string): Promise<boolean> {
  const about = await outputOf(ffmpeg, ['-hide_banner', '-h', `decoder=${name}`], VERSION_LIMIT_MS, VERSION_BYTES);
  return about.startsWith(`Decoder ${name} `);
}

/** The package's script may not have run: then there is no program. */
function packagedProgram(): string | undefined {
  try {
    const path = createRequire(__filename)('ffmpeg-static') as string | null;
    return path !== null && isProgram(path) ? path : undefined;
  } catch {
    return undefined;
  }
}
