/** Tuning and the account: what is promised fits, and more of the machine never means less of the show. */
import fc from 'fast-check';
import { MOST_VECTOR_BYTES } from '../../../runtime/core/agreed';
import { openArena } from '../../../runtime/arena/arena';
import { Directory } from '../../../runtime/arena/directory';
import { openSlabStore } from '../../../runtime/arena/slab-store';
import { BUILT_IN_SECTIONS } from '../../../runtime/cli/built-in-sections';
import { VitrineError } from '../../../runtime/core/errors';
import type { Account } from '../../../runtime/options/account';
import { decoderBytes, threadPace, type ClipFigure } from '../../../runtime/options/clip-need';
import { FOOTPRINT, frameBytes, largestSlabBytes, slabBytes } from '../../../runtime/options/footprint';
import { faultOf } from '../../../runtime/options/formats';
import type { PictureFigure } from '../../../runtime/options/picture-need';
import { MIB } from '../../../runtime/options/row';
import { RUNTIME_SECTIONS } from '../../../runtime/options/runtime-rows';
import { assembleTable } from '../../../runtime/options/table';
import { tune, type Machine, type ShowClips, type ShowFigures, type Tuning } from '../../../runtime/options/tune';
import { FULL_HD_CLIP } from '../../support/clip-figure';

const table = assembleTable([...RUNTIME_SECTIONS, ...BUILT_IN_SECTIONS]);
const defaults = Object.fromEntries([...table.entries.values()].map(({ key, row }) => [key, row.default]));
const HD = { widthPx: 1920, heightPx: 1080 };

function machine(budgetMib: number, cores = 4): Machine {
  return {
    composeCores: cores,
    decodeCores: Math.max(1, cores - 1),
    pace: threadPace('x64'),
    budget: { bytes: budgetMib * MIB, because: 'test' },
    surface: false,
    renderer: 'cpu',
  };
}

function show(images: number, motion = false, texts = false): ShowFigures {
  return { imagesByTheme: { all: images }, forms: [{ images, motion }], texts };
}

const numberAt = (tuning: Tuning, key: string): number => tuning.values[key] as number;

describe('the names of files', () => {
  it.each([
    [2000, 0],
    [50_000, 50_000 * FOOTPRINT.fileBytes],
  ])('count where there are many: of %d', (count, bytes) => {
    const half = count / 2;
    const figures = { ...show(half), clipsByTheme: { more: half } };
    const { consumers } = tune(machine(4096), defaults, HD, figures).account;
    expect(consumers.find(({ owner }) => owner === 'names of files')?.bytes ?? 0).toBe(bytes);
  });
});

describe('the formulas', () => {
  it('are those of the picture store and of the stage', () => {
    const store = openSlabStore(openArena(MIB), new Directory(), MIB);
    for (const [widthPx, heightPx] of [
      [1920, 1080],
      [1, 1],
      [333, 77],
      [64, 64],
    ] as const) {
      for (const layout of ['rgb', 'rgba'] as const) {
        expect(slabBytes(widthPx, heightPx, layout)).toBe(store.bytesFor({ widthPx, heightPx, layout, turn: 0 }));
      }
    }
  });
});

