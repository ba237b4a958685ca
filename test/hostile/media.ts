/** Mutated pictures, clips and sounds, played in the midst of good ones: nothing stands, nothing is black, nothing is left. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import sharp from 'sharp';
import { createRandom } from '../../runtime/show/random';
import { play, sleep } from '../bench/player';
import { mutate, MUTATIONS } from './mutations';
import type { Row } from './tally';
import { processesLeft, watchPictures } from './watcher';

/** A picture that is slow is passed over after 3 s, a clip that gives nothing is looked for as long. */
const LONGEST_STAND_MS = 6000;
/** How long a picture stays where the show does not say. */
const USUAL_MS = 6000;

const SIZE = { width: 320, height: 180 } as const;

/** Good files, by what a show calls them; their content does not matter. */
async function goodPictures(folder: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
  const image = sharp({ create: { ...SIZE, channels: 3, background: '#888', noise } });
  const { data } = await image.png().toBuffer({ resolveWithObject: true });
  const files: string[] = [];
  for (const format of ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const) {
    const file = join(folder, `good.${format}`);
    await sharp(data).toFormat(format).toFile(file);
    files.push(file);
  }
  const progressive = join(folder, 'progressive.jpg');
  await sharp(data).jpeg({ progressive: true }).toFile(progressive);
  const drawn = join(folder, 'drawn.svg');
  writeFileSync(drawn, '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="180"><use/><circle r="90"/></svg>');
  return [...files, progressive, drawn];
}

function encoded(
  folder: string,
  files: Readonly<Record<string, readonly string[]>>,
  input: readonly string[],
): string[] {
  mkdirSync(folder, { recursive: true });
  return Object.entries(files).map(([name, args]) => {
    const file = join(folder, name);
    execFileSync('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...input, ...args, file]);
    return file;
  });
}

const goodClips = (folder: string): string[] =>
  encoded(
    folder,
    {
      'a.mp4': ['-c:v', 'libx264', '-movflags', '+faststart'],
      'b.mkv': ['-c:v', 'libx264', '-bf', '2'],
      'c.webm': ['-c:v', 'libvpx', '-deadline', 'realtime'],
      'd.avi': ['-c:v', 'mpeg4'],
      'e.ts': ['-c:v', 'mpeg2video'],
      'f.gif': [],
    },
    ['-f', 'lavfi', '-i', 'testsrc=s=320x180:r=25:d=1'],
  );

const goodSounds = (folder: string): string[] =>
  encoded(
    folder,
    {
      'a.mp3': [],
      'b.ogg': ['-c:a', 'libvorbis'],
      'c.flac': [],
      'd.wav': [],
      'e.opus': ['-c:a', 'libopus'],
      'f.m4a': ['-c:a', 'aac'],
    },
    ['-f', 'lavfi', '-i', 'sine=f=440:d=2'],
  );

/** `count` mutated files of each of `files`, in a folder of their own. */
function mutated(folder: string, files: readonly string[], count: number, seed: string): number {
  mkdirSync(folder, { recursive: true });
  const random = createRandom(seed);
  for (const file of files) {
    const bytes = readFileSync(file);
    for (let at = 0; at < count; at += 1) {
      const kind = MUTATIONS[at % MUTATIONS.length]!;
      const name = `${extname(file).slice(1)}-${kind}-${at}${extname(file)}`;
      writeFileSync(join(folder, name), mutate(bytes, kind, random));
    }
  }
  return files.length * count;
}

/** Plays a show of one scene for so long. */
async function played(
  folder: string,
  kind: string,
  tried: number,
  show: string,
  forMs: number,
  standMs = LONGEST_STAND_MS,
): Promise<Row> {
  const file = join(folder, `${kind.replaceAll(' ', '-')}.yaml`);
  writeFileSync(file, show);
  const player = play(folder, ['--show', file, '--display', 'offscreen', '--size', '640x360']);
  const failed: string[] = [];
  await player.playing();
  const watch = watchPictures(player);
  await sleep(forMs);
  const { changes } = watch;
  const worstMs = watch.worstMs();
  watch.end();
  if (worstMs > standMs) failed.push(`a picture stood for ${Math.round(worstMs)} ms`);
  let black = -1;
  try {
    black = (await player.end()).frames.black;
    if (black > 0) failed.push(`${black} black frames`);
  } catch (cause) {
    failed.push(String(cause));
  }
  const left = await processesLeft(folder);
  if (left.length > 0) failed.push(`${left.length} processes are left`);
  return { kind, tried, failed, note: `${changes} changes, longest ${Math.round(worstMs)} ms, black ${black}` };
}

const scene = (media: string, images: string, videos: string, more = 'every: 500ms'): string => `version: 1
name: Hostile
themes: {all: {images: [${images}], videos: [${videos}]}}
scenes: {only: {media: ${media}, themes: [all], ${more}, transition: {type: cut}}}
cuelist: {loop: forever, cues: [{name: one, duration: 24h, scenes: [{scene: only}]}]}
`;

/** `count` mutations of each good file; each show plays for `forMs`. */
export async function mutatedMedia(folder: string, count: number, forMs: number, seed: string): Promise<Row[]> {
  const place = (name: string): string => join(folder, name);
  const pictures = mutated(place('bad-pictures'), await goodPictures(place('pictures')), count, `${seed} pictures`);
  const clips = mutated(place('bad-clips'), goodClips(place('clips')), count, `${seed} clips`);
  const sounds = goodSounds(place('sounds'));
  const soundCount = mutated(place('bad-sounds'), sounds, count, `${seed} sounds`);
  const cues = sounds
    .flatMap((sound) =>
      MUTATIONS.map((kind, at) => `bad-sounds/${extname(sound).slice(1)}-${kind}-${at}${extname(sound)}`),
    )
    .slice(0, 6 * count)
    .map(
      (sound, at) =>
        `{name: c${at}, duration: 600ms, scenes: [{scene: only}], audio: [{file: ${sound}, role: effect}, {file: sounds/d.wav, role: voice}]}`,
    );
  return [
    await played(folder, 'mutated pictures', pictures, scene('images', 'pictures, bad-pictures', ''), forMs),
    await played(folder, 'mutated clips', clips, scene('both', 'pictures', 'bad-clips, clips'), forMs),
    await played(
      folder,
      'mutated clips that play out',
      clips,
      scene('both', 'pictures', 'bad-clips, clips', 'order: shuffle'),
      forMs,
      LONGEST_STAND_MS + USUAL_MS,
    ),
    await played(
      folder,
      'mutated sounds',
      soundCount,
      scene('images', 'pictures', '').replace(/cues: \[.*\]}\n$/, `cues: [${cues.join(', ')}]}\n`),
      forMs,
    ),
  ];
}
