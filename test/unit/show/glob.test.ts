/** A theme's globs become picture files in natural order, each once, and the folders to be watched. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import sharp from 'sharp';
import { resolveMedia } from '../../../runtime/show/glob';
import { PICTURE_EXTENSIONS } from '../../../runtime/show/media-kinds';

let show: string;

beforeEach(() => {
  show = realpathSync(mkdtempSync(join(tmpdir(), 'vitrine [glob] ')));
});
afterEach(() => rmSync(show, { recursive: true, force: true }));

function files(...names: string[]): void {
  for (const name of names) {
    mkdirSync(dirname(join(show, name)), { recursive: true });
    writeFileSync(join(show, name), '');
  }
}

function link(name: string, target: string): void {
  mkdirSync(dirname(join(show, name)), { recursive: true });
  symlinkSync(target, join(show, name));
}

/** Files, folders and warnings, relative to the show. */
async function resolved(...globs: string[]): Promise<{ files: string[]; folders: string[]; warnings: string[] }> {
  const media = await resolveMedia(show, globs);
  const near = (path: string): string => relative(show, path) || '.';
  return {
    files: media.files.map(near),
    folders: media.folders.map(near),
    warnings: media.warnings.map(({ file, message }) => `${near(file!)} ${message}`),
  };
}

