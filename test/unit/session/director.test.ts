/** The director: what it puts on the stage for the items it is handed. */
import { createErrorLog } from '../../../runtime/core/error-log';
import { createEmitter } from '../../../runtime/core/events';
import { Director } from '../../../runtime/session/director';
import { createScore } from '../../../runtime/session/score';
import { openStage } from '../../../runtime/session/stage';
import { openUntimedClock } from '../../../runtime/session/stage-clock';
import { createRandom } from '../../../runtime/show/random';
import type { CueSound, Scene, Show } from '../../../runtime/show/types';
import type { StageBatch } from '../../../runtime/stage/commands';
import type { Layer } from '../../../runtime/stage/layer';
import type { Reel, StageItem } from '../../../runtime/stage/media';
import { NOT_BEGUN, type Sought } from '../../../runtime/stage/seek';
import type { ClipSound, SoundDesk } from '../../../runtime/stage/sound';
import { cueWith, sceneWith, showWith } from '../../support/parsed-show';

const scene = sceneWith({ media: 'both', everyMs: 300, playsOut: true, motion: 'ken-burns' });
const show = showWith({ only: scene }, [cueWith({ name: 'one', durationMs: 1000 })]);

/** The layer that shows `picture` as the first item of the show. */
function layerOf(picture: StageItem['picture'], more: Partial<StageItem> = {}, sound?: SoundDesk): Layer {
  const batches: StageBatch[] = [];
  const stage = openStage((batch) => batches.push(batch));
  const cues = show.cuelist.cues.map((cue) => ({ ...cue, clipVolume: 1 }));
  const loud: Show = { ...show, cuelist: { ...show.cuelist, cues } };
  const director = new Director({
    sessionId: 's1',
    show: loud,
    score: createScore(loud, createRandom('score')),
    stage,
    clock: openUntimedClock(() => {}),
    providers: [],
    events: createEmitter(() => {}),
    errors: createErrorLog(() => {}),
    random: createRandom('director'),
    batchLeadMs: 0,
    blank: () => undefined,
    ...(sound === undefined ? {} : { sound }),
  });
  director.enter({ picture, label: 'x', theme: 'all', release: () => {}, ...more }, []).catch(() => {});
  stage.close();
  const added = batches.flatMap(({ commands }) => commands).find(({ op }) => op === 'add');
  if (added?.op !== 'add') throw new Error('no layer was added');
  return added.layer;
}

it('moves pictures, and leaves clips to move by themselves', () => {
  expect(layerOf({ slot: 1, generation: 1, widthPx: 4, heightPx: 4 }).placement).toHaveProperty('motion');
  expect(layerOf({ clip: 1, generation: 1, widthPx: 4, heightPx: 4 }).placement).not.toHaveProperty('motion');
});

it.each([
  ['a clip with sound', true, 80],
  ['a silent clip', false, 0],
])('begins %s when its sound can begin, and shows its first frame at once', (_what, heard, startMs) => {
  const said: unknown[][] = [];
  const say =
    (name: string) =>
    (...words: readonly unknown[]): void =>
      void said.push([name, ...words.filter((word) => typeof word !== 'object')]);
  const sound: SoundDesk = {
    ...{
      leadMs: 80,
      ready: () => {},
      atHand: () => Promise.resolve(),
      card: say('card'),
      enter: say('enter'),
      join: (_cue, dueMs) => dueMs,
    },
    ...{ beginning: () => undefined, seek: () => [], expect: () => {}, recall: () => {} },
    ...{ pause: () => {}, resume: () => {}, leave: () => {} },
  };
  const more = heard ? { sound: { file: '/a.mp4', beganMs: NaN } } : {};
  const layer = layerOf({ clip: 1, generation: 1, widthPx: 4, heightPx: 4 }, more, sound);
  expect(layer.fromMs).toBeLessThan(0);
  expect(layer.movesMs).toBe(startMs);
  expect(said).toEqual([
    ['card', startMs, 0, ...(heard ? [] : [undefined])],
    ['enter', 'one', startMs],
  ]);
});

