import { StageState } from '../../../runtime/render/stage-state';
import { openStage, type Stage } from '../../../runtime/session/stage';
import { openUntimedClock } from '../../../runtime/session/stage-clock';
import { TextTrack } from '../../../runtime/session/text-track';
import { valueAt } from '../../../runtime/stage/envelope';
import type { PictureRef } from '../../../runtime/stage/layer';
import type { TextReel } from '../../../runtime/stage/media';

const settle = () => new Promise(setImmediate);
const FADE_MS = 400;

/** A stage whose time is pushed on by hand, with the layers that the render thread would have. */
function openWorld() {
  const state = new StageState();
  const clock = openUntimedClock(() => {});
  const released: number[] = [];
  const stage: Stage = openStage(({ commands }) => {
    const ids = commands.map((command) => state.apply(command)).filter((id) => id !== 0);
    stage.hear({ kind: 'retired', ids });
  });
  const reel = (count: number): TextReel => {
    let drawn = 0;
    return {
      count,
      next: async () => {
        const number = (drawn += 1);
        return {
          picture: { slot: number, generation: 1, widthPx: 9, heightPx: 9 },
          label: `text ${number}`,
          theme: 't',
          leftPx: number,
          topPx: 0,
          release: () => void released.push(number),
        };
      },
      close: () => {},
    };
  };
  /** Texts on the stage at an instant, with how much of them is seen. */
  const seen = (atMs: number): Record<number, number> =>
    Object.fromEntries(
      state.all
        .filter((layer) => state.isOn(layer, atMs))
        .map(
          ({ picture, opacity }) =>
            [(picture as PictureRef).slot, Math.round(valueAt(opacity, atMs) * 100) / 100] as const,
        )
        .filter(([, opacity]) => opacity > 0),
    );
  const goTo = async (atMs: number): Promise<void> => {
    clock.reached(atMs);
    await settle();
    const ids: number[] = [];
    state.retire(atMs, ids);
    stage.hear({ kind: 'retired', ids });
  };
  return { clock, stage, state, released, reel, seen, goTo };
}

describe('a text track', () => {
  it('shows text after text, each fading in while the one before fades out', async () => {
    const { stage, clock, reel, seen, goTo, released } = openWorld();
    const stop = new AbortController();
    const done = new TextTrack(stage, clock, reel(3), 5000).run(0, stop.signal);
    await settle();
    expect([seen(0), seen(FADE_MS / 2), seen(FADE_MS), seen(4999)]).toEqual([{}, { 1: 0.5 }, { 1: 1 }, { 1: 1 }]);
    // The next one is drawn and on the stage ahead of its time.
    await goTo(3600);
    expect([seen(4999), seen(5200), seen(5400)]).toEqual([{ 1: 1 }, { 1: 0.5, 2: 0.5 }, { 2: 1 }]);
    await goTo(5400);
    expect(released).toEqual([1]);
    stop.abort();
    await done;
    expect(stage.layersOn).toBe(1);
  });

  it('leaves the only text of a scene where it is', async () => {
    const { stage, clock, reel, seen } = openWorld();
    await new TextTrack(stage, clock, reel(1), 5000).run(0, new AbortController().signal);
    expect(seen(1e9)).toEqual({ 1: 1 });
  });

  it('fades out what is there at its end, from where it is, and takes back what has not begun', async () => {
    for (const [endMs, at, wanted] of [
      [2000, 2200, { 1: 0.5 }],
      [200, 300, { 1: 0.25 }],
    ] as const) {
      const { stage, clock, reel, seen } = openWorld();
      const track = new TextTrack(stage, clock, reel(1), 5000);
      await track.run(0, new AbortController().signal);
      track.end(endMs);
      expect([seen(at), seen(endMs + FADE_MS)]).toEqual([wanted, {}]);
    }
    const { stage, clock, reel, seen, goTo } = openWorld();
    const track = new TextTrack(stage, clock, reel(2), 5000);
    const stop = new AbortController();
    const done = track.run(0, stop.signal);
    await settle();
    await goTo(3600);
    stop.abort();
    await done;
    track.end(4000);
    expect([seen(4000), seen(4200), seen(4400), seen(5500), seen(1e6)]).toEqual([{ 1: 1 }, { 1: 0.5 }, {}, {}, {}]);
  });

  it('clears the stage at once when it has to leave', async () => {
    const { stage, clock, reel, state, released } = openWorld();
    const track = new TextTrack(stage, clock, reel(1), 5000);
    await track.run(0, new AbortController().signal);
    stage.send(...track.leave());
    expect([state.all.length, released]).toEqual([0, [1]]);
  });
});