describe('what matches', () => {
  it('comes in natural order, each file once', async () => {
    files('media/10.jpg', 'media/9.jpg', 'media/sub/1.jpg');
    const found = await resolved('media/*.jpg', 'media/**/*.jpg', 'media/9.jpg', './media/../media/10.jpg');
    expect(found.files).toEqual(['media/9.jpg', 'media/10.jpg', 'media/sub/1.jpg']);
  });

  it.each([
    ['above it, by a pattern', (name: string) => `../${name.slice(0, -1)}*/**/*.jpg`],
    ['above it, absolute', (name: string) => join(dirname(show), `${name.slice(0, -1)}*`, '**/*.jpg')],
    ['above it, by its name', (name: string) => `../${name}/**/*.jpg`],
    ['in it', () => '**/*.jpg'],
  ])('is found in the folder of the show by a glob that begins %s', async (_where, globOf) => {
    files('a.jpg', 'media/b.jpg');
    expect((await resolved(globOf(basename(show)))).files).toEqual(['a.jpg', 'media/b.jpg']);
  });

  it('is found whatever the case of its extension, but not of its name', async () => {
    files('a.JPG', 'b.jpg', 'c.Png', 'A/x.jpg');
    expect((await resolved('*.{jpg,png}')).files).toEqual(['a.JPG', 'b.jpg', 'c.Png']);
    expect((await resolved('a/*.jpg')).files).toEqual([]);
  });

  it('may have any name', async () => {
    const names = ['-dash.jpg', 'a b.jpg', 'photo [1].jpg', 'x{1,2}.jpg', 'éclair 🌲.jpg', '!mark.jpg', '(x)/+(y).jpg'];
    files(...names);
    expect((await resolved('**/*.jpg')).files.sort()).toEqual([...names].sort());
    for (const name of names.filter((each) => !each.startsWith('!')))
      expect((await resolved(name)).files).toEqual([name]);
  });

  it.each([
    '[2024] Summer',
    'Summer (2019)',
    'Lobby {A,B}',
    'Sale!',
    'x#y',
    '100%',
    "it's",
    '~t',
    '-lead',
    '$HOME',
    'A+B',
    'a?b',
    'New folder (2)',
    '(a|b)',
    '+(a)',
  ])('lies in a folder named %s', async (name) => {
    files(`${name}/1.jpg`, `${name}/deep (1)/2.jpg`, 'Summer 2019/3.jpg', 'Lobby A/4.jpg', 'a/5.jpg');
    expect((await resolved(`${name}/*.jpg`)).files).toEqual([`${name}/1.jpg`]);
    expect((await resolved(`./${name}/deep (1)/*.jpg`)).files).toEqual([`${name}/deep (1)/2.jpg`]);
    expect((await resolved(name)).files).toEqual([`${name}/1.jpg`, `${name}/deep (1)/2.jpg`]);
    expect((await resolved(name, `!${name}/*.jpg`)).files).toEqual([`${name}/deep (1)/2.jpg`]);
    expect((await resolved(join(show, name, '*.jpg'))).files).toEqual([`${name}/1.jpg`]);
  });

  it('may be chosen by sets, groups and classes where no folder has that name', async () => {
    files('A/1.jpg', 'B/2.jpg', 'C/3.jpg', 'Summer (1)/4.jpg');
    expect((await resolved('{A,B}/*.jpg')).files).toEqual(['A/1.jpg', 'B/2.jpg']);
    expect((await resolved('[AB]/*.jpg')).files).toEqual(['A/1.jpg', 'B/2.jpg']);
    expect((await resolved('@(A|B)/*.jpg')).files).toEqual(['A/1.jpg', 'B/2.jpg']);
    expect((await resolved('**/Summer (1)/*.jpg')).files).toEqual(['Summer (1)/4.jpg']);
  });

  it('may lie below the home of the user', async () => {
    const before = process.env['HOME'];
    process.env['HOME'] = show;
    files('pictures/1.jpg', 'pictures/2.jpg');
    expect((await resolved('~/pictures', '!~/pictures/2.*')).files).toEqual(['pictures/1.jpg']);
    expect((await resolved('~/pictures/*.jpg')).files).toEqual(['pictures/1.jpg', 'pictures/2.jpg']);
    process.env['HOME'] = before;
  });

  it.each([
    '$RECYCLE.BIN/S-1-5',
    '$Recycle.Bin/S-1-5',
    'System Volume Information',
    'lost+found',
    '@eaDir/1.jpg',
    '#recycle',
    '@Recycle',
    '__MACOSX',
    '.Trash-1000/files',
    '.thumbnails',
  ])('does not lie in the folder for deleted files or previews %s, unless that is named', async (aside) => {
    files('stick/1.jpg', `stick/deep/${aside}/2.jpg`);
    expect((await resolved('stick')).files).toEqual(['stick/1.jpg']);
    expect((await resolved('stick/**/*.jpg')).files).toEqual(['stick/1.jpg']);
    expect((await resolved(`stick/deep/${aside}`)).files).toEqual([`stick/deep/${aside}/2.jpg`]);
    expect((await resolved(`stick/deep/${aside}/*.jpg`, 'stick')).files).toEqual(
      ['stick/1.jpg', `stick/deep/${aside}/2.jpg`].sort(),
    );
  });

  it('is a folder with all pictures below it, too', async () => {
    files('media/[x]/1.jpg', 'media/[x]/deep/2.webp', 'media/[x]/notes.txt', 'media/other/3.jpg');
    expect((await resolved('media/[x]')).files).toEqual(['media/[x]/1.jpg', 'media/[x]/deep/2.webp']);
    expect((await resolved('media/other/')).files).toEqual(['media/other/3.jpg']);
  });

  it('is never hidden, unless its dot is written', async () => {
    files('.hidden.jpg', '.trash/1.jpg', 'seen.jpg');
    expect((await resolved('**/*.jpg')).files).toEqual(['seen.jpg']);
    expect((await resolved('.hidden.jpg', '.trash')).files).toEqual(['.hidden.jpg', '.trash/1.jpg']);
    expect((await resolved('.*.jpg')).files).toEqual(['.hidden.jpg']);
  });

  it('is left out again by !glob', async () => {
    files('media/1.jpg', 'media/drafts/2.jpg', 'media/drafts/3.JPG');
    expect((await resolved('media', '!media/drafts/**')).files).toEqual(['media/1.jpg']);
    expect((await resolved('media/**/*.jpg', '!**/3.jpg')).files).toEqual(['media/1.jpg', 'media/drafts/2.jpg']);
  });

  it('may lie anywhere on the machine', async () => {
    files('show/show.yaml', 'elsewhere/1.jpg');
    const media = await resolveMedia(join(show, 'show'), ['../elsewhere/*.jpg', join(show, 'elsewhere/*.jpg')]);
    expect(media.files).toEqual([join(show, 'elsewhere/1.jpg')]);
  });

  it('is a picture that the installed sharp or heif-convert reads', () => {
    const readable = Object.values(sharp.format)
      .filter(({ id, input }) => input.file && id !== 'vips')
      .flatMap(({ input }) => input.fileSuffix ?? [])
      .map((suffix) => suffix.slice(1));
    const converted = ['heic', 'heif', 'hif'];
    const expected = [...readable.filter((suffix) => suffix !== 'svg.gz'), ...converted];
    expect([...PICTURE_EXTENSIONS].sort()).toEqual(expected.sort());
  });
});