describe('every auto becomes a value', () => {
  it('watches the folders of clips as those of pictures, unless it is said otherwise', () => {
    const watched = (values: Record<string, unknown>): unknown =>
      tune(machine(1024), { ...defaults, ...values }, HD, show(20)).values['video.watch'];
    expect(watched({})).toBe('on');
    expect(watched({ 'theme.watch': false })).toBe('off');
    expect(watched({ 'theme.watch': false, 'video.watch': 'on' })).toBe('on');
    expect(watched({ 'video.watch': 'off' })).toBe('off');
  });

  it('with a reason, but for those that only the output or a clip can decide', () => {
    const { values, steps } = tune(machine(1024), defaults, HD, show(20));
    const left = Object.keys(values).filter((key) => values[key] === 'auto');
    expect(left.sort()).toEqual([
      'audio.sink',
      'control.socket',
      'display.output',
      'display.size',
      'profile',
      'video.hardware',
    ]);
    expect(values['render.threads']).toBe(4);
    expect(values['theme.workers']).toBe(3);
    expect(values['theme.imageCacheEntries']).toBe(20);
    expect(values['theme.imageCacheBytes']).toBe(20 * slabBytes(1920, 1080));
    expect(steps['theme.imageCacheEntries']?.origin.because).toBe('the show has 20 pictures to store');
    expect(Object.isFrozen(values) && Object.isFrozen(steps)).toBe(true);
  });

  it('keeps what a person chose', () => {
    const chosen = {
      ...defaults,
      'render.threads': 2,
      'theme.workers': 2,
      'memory.budget': 600 * MIB,
      'theme.imageCacheBytes': 64 * MIB,
    };
    const { values, steps, account } = tune(machine(4096), chosen, HD, show(100));
    expect([values['render.threads'], values['theme.workers'], account.budgetBytes]).toEqual([2, 2, 600 * MIB]);
    expect(steps['render.threads']).toBeUndefined();
    expect(numberAt({ values } as Tuning, 'theme.imageCacheBytes')).toBeLessThanOrEqual(64 * MIB);
  });

  it('counts every form in which pictures are stored at its own size', () => {
    const two: ShowFigures = {
      imagesByTheme: { all: 10 },
      forms: [
        { images: 10, motion: true },
        { images: 10, motion: false },
      ],
      texts: false,
    };
    const { values, account } = tune(machine(1024), defaults, HD, two);
    expect(values['theme.imageCacheEntries']).toBe(20);
    expect(values['theme.imageCacheBytes']).toBe(10 * largestSlabBytes(HD, true) + 10 * largestSlabBytes(HD, false));
    expect(account.consumers.find(({ owner }) => owner === 'image cache')?.formula).toBe('10 x 7.8 MiB + 10 x 5.9 MiB');
    // The largest ones count where the cache has not room for all.
    const few = tune(machine(1024), { ...defaults, 'theme.imageCacheEntries': 12 }, HD, two);
    expect(few.values['theme.imageCacheBytes']).toBe(10 * largestSlabBytes(HD, true) + 2 * largestSlabBytes(HD, false));
  });

  it('plans sounds where the show has some, and what is kept of them gives way before pictures are fewer than three', () => {
    const loud = { ...show(20, false), soundsAtOnce: 2 };
    const owners = (tuning: ReturnType<typeof tune>): string[] => tuning.account.consumers.map(({ owner }) => owner);
    expect(
      owners(tune(machine(2048), defaults, HD, show(20, false))).filter((owner) => owner.startsWith('sound')),
    ).toEqual([]);
    const roomy = tune(machine(2048), defaults, HD, loud);
    expect(owners(roomy).filter((owner) => owner.startsWith('sound'))).toEqual([
      'sound',
      'sound, tier 1',
      'sound, tier 2',
      'sound clips',
    ]);
    expect(roomy.values['audio.tier2Bytes']).toBe(64 << 20);
    const fixed = roomy.account.plannedBytes - (64 << 20) - Number(roomy.values['theme.imageCacheBytes']);
    const three = tune(machine(2048), { ...defaults, 'theme.imageCacheEntries': 3 }, HD, loud);
    const tight = tune(
      machine(2048),
      { ...defaults, 'memory.budget': fixed + Number(three.values['theme.imageCacheBytes']) + (5 << 20) },
      HD,
      loud,
    );
    expect(tight.account.sizes).toMatchObject({ cacheSlabs: 3, soundTier2Mib: 5, soundChunkMs: 8000 });
    expect(tight.values['audio.tier2Bytes']).toBe(5 << 20);
  });

  const tier1Of = (tuning: Tuning): number | undefined =>
    tuning.account.consumers.find(({ owner }) => owner === 'sound, tier 1')?.bytes;

  it.each([
    // One sound of 8 s in stereo, in both states: twice 2 x 3.07 MB.
    [1, '8s', 2048, 8000, 12_288_000],
    [2, '8s', 2048, 8000, 24_576_000],
    [6, '8s', 2048, 8000, 73_728_000],
    [2, '1s', 2048, 1000, 3_072_000],
    [2, '30s', 2048, 30_000, 92_160_000],
    // A tenth of 450 MiB, for six sounds.
    [6, '8s', 450, 5120, 47_185_920],
    [6, '30s', 450, 5120, 47_185_920],
  ])('plans two chunks of each of %i sounds for chunks of %s in %i MiB', (atOnce, chunk, budgetMib, ms, bytes) => {
    const values = { ...defaults, 'audio.chunk': Number.parseInt(chunk, 10) * 1000 };
    const tuning = tune(
      machine(budgetMib),
      values,
      { widthPx: 800, heightPx: 480 },
      { ...show(2), soundsAtOnce: atOnce },
    );
    expect(tuning.values['audio.chunk']).toBe(ms);
    expect(Math.abs(tier1Of(tuning)! - bytes)).toBeLessThan(10_000);
    expect(tuning.values['audio.tier1Bytes']).toBe(tier1Of(tuning));
    const because = tuning.steps['audio.chunk']?.origin.because;
    if (ms < values['audio.chunk']) expect(because).toContain(`${atOnce} sounds may be streamed at a time`);
    else expect(because).toBeUndefined();
  });

  it('makes chunks shorter where tier 1 is to take less', () => {
    const values = { ...defaults, 'audio.tier1Bytes': 12_288_000 };
    const tuning = tune(machine(2048), values, HD, { ...show(2), soundsAtOnce: 4 });
    expect(tuning.values['audio.chunk']).toBe(2000);
    expect(tier1Of(tuning)).toBe(12_288_000);
  });

  it('plans no more for sounds than their files come to', () => {
    const known = [
      { lengthMs: 21_000, channels: 1, roles: ['background'] },
      { lengthMs: 2000, channels: 2, roles: ['voice'] },
    ] as const;
    const soundsOf = (sounds: ShowFigures['sounds']): Record<string, number> => {
      const figures = { ...show(2), soundsAtOnce: 4, ...(sounds === undefined ? {} : { sounds }) };
      const { consumers } = tune(machine(2048), defaults, HD, figures).account;
      return Object.fromEntries(consumers.map(({ owner, bytes }) => [owner, bytes]));
    };
    const short = soundsOf({ known, unknown: 0 });
    // Two streams of two chunks; of 21 s of mono three chunks, which tier 1 has room for; 2.6 s of stereo whole.
    expect(short).toMatchObject({ 'sound, tier 1': 24_576_000, 'sound, tier 2': 0, 'sound clips': 2.6 * 48_000 * 16 });
    expect(soundsOf({ known, unknown: 1 })).toEqual(soundsOf(undefined));
    const long = soundsOf({ known: [...known, { lengthMs: 600_000, channels: 2, roles: ['background'] }], unknown: 0 });
    expect(long).toMatchObject({ 'sound, tier 1': 49_152_000, 'sound, tier 2': 64 << 20 });
  });

  it('plans a decoder for each sound', () => {
    const soundOf = (atOnce: number): number =>
      tune(machine(2048), defaults, HD, { ...show(2), soundsAtOnce: atOnce }).account.consumers.find(
        ({ owner }) => owner === 'sound',
      )!.bytes;
    expect(soundOf(6) - soundOf(2)).toBe(4 * 10 * MIB);
  });

  const clip = (more: Partial<ClipFigure> = {}): ClipFigure => ({ ...FULL_HD_CLIP, ...more });
  const clipShow = (known: readonly ClipFigure[], unknown = 0): ShowFigures => ({
    ...show(3),
    clipsByTheme: { all: known.length + unknown },
    clips: { known, unknown, alternate: true, rounds: true },
  });
  const clipBytes = (of: ShowFigures, values = {}, budgetMib = 4096): number =>
    tune(machine(budgetMib), { ...defaults, ...values }, HD, of)
      .account.consumers.filter(({ owner }) => owner.startsWith('video'))
      .reduce((sum, { bytes }) => sum + bytes, 0);

  it('plans clips by their size, rate, codec, depth and bytes a second, the one that takes most for all', () => {
    const usual = clipBytes(clipShow([clip()]));
    const small = { codedWidthPx: 640, codedHeightPx: 360, widthPx: 640, heightPx: 360 };
    const large = { codedWidthPx: 3840, codedHeightPx: 2160, widthPx: 3840, heightPx: 2160 };
    expect(clipBytes(clipShow([clip(small)]))).toBeLessThan(usual - 80 * MIB);
    expect(clipBytes(clipShow([clip(large)]))).toBeGreaterThan(usual + 100 * MIB);
    for (const more of [{ rateHz: 60 }, { codec: 'hevc' }, { pixelFormat: 'yuv420p10le' }, { bytesPerS: 5e6 }])
      expect(clipBytes(clipShow([clip(more)]))).toBeGreaterThan(usual);
    expect(clipBytes(clipShow([clip(small), clip(large), clip()]))).toBe(clipBytes(clipShow([clip(large)])));
  });

  it('plans clips that nobody has looked at as films of the size of the panel at 60 frames a second', () => {
    const wanted = clipBytes(clipShow([clip({ rateHz: 60 })]));
    expect(clipBytes(clipShow([], 3))).toBe(wanted);
    expect(clipBytes(clipShow([clip()], 1))).toBe(wanted);
    const { clips: _, ...counted } = clipShow([clip()]);
    expect(clipBytes(counted)).toBe(wanted);
  });

  it('gives decoders the threads that keep up, or as many as a person allows', () => {
    const threads = (of: ShowFigures, values = {}, cores = 4): unknown =>
      tune(machine(4096, cores), { ...defaults, ...values }, HD, of).values['video.threads'];
    expect(threads(clipShow([clip()]))).toBe(1);
    expect(threads(clipShow([clip({ rateHz: 60 })]))).toBe(2);
    expect(threads(clipShow([clip({ rateHz: 60 })]), {}, 1)).toBe(1);
    expect(threads(clipShow([clip({ rateHz: 240 })]), { 'video.threads': 3 })).toBe(3);
    expect(threads(show(3))).toBe(1);
  });

  it('plans the queues of an ffmpeg that has some, also for clips that nobody has looked at', () => {
    const queued = clip({ pipeline: 'queued' });
    // Two decoders: measured 46 to 61 MiB more for each with 1080p.
    const more = (clipBytes(clipShow([queued])) - clipBytes(clipShow([clip()]))) / 2;
    expect(more).toBeGreaterThan(50 * MIB);
    expect(more).toBeLessThan(62 * MIB);
    // Frames that were made small for the panel lie behind the filters.
    const large = { codedWidthPx: 3840, codedHeightPx: 2160, widthPx: 3840, heightPx: 2160 };
    const moreOfLarge = (clipBytes(clipShow([{ ...queued, ...large }])) - clipBytes(clipShow([clip(large)]))) / 2;
    expect(moreOfLarge).toBeLessThan(3 * more);
    expect(clipBytes(clipShow([queued], 1))).toBe(clipBytes(clipShow([{ ...queued, rateHz: 60 }])));
  });

  it('plans one graph of such an ffmpeg as an older one, and a little more where it converts frames', () => {
    const ten = { pixelFormat: 'yuv420p10le' };
    expect(clipBytes(clipShow([clip({ pipeline: 'graph' })]))).toBe(clipBytes(clipShow([clip()])));
    const more = clipBytes(clipShow([clip({ ...ten, pipeline: 'graph' })])) - clipBytes(clipShow([clip(ten)]));
    expect(more / 2).toBeGreaterThan(12 * MIB);
    expect(more / 2).toBeLessThan(18 * MIB);
    // So is what nobody has looked at.
    const fast = clip({ pipeline: 'graph', rateHz: 60 });
    expect(clipBytes(clipShow([clip({ pipeline: 'graph' })], 1))).toBe(clipBytes(clipShow([fast])));
  });

  it('plans no more for a decoder than one may take, and no jump where the limit lets it have a thread more', () => {
    const fast = clip({ rateHz: 240 });
    const planned = (mostBytes: number): number => clipBytes(clipShow([fast]), { 'video.decoderBytes': mostBytes });
    const bytesOf = (threads: number): number => decoderBytes(fast, threads, HD);
    for (const threads of [1, 2, 3])
      expect(planned(bytesOf(threads + 1)) - planned(bytesOf(threads + 1) - MIB)).toBe(2 * MIB);
    expect(planned(bytesOf(3))).toBeGreaterThan(planned(bytesOf(2)));
    expect(planned(2048 * MIB)).toBe(planned(bytesOf(4)));
  });

  const whole = (wholeBytes: number): PictureFigure => ({
    ...{ widthPx: 1920, heightPx: 1080, lies: false, pixelBytes: 3, jpeg: { hasHalfColour: true } },
    wholeBytes,
  });

  it('plans one decoder for a clip that never follows itself, and none for a further round', () => {
    const decoders = (turns: Pick<ShowClips, 'alternate' | 'rounds'>): unknown[] => {
      const of: ShowFigures = { ...clipShow([clip()]), clips: { known: [clip()], unknown: 0, ...turns } };
      const { values, steps } = tune(machine(4096), defaults, HD, of);
      return [clipBytes(of), values['video.decoders'], steps['video.decoders']?.origin.because];
    };
    const [both, two] = decoders({ alternate: true, rounds: true });
    const [round, one] = decoders({ alternate: false, rounds: true });
    const [single, alone, because] = decoders({ alternate: false, rounds: false });
    expect([two, one, alone]).toEqual([2, 2, 1]);
    expect(because).toBe('the only clip of the show never follows itself');
    const decoder = decoderBytes(clip(), 1, HD);
    expect(Number(round) - Number(single)).toBe(decoder);
    expect(Number(both)).toBeGreaterThan(Number(round));
  });

  it('stores pictures that move no larger than the panel where nothing else fits, and everything else is at its least', () => {
    const of: ShowFigures = { ...show(20, true), pictures: [whole(0)] };
    const bytesAt = (budgetMib: number): number =>
      numberAt(tune(machine(budgetMib), defaults, HD, of), 'theme.imageEntryBytes');
    const least = Array.from({ length: 200 }, (_, at) => 60 + at).find((mib) => {
      try {
        return bytesAt(mib) > 0;
      } catch {
        return false;
      }
    })!;
    expect(bytesAt(least)).toBe(largestSlabBytes(HD, false));
    expect(bytesAt(least + 20)).toBe(largestSlabBytes(HD, true));
    const { account, steps } = tune(machine(least), defaults, HD, of);
    expect(account.sizes).toMatchObject({ cacheSlabs: 2, renderThreads: 1, decodeWorkers: 1 });
    expect(steps['theme.imageEntryBytes']?.origin.because).toContain('no larger with motion to fit the memory budget');
  });

  it('plans a capture of the screen beside decodes only where several run', () => {
    const captureAt = (cores: number): number =>
      tune(machine(2048, cores), defaults, HD, show(20)).account.consumers.find(({ owner }) => owner === 'capture')!
        .bytes;
    expect([captureAt(2), captureAt(4)]).toEqual([0, frameBytes(HD)]);
  });

  it('does not refuse a show for one picture that is very wide', () => {
    const panorama = { ...whole(0), widthPx: 30_000, heightPx: 3000 };
    const { account } = tune(machine(208), defaults, HD, { ...show(20, true), pictures: [panorama] });
    expect(account.consumers.find(({ owner }) => owner === 'decode workers')!.formula).toContain('+ 52 MiB');
  });

  it('plans the strips of the widest picture for each decode, halved where a JPEG is decoded smaller', () => {
    const workersOf = (picture: Partial<PictureFigure>): number =>
      tune(machine(4096, 2), defaults, HD, {
        ...show(20),
        pictures: [{ ...whole(0), ...picture }],
      }).account.consumers.find(({ owner }) => owner === 'decode workers')!.bytes / MIB;
    const slab = largestSlabBytes(HD, false) / MIB;
    const strips = (picture: Partial<PictureFigure>): number => workersOf(picture) - 2 * slab;
    // Measured with libvips 8.18, JPEG unless noted, in MiB.
    const png = { jpeg: undefined as never };
    for (const [picture, measured] of [
      [{ widthPx: 3000, heightPx: 2000 }, 12.4],
      [{ widthPx: 4000, heightPx: 3000 }, 17.4],
      [{ widthPx: 4000, heightPx: 3000, ...png }, 22.2],
      [{ widthPx: 6000, heightPx: 4000 }, 14.4],
      [{ widthPx: 6000, heightPx: 4000, ...png }, 31.8],
      [{ widthPx: 8000, heightPx: 6000 }, 21.5],
      [{ widthPx: 12_000, heightPx: 2000 }, 48.5],
    ] as const) {
      expect(strips(picture)).toBeGreaterThan(measured - 1);
      expect(strips(picture)).toBeLessThan(1.4 * measured + 1);
    }
    // Small ones, and none that was looked at.
    expect(strips({ widthPx: 640, heightPx: 360 })).toBe(12);
    expect(tune(machine(4096, 2), defaults, HD, show(20)).account.plannedBytes).toBeGreaterThan(
      tune(machine(4096, 2), defaults, HD, { ...show(20), pictures: [whole(0)] }).account.plannedBytes,
    );
  });

  it('plans the source of a picture that is decoded whole, once', () => {
    const bytesOf = (sourceBytes: number, budgetMib = 2048): number =>
      tune(machine(budgetMib), defaults, HD, { ...show(20), pictures: [whole(sourceBytes)] }).account.plannedBytes;
    expect(bytesOf(54 * MIB) - bytesOf(0)).toBe(54 * MIB);
    // One that takes more than a quarter of all is refused by itself, not the show.
    expect(bytesOf(2000 * MIB, 400)).toBeLessThanOrEqual(400 * MIB);
    const limit = tune(machine(400), defaults, HD, { ...show(20), pictures: [whole(2000 * MIB)] });
    expect(numberAt(limit, 'theme.decodeBytes')).toBeGreaterThanOrEqual(100 * MIB);
  });

  it('lets a second decode begin beside a slow one where the budget has room for it, and for the source of the slow one', () => {
    const one = { ...defaults, 'theme.workers': 1 };
    const left: number[] = [];
    for (let budgetMib = 130; budgetMib <= 400; budgetMib += 5) {
      const tuned = tune(machine(budgetMib), { ...one, 'theme.imageCacheEntries': 3 }, HD, show(20));
      const { consumers, budgetBytes, plannedBytes } = tuned.account;
      const each = consumers.find(({ owner }) => owner === 'decode workers')!.bytes;
      const spare = budgetBytes - plannedBytes;
      const beside = numberAt(tuned, 'theme.decodesBeside');
      expect([budgetMib, beside]).toEqual([budgetMib, spare >= each ? 1 : 0]);
      expect(numberAt(tuned, 'theme.decodeBytes')).toBe(Math.max(64 * MIB, spare - beside * each));
      left.push(beside);
    }
    expect(new Set(left)).toEqual(new Set([0, 1]));
    expect(
      numberAt(tune(machine(130), { ...one, 'theme.decodesBeside': 1 }, HD, show(20)), 'theme.decodesBeside'),
    ).toBe(1);
    // Where several are decoded at a time, as many as there are workers go on.
    expect(numberAt(tune(machine(4096), defaults, HD, show(20)), 'theme.decodesBeside')).toBe(1);
  });

  it('plans the process that draws vector pictures where one may be costly, and names its limit', () => {
    const vectors = (costlyVectors: boolean, motion = false, panel = HD) =>
      tune(machine(2048), defaults, panel, { ...show(20, motion), costlyVectors }).account;
    const lineOf = (account: Account) => account.consumers.find(({ owner }) => owner === 'vector pictures');
    expect(lineOf(vectors(false))).toBeUndefined();
    expect(vectors(false)).toEqual(tune(machine(2048), defaults, HD, show(20)).account);
    const { bytes, formula } = lineOf(vectors(true))!;
    expect(formula).toContain('256 MiB of data at most');
    expect(vectors(true).plannedBytes - vectors(false).plannedBytes).toBe(bytes);
    // Drawings as large as they are stored; of a huge panel no more than the process may take.
    expect(lineOf(vectors(true, true))!.bytes).toBeGreaterThan(bytes);
    expect(lineOf(vectors(true, false, { widthPx: 7680, heightPx: 4320 }))!.bytes).toBe(MOST_VECTOR_BYTES);
    // Clips alone draw none.
    const clips = { ...show(0), forms: [], clipsByTheme: { all: 1 }, costlyVectors: true };
    expect(lineOf(tune(machine(2048), defaults, HD, clips).account)).toBeUndefined();
  });

  it('plans no strips of a source for vector pictures', () => {
    const vector = { widthPx: 0, heightPx: 0, lies: false, pixelBytes: 0, wholeBytes: 0 };
    const { consumers } = tune(machine(2048, 2), defaults, HD, { ...show(20), pictures: [vector] }).account;
    expect(consumers.find(({ owner }) => owner === 'decode workers')!.formula).toContain('+ 12 MiB');
  });

  it('stores moving pictures larger', () => {
    expect(tune(machine(2048), defaults, HD, show(20, true)).values['theme.imageEntryBytes']).toBe(
      largestSlabBytes(HD, true),
    );
    expect(tune(machine(2048), defaults, HD, show(20, false)).values['theme.imageEntryBytes']).toBe(
      largestSlabBytes(HD, false),
    );
  });

  it('plans neither cache nor decoding without the theme bank', () => {
    const bare = Object.fromEntries(Object.entries(defaults).filter(([key]) => !/^(theme|video)\./.test(key)));
    expect(tune(machine(256), bare, HD).account.consumers.map(({ owner }) => owner)).toEqual([
      'process',
      'picture library',
      'render threads',
      'composed frame',
      'capture',
      'text overlays',
      'start',
    ]);
  });

  it('plans a surface only where the output keeps one beside the frame', () => {
    const owners = (output: string): string[] =>
      tune(machine(512), { ...defaults, 'display.output': output }, HD).account.consumers.map(({ owner }) => owner);
    expect(owners('wayland')).toContain('output surface');
    expect(owners('x11')).not.toContain('output surface');
    expect(owners('offscreen')).not.toContain('output surface');
  });

  it('keeps all cached pictures in one WebAssembly memory', () => {
    const big = tune(
      machine(64 * 1024),
      { ...defaults, 'theme.imageCacheEntries': 4096 },
      { widthPx: 3840, heightPx: 2160 },
    );
    expect(numberAt(big, 'theme.imageCacheBytes')).toBeLessThanOrEqual(3 * 1024 * MIB);
  });
});