it('readies the sounds of the cue it begins with before anything is shown, and of no other', async () => {
  const expected: unknown[][] = [];
  const ignore = (): void => {};
  const sound: SoundDesk = {
    ...{
      leadMs: 0,
      ready: ignore,
      atHand: () => Promise.resolve(),
      card: ignore,
      enter: ignore,
      join: (_cue, dueMs) => dueMs,
    },
    ...{ beginning: () => undefined, seek: () => [] },
    ...{ recall: ignore, pause: ignore, resume: ignore, leave: ignore },
    expect: (...words) => void expected.push(words),
  };
  const cues = ['one', 'two', 'three'].map((name) => ({ ...show.cuelist.cues[0]!, name }));
  const several: Show = { ...show, cuelist: { ...show.cuelist, cues } };
  const stage = openStage(ignore);
  const director = new Director({
    sessionId: 's2',
    show: several,
    // As after a reload: it goes on in the cue that was on.
    score: createScore(several, createRandom('score'), new Map(), 'two'),
    stage,
    clock: openUntimedClock(ignore),
    providers: [],
    events: createEmitter(ignore),
    errors: createErrorLog(ignore),
    random: createRandom('director'),
    batchLeadMs: 0,
    blank: () => undefined,
    sound,
  });
  await director.prepare(new AbortController().signal);
  expect(expected).toEqual([['two', 0]]);
  stage.close();
});

