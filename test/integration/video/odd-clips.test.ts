/** Clips that are not as others are: several tracks, transparent, of changing size, of a single frame, or of none. */
import { levelOf, lossless, made, openWorld, steps, takeFrames, type World } from './fixture';

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

const FRAMES = 10;

describe('of several tracks', () => {
  const film = (): string => made('film.mkv', ...steps(FRAMES, 25), ...lossless);
  const thumbnail = (codec: string): string => {
    const white = ['-f', 'lavfi', '-i', 'color=white:s=640x360:r=1:d=1', '-frames:v', '1'];
    return made(`thumbnail-${codec}.mkv`, ...white, '-c:v', codec);
  };
  const both = (...dispositions: string[]): string[] =>
    dispositions.flatMap((flag, at) => [`-disposition:v:${at}`, flag]);

  it.each([
    ['mjpeg', 'mkv', both('0', 'default')],
    ['mjpeg', 'mp4', both('0', 'default')],
    ['png', 'mkv', both('default', '0')],
    ['mjpeg', 'mov', both('default', '0')],
    ['mjpeg', 'mp4', both('attached_pic', '0')],
  ])('the film is played, not a thumbnail before it: %s in %s, %j', async (codec, container, flags) => {
    world = openWorld();
    const inputs = ['-i', thumbnail(codec), '-i', film(), '-map', '0:v', '-map', '1:v', '-c', 'copy'];
    const path = made(`thumb-${codec}-${flags.join('')}.${container}`, ...inputs, ...flags);
    const decoder = world.bank.start(await world.order(path))!;
    const { levels } = await takeFrames(world, decoder.ring);
    expect(levels).toEqual(Array.from({ length: FRAMES }, (_, frame) => levelOf(frame)));
  });

  it.each([
    ['the default one', both('0', 'default'), 320],
    ['the largest one', both('0', '0'), 640],
  ])('%s of two films', async (_, flags, widthPx) => {
    world = openWorld();
    const large = made('large.mkv', ...steps(FRAMES, 25, '640x360'), ...lossless);
    const inputs = ['-i', large, '-i', film(), '-map', '0:v', '-map', '1:v', '-c', 'copy'];
    const path = made(`two-${widthPx}.mkv`, ...inputs, ...flags);
    expect((await world.order(path)).facts.widthPx).toBe(widthPx);
  });
});