describe('what does not fit shrinks in order', () => {
  const startAt = (slabs: number): number => Math.max(0, FOOTPRINT.startBytes - slabs * slabBytes(1920, 1080));
  const least = (): { fixed: number; thread: number; worker: number; slab: number } => {
    const slab = slabBytes(1920, 1080);
    return {
      fixed: FOOTPRINT.processBytes + FOOTPRINT.pictureLibraryBytes + 2 * frameBytes(HD),
      thread: 8 * MIB,
      worker: 2 * slab + 24 * MIB,
      slab,
    };
  };
  const tuned = (bytes: number): Tuning =>
    tune({ ...machine(0), budget: { bytes, because: 'test' } }, defaults, HD, show(100));

  it('first the image cache, then render threads, then decode workers', () => {
    const { fixed, thread, worker, slab } = least();
    expect(tuned(fixed + 4 * thread + 3 * worker + 10 * slab).account.sizes).toEqual({
      ringFrames: 0,
      decodeThreads: 0,
      cacheSlabs: 10,
      renderThreads: 4,
      decodeWorkers: 3,
      soundTier2Mib: 0,
      soundChunkMs: 0,
    });
    expect(tuned(fixed + 2 * thread + 3 * worker + 3 * slab + startAt(3)).account.sizes).toEqual({
      ringFrames: 0,
      decodeThreads: 0,
      cacheSlabs: 3,
      renderThreads: 2,
      decodeWorkers: 3,
      soundTier2Mib: 0,
      soundChunkMs: 0,
    });
    expect(tuned(fixed + thread + 2 * worker + 3 * slab + startAt(3)).account.sizes).toEqual({
      ringFrames: 0,
      decodeThreads: 0,
      cacheSlabs: 3,
      renderThreads: 1,
      decodeWorkers: 2,
      soundTier2Mib: 0,
      soundChunkMs: 0,
    });
    const last = tuned(fixed + thread + worker + 3 * slab + startAt(3));
    expect(last.account.sizes).toEqual({
      ringFrames: 0,
      decodeThreads: 0,
      cacheSlabs: 3,
      renderThreads: 1,
      decodeWorkers: 1,
      soundTier2Mib: 0,
      soundChunkMs: 0,
    });
    expect(last.account.shrunk).toEqual([
      'image cache, pictures: 3 instead of 64',
      'render threads: 1 instead of 4',
      'decode workers: 1 instead of 3',
    ]);
    expect(last.steps['theme.workers']?.origin.because).toContain('shrunk from 3');
  });

  it('and is refused with the numbers one byte below', () => {
    const { fixed, thread, worker, slab } = least();
    // With one decode at a time a capture needs no room of its own.
    const refused = (): unknown => tuned(fixed - frameBytes(HD) + thread + (worker - slab) + 2 * slab + startAt(2) - 1);
    expect(refused).toThrow(expect.objectContaining({ code: 'VITRINE_E_BUDGET' }) as Error);
    expect(refused).toThrow(/short of 1 B[\s\S]*image cache +2 x 5\.9 MiB/);
  });

  it('refuses a cache too small for a crossfade', () => {
    expect(() => tune(machine(1024), { ...defaults, 'theme.imageCacheBytes': 8 * MIB }, HD, show(9))).toThrow(
      /imageCacheBytes is 8 MiB/,
    );
  });
});