/** A show of two cues whose sounds join, over pictures that come when the test brings them. */
function joiningShow(
  seek: SoundDesk['seek'] = () => [],
  opening?: Promise<unknown>,
  clipAtHand: Promise<void> = Promise.resolve(),
  beginning: SoundDesk['beginning'] = () => undefined,
  files = 1,
  batchLeadMs = 0,
) {
  const piece: CueSound = { file: '/a.wav', role: 'voice', volume: 1, loop: false, fadeInMs: 0, fadeOutMs: 0 };
  const slow: Scene = { ...scene, media: 'images', everyMs: 60_000, playsOut: false };
  const cue = { ...show.cuelist.cues[0]!, durationMs: 10_000, sounds: [piece], clipVolume: 1 };
  const cues = ['one', 'two'].map((name) => ({ ...cue, name }));
  const played: Show = { ...show, scenes: { only: slow }, cuelist: { loop: 'forever', cues } };
  const said: string[] = [];
  const say =
    (name: string) =>
    (...words: readonly unknown[]): void =>
      void said.push([name, ...words.filter((word) => typeof word === 'string' || typeof word === 'number')].join(' '));
  const sound: SoundDesk = {
    leadMs: 0,
    atHand: ({ sound: clip }) => {
      say('at hand')(clip.file);
      return clipAtHand;
    },
    ...{ ready: say('ready'), card: say('card'), enter: say('enter'), expect: () => {}, recall: say('recall') },
    beginning,
    seek,
    ...{ pause: say('pause'), resume: say('resume'), leave: say('leave') },
    join(name, dueMs) {
      say('join')(name, dueMs);
      return dueMs + 40;
    },
  };
  const picture = (slot: number, more: Partial<StageItem> = {}): StageItem => {
    const ref = { slot, generation: 1, widthPx: 4, heightPx: 4 };
    return { picture: ref, label: 'x', theme: 'all', release: () => {}, ...more };
  };
  let comes: (clip: ClipSound) => void = () => {};
  let bring: (item: StageItem) => void = () => {};
  const next: Reel['next'] = (signal, _urgent, begins = () => {}) =>
    new Promise((resolve, reject) => {
      if (files === 0) return resolve(undefined);
      bring = resolve;
      comes = begins;
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
  const reel: Reel = { next, size: 1, close: () => {} };
  const stage = openStage(() => {});
  const clock = openUntimedClock(() => {});
  const director = new Director({
    sessionId: 's1',
    show: played,
    score: createScore(played, createRandom('score')),
    stage,
    clock,
    providers: [{ media: 'images', reel: () => reel }],
    events: createEmitter(() => {}),
    errors: createErrorLog(() => {}),
    random: createRandom('director'),
    batchLeadMs,
    blank: () => undefined,
    sound,
  });
  const later = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
  const stop = new AbortController();
  if (opening !== undefined) director.beginAfter(opening);
  director.enter(picture(1), []).catch(() => {});
  const playing = director.play(stop.signal).catch(() => {});
  const end = async (): Promise<void> => {
    stop.abort(new Error('enough'));
    await playing;
    director.close();
    stage.close();
  };
  const bringPicture = (slot: number, more?: Partial<StageItem>): void => bring(picture(slot, more));
  return { director, clock, said, later, bring: bringPicture, begin: (clip: ClipSound) => comes(clip), end };
}

it('joins the sounds of cues in time, also where the picture is late', async () => {
  const { clock, said, later, bring, end } = joiningShow();
  await later();
  clock.reached(8000);
  await later();
  expect(said).toEqual(['card 0 0', 'enter one 0', 'join two 10000']);
  clock.reached(10_500);
  bring(2);
  await later();
  clock.reached(18_040);
  await later();
  // The sound came in time, the picture as soon as it was there; the cue counts from the join.
  expect(said.slice(3)).toEqual(['card 10500 0', 'join one 20040']);
  await end();
});

it('ends a cue with the sound that joins the next one, also where that was moved', async () => {
  const places: Sought[] = [{ file: '/a.wav', role: 'voice', positionMs: 7000, lengthMs: 10_000 }];
  const { director, clock, said, later, bring, end } = joiningShow(() => places);
  await later();
  clock.reached(8500);
  await later();
  bring(2);
  await later();
  expect(await director.seek({ ms: 7000, relative: false })).toEqual({ cue: 'one', moved: places, left: [] });
  await later();
  // Of ten seconds seven are over at 8.5 s: what was planned does not come, and the cues change 3 s later.
  expect(said.slice(2)).toEqual(['join two 10000', 'card 10040 0', 'recall']);
  clock.reached(9500);
  await later();
  expect(said.slice(5)).toEqual(['join two 11500']);
  await end();
});

it('shows the first picture at once, and begins its cue with its sounds', async () => {
  let ready: () => void = () => {};
  const { director, clock, said, later, bring, end } = joiningShow(
    () => [],
    new Promise<void>((resolve) => (ready = resolve)),
  );
  await later();
  expect(said).toEqual(['card 0 0']);
  const seek = director.seek({ ms: 1000, relative: false });
  clock.reached(700);
  await later();
  expect(said).toEqual(['card 0 0']);
  ready();
  // What was asked for meanwhile is carried out with the sounds.
  await expect(seek).rejects.toThrow('cue "one" plays nothing that can be moved');
  await later();
  expect(said).toEqual(['card 0 0', 'enter one 700']);
  // The cue counts from there.
  clock.reached(8700);
  await later();
  expect(said.slice(2)).toEqual(['join two 10700']);
  bring(2);
  await end();
});

it('does not begin the first cue where another one is asked for before its sounds are ready', async () => {
  const { director, clock, said, later, bring, end } = joiningShow(() => [], new Promise(() => {}));
  await later();
  clock.reached(300);
  director.wish({ to: 'next' });
  await later();
  bring(2);
  await later();
  await later();
  expect(said).toEqual(['card 0 0', 'card 300 0', 'enter two 300']);
  await end();
});

it('readies the sound of a clip while that is decoded, and waits a little for it where the clip comes on at once', async () => {
  let isThere: () => void = () => {};
  const atHand = new Promise<void>((resolve) => (isThere = resolve));
  const { director, clock, said, later, bring, begin, end } = joiningShow(() => [], undefined, atHand);
  await later();
  clock.reached(300);
  director.wish({ to: 'next' });
  await later();
  said.length = 0;
  const clip: ClipSound = { file: '/clip.mp4', beganMs: NaN };
  begin(clip);
  expect(said).toEqual(['ready']);
  bring(2, { sound: clip });
  await later();
  expect(said).toEqual(['ready', 'at hand /clip.mp4']);
  clock.reached(420);
  isThere();
  await later();
  expect(said.slice(2)).toEqual(['card 420 0', 'enter two 420']);
  await end();
});

describe('a seek after another picture was asked for', () => {
  const places: Sought[] = [{ file: '/a.wav', role: 'voice', positionMs: 7000, lengthMs: 10_000 }];
  const seek = { ms: 7000, relative: false };
  const LED = [undefined, undefined, undefined, 1, 50] as const;

  it.each([
    ['at once', 0],
    ['while it is made ready', 1],
    ['when it is about to come', 2],
  ])('waits for it and moves what is on then: %s', async (_when, turns) => {
    const { director, clock, said, later, bring, end } = joiningShow(() => places, ...LED);
    await later();
    clock.reached(300);
    said.length = 0;
    director.wish({ to: 'next' });
    if (turns > 0) await later();
    if (turns > 1) {
      bring(2);
      await later();
    }
    const answer = director.seek(seek);
    await later();
    if (turns <= 1) bring(2);
    await later();
    clock.reached(400);
    expect(await answer).toEqual({ cue: 'two', moved: places, left: [] });
    expect(said).toEqual(['card 350 0', 'enter two 350']);
    await end();
  });

  it('gives way to yet another picture', async () => {
    const { director, clock, said, later, bring, end } = joiningShow(() => places);
    await later();
    clock.reached(300);
    said.length = 0;
    director.wish({ to: 'next' });
    const refused = expect(director.seek(seek)).rejects.toThrow('another command came first');
    director.wish({ to: 'next' });
    await refused;
    await later();
    bring(2);
    await later();
    await later();
    // Two on from the first of two.
    expect(said).toEqual(['card 300 0', 'enter one 300']);
    // It is on: the next one is carried out at once.
    expect(await director.seek(seek)).toMatchObject({ cue: 'one' });
    await end();
  });

  it('is refused in a pause, in which it does not come', async () => {
    const { director, clock, later, end } = joiningShow(() => places);
    await later();
    clock.pause();
    director.wish({ to: 'next' });
    await expect(director.seek(seek)).rejects.toThrow('what was asked for comes when the show goes on');
    await end();
  });

  it('is carried out where the picture cannot come', async () => {
    const { director, later, end } = joiningShow(() => places, undefined, undefined, undefined, 0);
    await later();
    director.wish({ to: 'next' });
    expect(await director.seek(seek)).toMatchObject({ cue: 'one' });
    await end();
  });
});

it('refuses to seek beyond the end, where nothing can be moved, and when the show ends', async () => {
  let places: Sought[] = [];
  const { director, later, end } = joiningShow(() => places);
  await later();
  const seek = { ms: 20_000, relative: false };
  await expect(director.seek(seek)).rejects.toThrow('cue "one" plays nothing that can be moved');
  places = [{ file: '/a.wav', role: 'voice', positionMs: 0, lengthMs: 10_000, because: 'ends after 10.0 s' }];
  await expect(director.seek(seek)).rejects.toThrow('20s is beyond the end: a.wav ends after 10.0 s');
  const last = director.seek(seek);
  const refused = expect(last).rejects.toMatchObject({ code: 'VITRINE_E_REFUSED', message: 'the show has ended' });
  await end();
  await refused;
});

describe('a seek in a cue whose sounds are due and have not begun', () => {
  const seek = { ms: 1000, relative: false };
  const moved: Sought = { file: '/a.wav', role: 'voice', positionMs: 1000, lengthMs: 10_000 };
  const onTheWay: Sought = { file: '/a.wav', role: 'voice', positionMs: 0, because: NOT_BEGUN };

  function waitingShow() {
    let begin: () => void = () => {};
    const begun = new Promise<void>((resolve) => (begin = resolve));
    let places: Sought[] = [onTheWay];
    const played = joiningShow(
      () => places,
      undefined,
      undefined,
      () => begun,
    );
    const arrive = (): void => void (places = [moved]);
    return { ...played, begin, arrive };
  }

  it('is carried out once they have', async () => {
    const { director, later, begin, arrive, end } = waitingShow();
    await later();
    const answer = director.seek(seek);
    await later();
    arrive();
    begin();
    expect(await answer).toEqual({ cue: 'one', moved: [moved], left: [] });
    await end();
  });

  it('is refused with the reason where they do not come in time', async () => {
    const { director, later, begin, end } = waitingShow();
    await later();
    const answer = director.seek(seek);
    await later();
    begin();
    await expect(answer).rejects.toThrow('nothing can be moved to 1s now: a.wav has not begun yet; try again');
    await end();
  });

  it('gives way to the command after it, and to the end of the show', async () => {
    const { director, later, end } = waitingShow();
    await later();
    const first = director.seek(seek);
    await later();
    const second = director.seek(seek);
    await expect(first).rejects.toThrow('another command came first');
    await later();
    const refused = expect(second).rejects.toThrow('the show has ended');
    await end();
    await refused;
    await expect(director.seek(seek)).rejects.toThrow('the show has ended');
  });

  it('does not hold the pictures up', async () => {
    const { director, clock, said, later, bring, end } = waitingShow();
    await later();
    director.seek(seek).catch(() => {});
    await later();
    clock.reached(8000);
    await later();
    bring(2);
    clock.reached(10_040);
    await later();
    expect(said.slice(2)).toEqual(['join two 10000', 'card 10040 0']);
    await end();
  });
});

/** A show with a picture that is planned for 10,040 ms of stage time. */
async function withPlannedPicture() {
  const joining = joiningShow();
  const { clock, later, bring } = joining;
  await later();
  clock.reached(8000);
  await later();
  const takeBack = jest.fn();
  bring(2, { takeBack });
  await later();
  return { ...joining, takeBack };
}

it.each([
  ['is not due yet', 9900],
  ['is due, and nobody here knows yet whether it was seen', 10_060],
])('gives the turn of a picture back, for the show that takes its place, while it %s', async (_what, nowMs) => {
  const { director, clock, end, takeBack } = await withPlannedPicture();
  // The machine is busy: time goes on, and no timer has run.
  jest.spyOn(clock, 'nowMs').mockReturnValue(nowMs);
  await end();
  director.withdraw();
  director.withdraw();
  expect(takeBack).toHaveBeenCalledTimes(1);
});

it('keeps the turn of a picture that came on', async () => {
  const { director, clock, later, end, takeBack } = await withPlannedPicture();
  clock.reached(10_060);
  await later();
  await end();
  director.withdraw();
  expect(takeBack).not.toHaveBeenCalled();
});
