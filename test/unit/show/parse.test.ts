/** A show file becomes a show with every default filled in, or the list of all its mistakes. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { formatIssue } from '../../../runtime/core/errors';
import { parseShow, parseShowText } from '../../../runtime/show/parse';
import { issuesOf, issuesWith, SMALLEST, validShow, variation } from './shows';

const FIXTURES = join(__dirname, '../../../../test/fixtures/shows');
const SCENE = ['scenes', 'slides'];
const CUE = ['cuelist', 'cues', 0];

const folder = mkdtempSync(join(tmpdir(), 'vitrine-show-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function written(content: string | Uint8Array): string {
  const file = join(folder, `${(files += 1)}.yaml`);
  writeFileSync(file, content);
  return file;
}

describe('a valid show', () => {
  it('reads every field', () => {
    const { show } = parseShow(join(FIXTURES, 'full.yaml'));
    expect(show?.themes['forest']).toEqual({
      weight: 2,
      images: ['media/forest/**/*.jpg', '!media/forest/drafts/**'],
      videos: ['media/forest/*.mp4'],
      texts: ['Welcome', 'Open 9-17'],
    });
    expect(show?.scenes['slides']).toEqual({
      media: 'images',
      themes: ['forest', 'sea'],
      everyMs: 9000,
      playsOut: false,
      order: 'sequence',
      fit: 'contain',
      motion: 'ken-burns',
      transition: { type: 'wipe', durationMs: 1200 },
      text: { position: 'top', everyMs: 15_000 },
      background: 0x1a2b3c,
    });
    expect(show?.cuelist).toEqual({
      loop: 'ping-pong',
      cues: [
        {
          name: 'morning',
          durationMs: 300_000,
          scenes: [
            { scene: 'slides', weight: 3, minMs: 20_000, maxMs: 60_000 },
            { scene: 'plain', weight: 1 },
          ],
          select: 'on-interval',
          selectEveryMs: 30_000,
          transition: { type: 'slide', durationMs: 2000 },
        },
        {
          name: 'evening',
          durationMs: 5_400_000,
          scenes: [{ scene: 'plain', weight: 1 }],
          select: 'on-cue-start',
          transition: { type: 'cut', durationMs: 0 },
        },
      ],
    });
  });

  it('fills in the defaults of what is left out', () => {
    const show = validShow(JSON.stringify(SMALLEST));
    expect(show.themes).toEqual({ forest: { weight: 1, images: ['*.jpg'], videos: [], texts: [] } });
    expect(show.scenes).toEqual({
      slides: {
        media: 'images',
        themes: ['forest'],
        everyMs: 6000,
        playsOut: false,
        order: 'shuffle',
        fit: 'cover',
        motion: 'none',
        transition: { type: 'crossfade', durationMs: 800 },
        background: 0,
      },
    });
    expect(show.cuelist.loop).toBe('forever');
    expect(show.cuelist.cues[0]).toMatchObject({
      select: 'on-cue-start',
      transition: { type: 'crossfade', durationMs: 1000 },
    });
  });

  it('shortens a transition that nobody gave a duration to half of the time it has', () => {
    expect(validShow(variation([...SCENE, 'every'], '1s')).scenes['slides']?.transition.durationMs).toBe(500);
    const wipe = validShow(variation([...CUE, 'transition'], { type: 'wipe' })).cuelist.cues[0]?.transition;
    expect(wipe).toEqual({ type: 'wipe', durationMs: 1000 });
  });

  it.each(['cut', 'crossfade', 'fade-through-black', 'slide', 'wipe'])('takes a %s of 0ms for a cut', (type) => {
    for (const path of [SCENE, CUE]) {
      const show = validShow(variation([...path, 'transition'], { type, duration: '0ms' }));
      const place = path === SCENE ? show.scenes['slides'] : show.cuelist.cues[0];
      expect(place?.transition).toEqual({ type: 'cut', durationMs: 0 });
    }
  });

  it('takes a sound below the home of the user', () => {
    const show = validShow(variation([...CUE, 'audio'], [{ file: '~/bed.ogg', role: 'background' }]));
    expect(show.cuelist.cues[0]?.sounds?.[0]?.file).toBe(join(homedir(), 'bed.ogg'));
  });

  it('knows its file, its folder and the hash of its bytes', () => {
    const bytes = `\uFEFF${JSON.stringify(SMALLEST)}`;
    const file = written(bytes);
    const { show } = parseShow(file);
    const hash = createHash('sha256').update(readFileSync(file)).digest('hex');
    expect(show).toMatchObject({ file, folder: resolve(file, '..'), hash: `sha256:${hash}` });
  });

  it('takes names that objects have of their own', () => {
    const text = JSON.stringify(SMALLEST).replaceAll('forest', 'constructor').replaceAll('slides', '__proto__');
    const show = validShow(text);
    expect(Object.keys(show.themes)).toEqual(['constructor']);
    expect(Object.keys(show.scenes)).toEqual(['__proto__']);
    expect(issuesWith([...SCENE, 'themes'], ['toString'])).toHaveLength(1);
    expect(issuesOf(text.replace('"themes"', '"__proto__"')).join('\n')).toContain('__proto__: is not a known field');
  });
});

describe('mistakes', () => {
  it('are told all at once, each with its place and what to do', () => {
    const file = join(FIXTURES, 'mistakes.yaml');
    const lines = (parseShow(file).issues ?? []).map((issue) => formatIssue({ ...issue, file: 'mistakes.yaml' }));
    expect(`${lines.join('\n')}\n`).toBe(readFileSync(join(FIXTURES, 'mistakes.txt'), 'utf8'));
  });

  it('are told once: nothing follows from what was not understood', () => {
    expect(issuesWith(['themes'], 7)).toEqual(['themes: 7 is not at least one theme']);
    expect(issuesWith(['themes', 'forest'], null)).toHaveLength(1);
    expect(issuesWith(['themes', 'forest', 'images'], '*.jpg')).toHaveLength(1);
    expect(issuesWith(['scenes'], undefined)).toEqual(['scenes: is missing; add it: at least one scene']);
    expect(issuesWith([...CUE, 'duration'], 'soon')).toHaveLength(1);
    expect(issuesWith([...CUE, 'duration'], null)).toHaveLength(1);
    expect(issuesWith([...CUE, 'select'], 'on-intervall')).toHaveLength(1);
    expect(issuesWith(['name'], '')).toEqual(['name: is empty; give a name, or leave the field out']);
  });

  it.each([
    [[...SCENE, 'every'], '0s', 'is no time at all'],
    [[...SCENE, 'every'], '745h', 'give at most 744h'],
    [[...SCENE, 'every'], '-5s', 'is not a duration'],
    [[...SCENE, 'transition'], { duration: '6s' }, 'not shorter than `every`'],
    [[...CUE, 'transition'], { duration: '2h' }, 'not shorter than the cue'],
    [[...SCENE, 'background'], 'ff8800', 'write "#ff8800"'],
    [[...SCENE, 'background'], null, 'in quotes'],
    [[...SCENE, 'text'], {}, 'none of the themes has texts'],
    [[...CUE, 'scenes'], [], 'is an empty list'],
    [['cuelist', 'cues'], [], 'is an empty list'],
    [['themes'], {}, 'is an empty map'],
    [['themes', 'forest', 'weight'], -1, 'is not a number above 0'],
    [['themes', 'forest', 'images'], [], 'has neither images nor videos nor texts'],
    [['themes', 'forest'], { texts: ['hello'] }, 'has no theme with images'],
    [[...CUE, 'select'], 'on-interval', 'selectEvery: is missing'],
    [[...CUE, 'selectEvery'], '5s', 'means nothing with `select: on-cue-start`'],
    [[...CUE, 'audio'], [], 'audio: is an empty list'],
    [[...CUE, 'audio'], [{ role: 'voice' }], 'audio[0].file: is missing'],
    [[...CUE, 'audio'], [{ file: 'a.ogg', role: 'vioce' }], 'role: "vioce" is not known; did you mean voice?'],
    [[...CUE, 'audio'], [{ file: 'a.ogg', volume: 2 }], 'volume: 2 is not a number from 0 to 1'],
    [[...CUE, 'audio'], [{ file: 'a.ogg', role: 'background', loop: false }], 'loop: means nothing: a background'],
    [
      [...CUE, 'audio'],
      [
        { file: 'a.ogg', role: 'voice' },
        { file: 'b.ogg', role: 'voice' },
      ],
      'audio[1].role: there is a voice already',
    ],
    [[...CUE, 'audio'], [{ file: 'a' }, { file: 'b' }, { file: 'c' }], 'audio: has 3 sounds; a cue has at most 2'],
    [[...CUE, 'videoAudio'], { enabled: true }, 'videoAudio: has nothing to be heard: none of its scenes shows clips'],
    [[...CUE, 'videoAudio'], { volume: 0.5 }, 'videoAudio.volume: means nothing while it is not enabled'],
    [[...CUE, 'videoAudio'], { enabled: true, volume: 2 }, 'videoAudio.volume: 2 is not a number from 0 to 1'],
    [[...CUE, 'scenes', 0, 'wieght'], 2, 'did you mean weight?'],
    [['version'], undefined, 'version: is missing'],
    [['version'], '1', '"1" is not 1, the version of the format'],
    [['themes', ''], { images: ['*.jpg'] }, 'has an empty name'],
    [[...SCENE, 'transition'], { duration: 2 }, 'transition.duration: 2 has no unit'],
    [[...SCENE, 'transition'], 'cut', '"cut" is not a transition'],
    [[...SCENE, 'transition', 'typ'], 'cut', 'transition.typ: is not a known field; did you mean type?'],
  ])('%j: %j is refused', (path, value, words) => {
    expect(issuesWith(path, value)).toEqual([expect.stringContaining(words)]);
  });
});

it.each(['#123456', '#fff', '#FFF8', '#12345678'])('says that a colour without quotes, %s, is a comment', (colour) => {
  const text = `version: 1\nscenes: {s: {themes: [t], background: ${colour}, every: 2s}}\n`;
  expect(issuesOf(text)[0]).toBe(
    `show.yaml:2:39: ${colour} is not read: a # behind a blank begins a comment; write it in quotes: '${colour}'`,
  );
  // Other mistakes are told once each, and comments are left alone.
  const others = issuesOf('version: [1, # a colour: #abcdef in words\n');
  expect(new Set(others).size).toBe(others.length);
  expect(issuesOf('version: 1 #123456\n  a: [\n').join('\n')).not.toMatch('is not read');
});

describe('what is no show', () => {
  it.each([
    ['an empty file', '', 'is empty'],
    ['only a comment', '# nothing\n', 'is empty'],
    ['a list', '- version: 1\n', 'a list is not a show'],
    ['a word', 'hello', '"hello" is not a show'],
    ['a key twice', 'version: 1\nversion: 1\n', 'show.yaml:2:1: Map keys must be unique'],
    ['tabs', 'themes:\n\tforest: 1\n', 'indent with spaces'],
    ['a key that is a map', '? {a: 1}\n: 2\n', 'a key must be plain text'],
    ['brackets 10,000 deep', `a: ${'['.repeat(10_000)}${']'.repeat(10_000)}`, 'is nested too deeply'],
    ['open maps 100,000 deep', '{a: '.repeat(100_000), 'is nested too deeply'],
    ['dashes 10,000 deep', '- '.repeat(10_000), 'is nested too deeply'],
    [
      'indentation 3,000 deep',
      Array.from({ length: 3000 }, (_, n) => `${' '.repeat(n)}a:\n`).join(''),
      'is nested too deeply',
    ],
    ['aliases that explode', bomb(), 'write the repeated part out'],
    ['a circle', 'themes: &a\n  forest: *a\n', 'is not a known field'],
    ['a tag', 'version: !!js/function x\n', 'Unresolved tag'],
    ['300,000 mistakes', `themes: {a: {texts: [${'1,'.repeat(300_000)}]}}`, 'has too many mistakes to tell'],
  ])('%s', (_, text, words) => {
    expect(issuesOf(text).join('\n')).toContain(words);
  });

  it.each([
    ['a file that is not there', '/nonexistent/show.yaml', 'cannot be read'],
    ['a folder', tmpdir(), 'is a folder, not a file'],
    ['a file of 100 MB', written(Buffer.alloc(100_000_000)), 'is 100000000 bytes long'],
    ['a file that is not UTF-8', written(Buffer.from([0x61, 0x3a, 0x20, 0xe9, 0xff])), 'is not UTF-8 text'],
  ])('%s', (_, file, words) => {
    expect((parseShow(file).issues ?? []).map(formatIssue)).toEqual([expect.stringContaining(words)]);
  });

  it('never throws, whatever the content', () => {
    const content = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.json());
    fc.assert(
      fc.property(content, (text) => {
        const { show, issues } = parseShowText('show.yaml', text);
        expect(show === undefined).toBe(issues !== undefined && issues.length > 0);
      }),
    );
  });

  it('never throws, whatever a field holds', () => {
    const paths = [
      ['name'],
      ['themes', 'forest', 'images'],
      SCENE,
      [...SCENE, 'transition'],
      CUE,
      [...CUE, 'scenes', 0],
    ];
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        const { issues } = parseShowText('show.yaml', variation(path, value));
        for (const issue of issues ?? []) expect(issue.line).toBeGreaterThan(0);
      }),
    );
  });
});

function bomb(): string {
  const nine = (item: string): string => `[${Array.from({ length: 9 }, () => item).join(', ')}]`;
  const later = Array.from('bcdefghij', (name, index) => `${name}: &${name} ${nine(`*${'abcdefghij'[index]}`)}`);
  return [`a: &a ${nine('x')}`, ...later].join('\n');
}

describe('a show that is only heard', () => {
  const audio = [{ file: 'a.wav' }];
  const heard = { name: 'a', duration: '5s', audio };
  const text = (cues: readonly object[], rest: object = {}): string =>
    JSON.stringify({ version: 1, name: 'Heard', cuelist: { cues }, ...rest });
  const issues = (shown: string): string[] => issuesOf(shown).map((line) => line.replace(/^show\.yaml:\d+:\d+: /, ''));

  it.each([
    ['neither themes nor scenes', {}],
    ['empty ones', { themes: {}, scenes: {} }],
    ['themes that nothing uses', { themes: { forest: { images: ['*.jpg'] } } }],
  ])('has %s', (_what, rest) => {
    const show = validShow(text([heard], rest));
    expect(show.cuelist.cues[0]).toMatchObject({ scenes: [], sounds: [{ role: 'effect' }] });
    expect(show.scenes).toEqual({});
  });

  it('may have cues that show something beside those that do not', () => {
    const { themes, scenes, cuelist } = SMALLEST;
    expect(validShow(text([heard, cuelist.cues[0]!], { themes, scenes })).cuelist.cues).toHaveLength(2);
  });

  it.each([
    [
      'scenes',
      [{ ...heard, scenes: [{ scene: 's' }] }],
      {},
      ['themes: is missing; add it: at least one theme', 'scenes: is missing; add it: at least one scene'],
    ],
    ['a theme', [heard], { scenes: { s: { themes: ['x'] } } }, ['themes: is missing; add it: at least one theme']],
    [
      'a theme that is there',
      [heard],
      { themes: {}, scenes: { s: { themes: ['x'] } } },
      ['themes: is an empty map; give at least one theme'],
    ],
    [
      'anything',
      [{ name: 'a', duration: '5s' }],
      {},
      ['cuelist.cues[0].scenes: is missing; add a list of at least one scene, or `audio` for a cue that is only heard'],
    ],
    [
      'scenes to choose from',
      [{ ...heard, scenes: [] }],
      {},
      expect.arrayContaining(['cuelist.cues[0].scenes: is an empty list; give a list of at least one scene']),
    ],
    [
      'scenes to choose anew',
      [{ ...heard, select: 'on-interval', selectEvery: '1s' }],
      {},
      ['cuelist.cues[0].select: means nothing: the cue has no scenes; leave it out, or give the cue scenes'],
    ],
    [
      'clips to be heard',
      [{ ...heard, videoAudio: { enabled: true } }],
      {},
      ['cuelist.cues[0].videoAudio: has nothing to be heard: the cue has no scenes; leave it out'],
    ],
  ])('says so where it lacks %s', (_what, cues, rest, said) => expect(issues(text(cues, rest))).toEqual(said));
});
