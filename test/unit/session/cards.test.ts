import { Cards } from '../../../runtime/session/cards';
import { openStage, type Stage } from '../../../runtime/session/stage';
import { StageState } from '../../../runtime/render/stage-state';
import type { StageBatch } from '../../../runtime/stage/commands';
import { valueAt } from '../../../runtime/stage/envelope';
import type { CardPlacement } from '../../../runtime/stage/layer';
import type { StageItem } from '../../../runtime/stage/media';

const placement: CardPlacement = { kind: 'card', fit: 'cover', background: 0 };

describe('cards', () => {
  let state: StageState;
  let stage: Stage;
  let cards: Cards;
  let released: string[];
  beforeEach(() => {
    state = new StageState();
    released = [];
    stage = openStage(({ commands }: StageBatch) => {
      const ids = commands.map((command) => state.apply(command)).filter((id) => id !== 0);
      stage.hear({ kind: 'retired', ids });
    });
    cards = new Cards(stage);
  });

  const item = (label: string): StageItem => ({
    picture: { slot: 0, generation: 1, widthPx: 1, heightPx: 1 },
    label,
    theme: 't',
    release: () => void released.push(label),
  });
  const show = (label: string, fromMs: number, kind: 'cut' | 'crossfade' | 'slide' = 'crossfade'): void =>
    stage.send(...cards.show(item(label), 'scene', placement, { kind, fromMs, durationMs: 100 }));
  const goTo = (atMs: number): void => {
    const ids: number[] = [];
    state.retire(atMs, ids);
    state.countArrivals(atMs);
    stage.hear({ kind: 'retired', ids });
  };

  it('take each other’s place, and give their pictures back when they are off the stage', () => {
    show('a', 0, 'cut');
    show('b', 1000);
    expect(cards.current).toMatchObject({ scene: 'scene', fromMs: 1000, thereMs: 1100 });
    goTo(1050);
    expect(state.all).toHaveLength(2);
    expect(released).toEqual([]);
    goTo(1100);
    expect(state.all).toHaveLength(1);
    expect(released).toEqual(['a']);
    expect(stage.layersOn).toBe(1);
  });

  it('are there at once after a cut', () => {
    show('a', 0, 'cut');
    show('b', 50, 'cut');
    expect(cards.current!.thereMs).toBe(50);
    goTo(50);
    expect(state.all.map(({ fromMs }) => fromMs)).toEqual([50]);
  });

  it.each(['crossfade', 'slide', 'cut'] as const)(
    'planned with a %s are taken back as if they had never been',
    (kind) => {
      show('a', 0, 'cut');
      show('b', 1000, kind);
      expect(cards.recall(899)).toBe(true);
      expect(released).toEqual(['b']);
      expect(cards.current!.item.label).toBe('a');
      goTo(5000);
      const [left] = state.all;
      expect(state.all).toHaveLength(1);
      expect([left!.untilMs, valueAt(left!.opacity, 5000), valueAt(left!.offsetX, 5000)]).toEqual([Infinity, 1, 0]);
      expect(state.nextChangeMs(5000)).toBe(Infinity);
      show('c', 6000);
      goTo(6100);
      expect(released).toEqual(['b', 'a']);
    },
  );

  it('are not taken back when they may be on the screen before the recall arrives', () => {
    show('a', 0, 'cut');
    show('b', 1000);
    expect(cards.recall(901)).toBe(false);
    expect(cards.recall(1050)).toBe(false);
    expect(released).toEqual([]);
  });

  describe.each(['crossfade', 'slide', 'cut'] as const)('whose recall comes late, planned with a %s', (kind) => {
    const onAt = (atMs: number): readonly number[] =>
      state.all.filter((layer) => state.isOn(layer, atMs)).map(({ id }) => id);
    // Ordered in time, and not with the render thread before the change.
    beforeEach(() => {
      show('a', 0, 'cut');
      show('b', 1000, kind);
      goTo(1100);
      expect(cards.recall(899)).toBe(true);
      goTo(1120);
    });

    it('stay on until the next one has come', () => {
      expect([onAt(1120).length, released]).toEqual([1, ['a']]);
      show('c', 2000, 'cut');
      goTo(1999);
      expect(onAt(1999)).toHaveLength(1);
      goTo(2000);
      expect([onAt(2000).length, released]).toEqual([1, ['a', 'b']]);
      expect(stage.layersOn).toBe(1);
    });

    it('stay on also where the next one is taken back', () => {
      show('c', 2000, 'cut');
      expect(cards.recall(1500)).toBe(true);
      goTo(5000);
      expect([onAt(5000).length, released]).toEqual([1, ['a', 'c']]);
      show('d', 6000);
      goTo(6100);
      expect([onAt(6100).length, released]).toEqual([1, ['a', 'c', 'b']]);
    });

    it('go when all leave', () => {
      stage.send(...cards.leave());
      expect([state.all.length, stage.layersOn]).toEqual([0, 0]);
    });
  });

  it('cannot be taken back twice, nor the first of all', () => {
    show('a', 1000, 'cut');
    expect(cards.recall(0)).toBe(false);
    show('b', 2000);
    expect([cards.recall(0), cards.recall(0)]).toEqual([true, false]);
  });

  it('clear the stage when they leave', () => {
    show('a', 0, 'cut');
    show('b', 1000);
    stage.send(...cards.leave());
    expect([state.all.length, cards.current]).toEqual([0, undefined]);
    expect(released.sort()).toEqual(['a', 'b']);
    expect(cards.leave()).toEqual([]);
  });
});
