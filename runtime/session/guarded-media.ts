/** The media of a plugin behind its guard: those of a plugin that has failed turn empty, and what it has on the stage stays there. */
import { hasMethods, type Guard } from '../core/guard';
import type { ClipPlace, MediaProvider, Reel, StageItem, TextReel } from '../stage/media';

type Text = Awaited<ReturnType<TextReel['next']>>;

const EMPTY_REEL: Reel = { next: () => Promise.resolve(undefined), size: 0, close: () => {} };

/** Whether what a plugin provides has media. */
export const isProvider = (value: unknown): value is MediaProvider =>
  hasMethods(value, 'reel') && isText((value as MediaProvider).media);

/** As `provider`; nothing that it makes throws, rejects but for a signal, or hangs beyond one. */
export function guardedProvider(provider: MediaProvider, guard: Guard): MediaProvider {
  const { media } = provider;
  // One for all scenes: a clip that goes on may be the item of another scene.
  const items = new GuardedItems(guard);
  const reel = (scene: string): Reel => {
    const isRight = (answer: unknown): boolean => hasMethods(answer, 'next', 'close');
    const made = guard.call('reel', () => provider.reel(scene), { otherwise: EMPTY_REEL, isRight });
    return made === EMPTY_REEL ? made : guardedReel(made, items, guard);
  };
  if (provider.texts === undefined) return { media, reel };
  return {
    media,
    reel,
    texts(scene) {
      const isRight = (answer: unknown): boolean => answer === undefined || hasMethods(answer, 'next', 'close');
      const texts = guard.call('texts', () => provider.texts!(scene), { otherwise: undefined, isRight });
      return texts === undefined ? undefined : guardedTexts(texts, items, guard);
    },
  };
}

function guardedReel(reel: Reel, items: GuardedItems, guard: Guard): Reel {
  return {
    async next(signal, urgent, comes, current) {
      const item = await guard.wait<StageItem | undefined>(
        'reel.next',
        () => reel.next(signal, urgent, comes, current === undefined ? undefined : items.inner(current)),
        { otherwise: undefined, isRight: isItemOrNone, signal, late: releaseLate(guard) },
      );
      return item === undefined ? undefined : items.outer(item);
    },
    get size() {
      return guard.call('reel.size', () => reel.size, { otherwise: 0, isRight: isCount });
    },
    get due() {
      return guard.call<boolean | undefined>('reel.due', () => reel.due, { otherwise: false, isRight: isFlagOrNone });
    },
    close: () => guard.giveBack('reel.close', () => reel.close()),
  };
}

function guardedTexts(reel: TextReel, items: GuardedItems, guard: Guard): TextReel {
  return {
    async next(signal) {
      const isRight = (answer: unknown): boolean =>
        answer === undefined || (isItem(answer) && isNumber(answer, 'leftPx') && isNumber(answer, 'topPx'));
      const expected = { otherwise: undefined, isRight, signal, late: releaseLate(guard) };
      const text = await guard.wait<Text>('texts.next', () => reel.next(signal), expected);
      return text === undefined ? undefined : (items.outer(text) as Text);
    },
    get count() {
      return guard.call('texts.count', () => reel.count, { otherwise: 0, isRight: isCount });
    },
    close: () => guard.giveBack('texts.close', () => reel.close()),
  };
}

const releaseLate =
  (guard: Guard) =>
  (item: StageItem | undefined): void => {
    if (isItem(item)) guard.giveBack('item.release', () => item.release());
  };

/** Items and the ones behind their guard: the same item always has the same one. */
class GuardedItems {
  private readonly outers = new WeakMap<StageItem, StageItem>();
  private readonly inners = new WeakMap<StageItem, StageItem>();

  constructor(private readonly guard: Guard) {}

  outer(item: StageItem): StageItem {
    const known = this.outers.get(item);
    if (known !== undefined) return known;
    const outer = this.behindGuard(item);
    this.outers.set(item, outer);
    this.inners.set(outer, item);
    return outer;
  }

  /** Undefined for an item of somebody else. */
  inner(outer: StageItem): StageItem | undefined {
    return this.inners.get(outer);
  }

  private behindGuard(item: StageItem): StageItem {
    const { guard } = this;
    const clip = item.clip === undefined ? undefined : this.clipBehindGuard(item.clip);
    const none = { otherwise: undefined };
    const members: Partial<Record<string, () => unknown>> = {
      clip: () => clip,
      ends: () => item.ends && guard.wait('item.ends', () => item.ends, none),
      better: () => item.better && guard.wait('item.better', () => item.better, none),
      takeBack: () => item.takeBack && (() => guard.call('item.takeBack', () => item.takeBack?.(), none)),
      retake: () =>
        item.retake && (() => guard.call('item.retake', () => item.retake?.() === true, { otherwise: false })),
      release: () => () => guard.giveBack('item.release', () => item.release()),
    };
    return readThrough(item, members);
  }

  private clipBehindGuard(clip: ClipPlace): ClipPlace {
    const { guard } = this;
    const from: ClipPlace['from'] = async (toMs, signal, comes) => {
      const item = await guard.wait<StageItem | undefined>('clip.from', () => clip.from(toMs, signal, comes), {
        otherwise: undefined,
        isRight: isItemOrNone,
        signal,
        late: releaseLate(guard),
      });
      return item === undefined ? undefined : this.outer(item);
    };
    const positionMs: ClipPlace['positionMs'] = (atMs) =>
      guard.call('clip.positionMs', () => clip.positionMs(atMs), { otherwise: NaN, isRight: isMs });
    const members: Partial<Record<string, () => unknown>> = { from: () => from, positionMs: () => positionMs };
    return readThrough(clip, members);
  }
}

/** `object`, but for the members given; its data are read as they are at that moment. */
function readThrough<T extends object>(object: T, members: Partial<Record<string, () => unknown>>): T {
  return new Proxy(object, {
    get: (inner, key) => (members[String(key)] ?? (() => Reflect.get(inner, key)))(),
  });
}

const isFlagOrNone = (answer: unknown): boolean => answer === undefined || typeof answer === 'boolean';
const isMs = (answer: unknown): boolean => typeof answer === 'number';
const isCount = (answer: unknown): boolean => typeof answer === 'number' && answer >= 0;
const isNumber = (answer: object, name: string): boolean => Number.isFinite((answer as Record<string, unknown>)[name]);
const isText = (value: unknown): boolean => typeof value === 'string';

function isItem(answer: unknown): answer is StageItem {
  if (!hasMethods(answer, 'release')) return false;
  const { picture, label, theme } = answer as Partial<StageItem>;
  if (typeof picture !== 'object' || picture === null || !isText(label) || !isText(theme)) return false;
  const place = 'clip' in picture ? 'clip' : 'slot';
  return [place, 'generation', 'widthPx', 'heightPx'].every((name) => isNumber(picture, name));
}

const isItemOrNone = (answer: unknown): boolean => answer === undefined || isItem(answer);