describe('laws', () => {
  const clipFigure = fc.record({
    codec: fc.constantFrom('h264', 'hevc', 'vp9', 'prores'),
    codedWidthPx: fc.integer({ min: 16, max: 8192 }),
    codedHeightPx: fc.integer({ min: 16, max: 4320 }),
    widthPx: fc.integer({ min: 16, max: 8192 }),
    heightPx: fc.integer({ min: 16, max: 4320 }),
    rateHz: fc.integer({ min: 1, max: 240 }),
    pixelFormat: fc.constantFrom('yuv420p', 'yuv422p10le', 'yuva444p', 'gray', 'pal8', 'bgr24', 'p010le'),
  });
  const panel = fc.record({
    widthPx: fc.integer({ min: 800, max: 4096 }),
    heightPx: fc.integer({ min: 480, max: 2304 }),
  });
  const soundFigure = fc.record({
    lengthMs: fc.nat(900_000),
    channels: fc.constantFrom(1 as const, 2 as const),
    roles: fc.subarray(['voice', 'background', 'effect', 'clips'], { minLength: 1 }),
  });
  const pictureFigure = fc.record({
    widthPx: fc.integer({ min: 1, max: 16_000 }),
    heightPx: fc.integer({ min: 1, max: 16_000 }),
    lies: fc.boolean(),
    pixelBytes: fc.constantFrom(1, 3, 4, 8),
    jpeg: fc.option(fc.record({ hasHalfColour: fc.boolean() }), { nil: undefined as never }),
    wholeBytes: fc.constantFrom(0, 1 << 26, 1 << 30),
  });
  const figures = fc.record({
    sounds: fc.option(fc.record({ known: fc.array(soundFigure, { maxLength: 5 }), unknown: fc.nat(1) }), {
      nil: undefined as never,
    }),
    imagesByTheme: fc.dictionary(fc.string(), fc.nat(300)),
    forms: fc.array(fc.record({ images: fc.nat(300), motion: fc.boolean() }), { maxLength: 4 }),
    texts: fc.boolean(),
    soundsAtOnce: fc.nat(8),
    pictures: fc.array(pictureFigure, { maxLength: 3 }),
    clipsByTheme: fc.constantFrom({}, { films: 3 }),
    clips: fc.record({
      known: fc.array(clipFigure, { maxLength: 3 }),
      unknown: fc.nat(2),
      alternate: fc.boolean(),
      rounds: fc.boolean(),
    }),
  });
  const cores = fc.integer({ min: 1, max: 64 });
  const mib = fc.integer({ min: 64, max: 8192 });
  const attempt = (run: () => Tuning): Tuning | undefined => {
    try {
      return run();
    } catch (cause) {
      if (cause instanceof VitrineError && cause.code === 'VITRINE_E_BUDGET') return undefined;
      throw cause;
    }
  };

  it('the sum fits the budget, or the show is refused', () => {
    fc.assert(
      fc.property(mib, cores, panel, figures, (budget, n, size, of) => {
        const tuning = attempt(() => tune(machine(budget, n), defaults, size, of));
        if (tuning === undefined) return;
        const sum = tuning.account.consumers.reduce((bytes, consumer) => bytes + consumer.bytes, 0);
        expect(sum).toBe(tuning.account.plannedBytes);
        expect(sum).toBeLessThanOrEqual(budget * MIB);
      }),
    );
  });

  it('a larger budget never means a smaller cache, nor a refusal', () => {
    fc.assert(
      fc.property(mib, mib, cores, panel, figures, (budget, more, n, size, of) => {
        const small = attempt(() => tune(machine(budget, n), defaults, size, of));
        if (small === undefined) return;
        const large = tune(machine(budget + more, n), defaults, size, of);
        for (const key of [
          'theme.imageCacheBytes',
          'theme.workers',
          'render.threads',
          'video.threads',
          'video.ringFrames',
          'audio.chunk',
          'audio.tier1Bytes',
        ]) {
          expect(numberAt(large, key)).toBeGreaterThanOrEqual(numberAt(small, key));
        }
      }),
    );
  });

  it('more cores never mean fewer workers', () => {
    fc.assert(
      fc.property(mib, cores, cores, panel, figures, (budget, n, more, size, of) => {
        const few = attempt(() => tune(machine(budget, n), defaults, size, of));
        if (few === undefined) return;
        const many = tune(machine(budget, n + more), defaults, size, of);
        expect(numberAt(many, 'theme.workers')).toBeGreaterThanOrEqual(numberAt(few, 'theme.workers'));
      }),
    );
  });

  it('every result is one its row permits', () => {
    fc.assert(
      fc.property(mib, cores, panel, figures, (budget, n, size, of) => {
        const tuning = attempt(() => tune(machine(Math.max(96, budget), n), defaults, size, of));
        for (const [key, value] of Object.entries(tuning?.values ?? {})) {
          const row = table.entries.get(key)?.row;
          if (row !== undefined) expect([key, faultOf(row, value)]).toEqual([key, undefined]);
        }
      }),
    );
  });
});