describe('links', () => {
  it('in circles end, and no picture comes twice', async () => {
    files('a/1.jpg', 'a/b/2.jpg');
    link('a/b/up', '../../a');
    link('a/self', '.');
    expect((await resolved('a')).files).toEqual(['a/1.jpg', 'a/b/2.jpg']);
    expect((await resolved('a/**/*.jpg')).files).toEqual(['a/1.jpg', 'a/b/2.jpg']);
  });

  it('to folders and files are followed', async () => {
    files('store/1.jpg', 'store/2.jpg');
    link('media/current', '../store');
    link('one/two.jpg', '../store/2.jpg');
    expect((await resolved('media')).files).toEqual(['media/current/1.jpg', 'media/current/2.jpg']);
    expect((await resolved('one/*.jpg')).files).toEqual(['one/two.jpg']);
    expect((await resolved('one/two.jpg', 'store')).files).toEqual(['store/1.jpg', 'store/2.jpg']);
    expect((await resolved('one', 'store')).files).toEqual(['store/1.jpg', 'store/2.jpg']);
  });

  it('to nothing are no pictures', async () => {
    files('a/1.jpg');
    link('a/broken.jpg', 'nowhere.jpg');
    expect((await resolved('a')).files).toEqual(['a/1.jpg']);
  });
});

describe('a walk', () => {
  const usual = { files: 8, folders: 8, levels: 64, ms: 60_000 };

  it.each([
    ['files', { files: 2 }, 'name more than 2 files'],
    ['folders', { folders: 2 }, 'lead through more than 2 folders'],
    ['levels', { levels: 2 }, 'lead more than 2 folders deep'],
    ['time', { ms: 0 }, 'take more than 0 s to look through'],
  ])('beyond the bound of its %s is refused with the globs and the number', async (_, bound, words) => {
    files('a/1.jpg', 'b/2.jpg', 'c/3.jpg', 'c/other.txt');
    const walk = resolveMedia(show, ['*/*.jpg'], 'picture', undefined, { ...usual, ...bound });
    await expect(walk).rejects.toMatchObject({
      code: 'VITRINE_E_SHOW',
      issues: [{ file: show, message: `the globs */*.jpg ${words}`, remedy: expect.any(String) as string }],
    });
  });

  it('within its bounds finds all', async () => {
    files('a/1.jpg', 'b/2.jpg', 'c/3.jpg');
    files(...Array.from({ length: 20 }, (_, n) => `c/other-${n}.txt`));
    expect((await resolveMedia(show, ['*/*.jpg'], 'picture', undefined, usual)).files).toHaveLength(3);
  });

  it.each(['before', 'while'])('that is given up %s it goes on ends at once', async (when) => {
    const stop = new AbortController();
    if (when === 'before') stop.abort(new Error('enough'));
    const walk = resolveMedia('/', ['/**/*'], 'picture', stop.signal);
    stop.abort(new Error('enough'));
    await expect(walk).rejects.toThrow('enough');
  });
});

describe('links to another file system', () => {
  // Of the kernel, and one in memory. A bare root has not all of them.
  const PLACES = ['/proc', '/proc/self', '/sys/kernel', '/dev/shm', '/dev'].filter((place) => existsSync(place));

  it.each(PLACES)('are told and not followed: %s', async (place) => {
    files('media/1.jpg');
    link('media/away', place);
    const { files: found, folders, warnings } = await resolved('media');
    expect(found).toEqual(['media/1.jpg']);
    expect(folders).toEqual(['media']);
    const words = `media/away is skipped: it leads to another file system, ${realpathSync(place)}`;
    // Where a process is is another path each time.
    if (place !== '/proc/self') expect(warnings).toEqual([words]);
    else expect(warnings).toHaveLength(1);
  });

  it.each(['media/away/*.jpg', '*/away/*.jpg'])('are followed where a glob names them: %s', async (glob) => {
    const store = mkdtempSync('/dev/shm/vitrine-glob-');
    writeFileSync(join(store, '2.jpg'), '');
    files('media/1.jpg');
    link('media/away', store);
    const found = (await resolved(glob)).files;
    rmSync(store, { recursive: true });
    expect(found).toEqual(['media/away/2.jpg']);
  });

  it('are followed where a glob names what they lead to', async () => {
    const store = mkdtempSync(join(tmpdir(), 'vitrine-glob-'));
    writeFileSync(join(store, '2.jpg'), '');
    link('media/away', store);
    const found = (await resolveMedia(show, ['media', store])).files;
    rmSync(store, { recursive: true });
    expect(found).toEqual([join(realpathSync(tmpdir()), relative(realpathSync(tmpdir()), store), '2.jpg')]);
  });
});

describe('folders to be watched', () => {
  it('are all that were searched, by their real paths', async () => {
    files('media/a/1.jpg', 'media/empty/notes.txt', 'store/1.jpg', 'unrelated/1.jpg');
    link('media/current', '../store');
    expect((await resolved('media/**/*.jpg')).folders).toEqual(['media', 'media/a', 'media/empty', 'store']);
  });

  it('are the nearest above what is not there yet', async () => {
    files('media/notes.txt');
    expect((await resolved('media/new/**/*.jpg')).folders).toEqual(['media']);
    expect((await resolved('media/later.jpg')).folders).toEqual(['media']);
  });

  it('of a named file is the one it is in', async () => {
    files('media/1.jpg');
    expect((await resolved('media/1.jpg')).folders).toEqual(['media']);
  });
});

describe('warnings', () => {
  it('tell of kinds of pictures that cannot be shown, once a kind', async () => {
    files('a/1.psd', 'a/2.PSD', 'a/3.bmp', 'a/4.jpg', 'a/notes.txt', 'clip.mp4');
    const { files: found, warnings } = await resolved('a', 'clip.mp4');
    expect(found).toEqual(['a/4.jpg']);
    expect(warnings.sort()).toEqual([
      expect.stringContaining('a/1.psd is skipped, as are 1 more'),
      expect.stringContaining('a/3.bmp is skipped: .bmp'),
      expect.stringContaining('clip.mp4 is skipped: .mp4'),
    ]);
  });

  it('tell of names that are not UTF-8, and the rest is found', async () => {
    files('media/1.jpg', 'media/\ufffd.jpg');
    const named = (...name: (string | number)[]): Buffer =>
      Buffer.concat(
        [join(show, 'media/'), ...name].map((part) => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part))),
      );
    for (const name of [named('caf', 0xe9, '.jpg'), named('caf', 0xe9, '.txt')]) writeFileSync(name, '');
    mkdirSync(named('f', 0xfc, 'r'));
    const { files: found, warnings } = await resolved('media');
    expect(found.sort()).toEqual(['media/1.jpg', 'media/\ufffd.jpg']);
    expect(warnings.sort()).toEqual([
      'media/caf\ufffd.jpg is skipped: its name is not UTF-8',
      'media/f\ufffdr is skipped: its name is not UTF-8',
    ]);
  });

  it('tell of a named file that is not there', async () => {
    expect((await resolved('gone.jpg')).warnings).toEqual(['gone.jpg is not there']);
  });

  it('tell of a folder without rights, and the rest is found', async () => {
    files('media/open/1.jpg', 'media/shut/2.jpg');
    chmodSync(join(show, 'media/shut'), 0o000);
    const { files: found, warnings } = resolvedWithoutPrivileges('media/**/*.jpg');
    chmodSync(join(show, 'media/shut'), 0o755);
    expect(found).toEqual([join(show, 'media/open/1.jpg')]);
    expect(warnings).toEqual([
      expect.objectContaining({
        file: join(show, 'media/shut'),
        message: expect.stringContaining('is skipped: EACCES') as string,
      }),
    ]);
  });
});

/** Rights mean nothing to root: a process of its own gives up what lets it pass over them. */
function resolvedWithoutPrivileges(glob: string): Awaited<ReturnType<typeof resolveMedia>> {
  const program = join(__dirname, '../../../runtime/show/glob.js');
  const call = `require(${JSON.stringify(program)}).resolveMedia(${JSON.stringify(show)}, [${JSON.stringify(glob)}])`;
  const node = [process.execPath, '-e', `${call}.then((found) => console.log(JSON.stringify(found)))`];
  const bound = ['setpriv', '--bounding-set=-dac_override,-dac_read_search'];
  const [command, ...args] = process.getuid?.() === 0 ? [...bound, ...node] : node;
  return JSON.parse(execFileSync(command!, args, { encoding: 'utf8' })) as Awaited<ReturnType<typeof resolveMedia>>;
}
