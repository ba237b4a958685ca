import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../runtime/core/clock';
import { createErrorLog } from '../../../runtime/core/error-log';
import type { PluginHostRuntime } from '../../../runtime/core/host';
import { silentLog } from '../../../runtime/core/log';
import { provide } from '../../../runtime/core/plugin';
import { Turns } from '../../../runtime/core/turns';
import { Guard } from '../../../runtime/core/guard';
import type { GuardedPart } from '../../../runtime/core/opened-plugin';
import { until } from '../../support/until';
import { openScopes } from '../../../runtime/core/scope';
import { openCapturer } from '../../../runtime/session/capture';
import { Instance } from '../../../runtime/session/instance';
import { EVENT_NAMES } from '../../../runtime/session/session-events';
import { openTimedClock, openUntimedClock } from '../../../runtime/session/stage-clock';
import type { Cue, Show } from '../../../runtime/show/types';
import { MEDIA_PROVIDER, type MediaProvider, type StageItem } from '../../../runtime/stage/media';
import { plain } from '../../support/images';
import { cueWith, sceneWith, showWith } from '../../support/parsed-show';
import { card, openRig, type Rig } from '../../support/render-rig';
import { writeShowFile } from '../../support/small-show';

const [WIDTH, HEIGHT] = [64, 36];
const COLOURS = [0xc02020, 0x20c020, 0x2020c0, 0xc0c020, 0x20c0c0];

const scene = sceneWith({ everyMs: 300, transition: { type: 'crossfade', durationMs: 100 } });
const cue = (name: string, durationMs: number): Cue =>
  cueWith({ name, durationMs, transition: { type: 'slide', durationMs: 100 } });

/** A show on a real render thread, over pictures of one colour each. */
class Player {
  readonly events: string[] = [];
  readonly errors = createErrorLog(() => {});
  readonly capturer;
  readonly instance: Instance;
  /** What the next session's part does instead of opening. */
  fails: Error | undefined;
  /** Of the media. */
  print = 'as they were';
  /** Pictures handed out, and those not given back yet. */
  taken = 0;
  held = 0;
  readonly failures: Error[] = [];
  defect: Error | undefined;

  private constructor(
    readonly rig: Rig,
    readonly folder: string,
    untimed: boolean,
  ) {
    const { stage, render, scope, arena } = rig;
    const pushed = untimed ? openUntimedClock((command) => stage.send(command)) : undefined;
    const clock = pushed ?? openTimedClock(systemClock, (command) => stage.send(command));
    render.listen((message) => message.kind === 'horizon' && pushed?.reached(message.atMs));
    this.capturer = openCapturer({
      largeWork: new Turns(),
      arena,
      send: (message) => render.send(message),
      listen: (listener) => render.listen(listener),
      geometry: () => ({ widthPx: WIDTH, heightPx: HEIGHT, turn: 0 }),
    });
    this.instance = new Instance({
      stage,
      clock,
      plugins: this.plugins(),
      errors: this.errors,
      log: silentLog,
      scope,
      seed: 1,
      batchLeadMs: untimed ? 0 : 34,
      blank: () => undefined,
      panel: () => ({ widthPx: WIDTH, heightPx: HEIGHT, turn: 0, refreshHz: 60 }),
      admit: () => Promise.resolve(() => {}),
      printOf: () => Promise.resolve(this.print),
      failed: (error) => this.failures.push(error),
    });
    for (const name of EVENT_NAMES) {
      this.instance.events.on(name, (event) => {
        const { cue: inCue, file, because } = event as { cue?: string; file?: string; because?: string };
        this.events.push([name, inCue ?? file ?? because].filter((part) => part !== undefined).join(' '));
      });
    }
  }

  static async open(untimed: boolean): Promise<Player> {
    const rig = await openRig({ widthPx: WIDTH, heightPx: HEIGHT, untimed });
    return new Player(rig, mkdtempSync(join(tmpdir(), 'vitrine-session-')), untimed);
  }

  private plugins(): PluginHostRuntime {
    return {
      states: [],
      fail: () => false,
      retune: () => {},
      gauges: () => ({}),
      report: () => ({}),
      offered: () => undefined,
      openSession: async (): Promise<GuardedPart[]> => {
        if (this.fails !== undefined) throw this.fails;
        const media: MediaProvider = {
          media: 'images',
          reel: () => ({ next: async () => this.breaks(), size: 1, close: () => {} }),
        };
        // A defect of the program comes from behind the guards.
        const guard = Object.assign(new Guard(() => {}), { wait: (_: string, act: () => unknown) => act() }) as Guard;
        const provides = [provide(MEDIA_PROVIDER, media)];
        return [{ plugin: 'media', guard, holdsStart: false, warm: async () => 'warm', provides }];
      },
    };
  }

  /** The next item, or the defect that is wanted. */
  private breaks(): StageItem {
    if (this.defect !== undefined && this.taken > 1) throw this.defect;
    return this.nextItem();
  }

  private nextItem(): StageItem {
    const number = this.taken;
    const stored = this.rig.put(plain(WIDTH, HEIGHT, COLOURS[number % COLOURS.length]!));
    this.taken += 1;
    this.held += 1;
    let here = true;
    return {
      picture: stored.ref,
      label: String(number),
      theme: 'all',
      release: () => {
        if (here) this.held -= 1;
        here = false;
        stored.release();
      },
    };
  }

  show(loop: Show['cuelist']['loop'], ...cues: readonly Cue[]): Show {
    const file = join(this.folder, 'show.yaml');
    return { ...showWith({ only: scene }, cues), file, folder: this.folder, cuelist: { loop, cues } };
  }

  /** The colour in the middle of the screen. */
  async colour(): Promise<number> {
    const { pixels } = await this.capturer.capture();
    const at = ((HEIGHT / 2) * WIDTH + WIDTH / 2) * 3;
    return (pixels[at]! << 16) | (pixels[at + 1]! << 8) | pixels[at + 2]!;
  }

  count(...names: readonly Parameters<Rig['stats']['get']>[0][]): number[] {
    return names.map((name) => this.rig.stats.get(name));
  }

  heard(event: string): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.events.includes(event)) resolve();
        else setTimeout(look, 5);
      };
      look();
    });
  }

  async close(): Promise<void> {
    await this.instance.stop();
    await this.rig.close();
    rmSync(this.folder, { recursive: true });
  }
}

describe('a session', () => {
  let player: Player;
  afterEach(async () => {
    await player.close();
    expect(player.held).toBe(0);
    expect(player.rig.store.usedBytes).toBe(0);
    expect(openScopes()).toEqual([]);
  });

  it('plays its cues to the end, picture after picture, without a black or missing frame', async () => {
    player = await Player.open(true);
    await player.instance.start(player.show('once', cue('a', 1000), cue('b', 700), cue('c', 500)));
    await player.instance.over;
    // Cue a: pictures at 0, 300, 600, 900 and the boundary after its end at 1200; b: 1500 and 1800; c: 2100, 2400 and over at 2600.
    expect(player.events.filter((event) => event.startsWith('cue'))).toEqual([
      'cue-start a',
      'cue-end a',
      'cue-start b',
      'cue-end b',
      'cue-start c',
    ]);
    expect(player.events.filter((event) => event.startsWith('picture'))).toHaveLength(9);
    expect(player.events.at(-1)).toBe('session-end over');
    expect(player.count('black', 'dropped', 'seamMissing', 'seamRepeated', 'seamBlack')).toEqual([0, 0, 0, 0, 0]);
    expect(player.count('seams', 'pictureChanges')).toEqual([9, 9]);
    // Eight transitions of 100 ms at 60 Hz and the first picture.
    const [presented] = player.count('presented');
    expect(presented).toBeGreaterThanOrEqual(8 * 5);
    expect(presented).toBeLessThanOrEqual(8 * 8 + 1);
    expect(await player.colour()).toBe(COLOURS[8 % 5]);
  });

  it('is swapped for another at a frame edge, and gives its pictures back', async () => {
    player = await Player.open(false);
    const { instance } = player;
    const show = player.show('forever', cue('a', 60_000));
    await instance.start(show);
    const frames: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      writeShowFile(show.file, '{themes: [all], every: 300ms}', `Round ${round}`);
      const receipt = await instance.reload();
      expect(receipt).toMatchObject({ swapped: true, session: `s${round + 2}`, blackFrames: 0 });
      frames.push(receipt.swapFrame);
    }
    expect(frames).toEqual([...new Set(frames)].sort((a, b) => a - b));
    expect(instance.reloads).toEqual({ done: 5, refused: 0, unchanged: 0, black: 0 });
    expect(player.count('black')).toEqual([0]);
    expect(player.held).toBeLessThanOrEqual(3);
    expect(player.errors.list()).toEqual([]);
  });

  it('fails where the program itself does, and is never taken for one that is over', async () => {
    player = await Player.open(false);
    player.defect = new TypeError('x is undefined');
    let isOver = false;
    void player.instance.over.then(() => (isOver = true));
    await player.instance.start(player.show('forever', cue('a', 60_000), cue('b', 60_000)));
    player.instance.next();
    await until(() => player.taken > 1);
    player.instance.next();
    await until(() => player.failures.length > 0);
    expect(player.failures).toMatchObject([{ code: 'VITRINE_E_INTERNAL', message: 'x is undefined' }]);
    expect(player.errors.list()).toMatchObject([{ code: 'VITRINE_E_INTERNAL', plugin: 'session' }]);
    expect(player.events.at(-1)).toBe('session-end failed');
    expect(isOver).toBe(false);
  });

  it('goes on undisturbed when nothing has changed, and says so', async () => {
    player = await Player.open(false);
    const { instance } = player;
    const { file } = player.show('forever', cue('a', 60_000));
    writeShowFile(file, '{themes: [all], every: 1h}');
    await instance.start(player.show('forever', cue('a', 60_000)));
    const began = await instance.reload();
    expect(began).toMatchObject({ swapped: true, session: 's2' });
    expect(began).not.toHaveProperty('unchanged');
    const { taken } = player;
    const { length } = player.events;
    expect(await instance.reload()).toEqual({ ...began, swapped: false, unchanged: true, readyMs: expect.any(Number) });
    expect(player.events.slice(length)).toEqual(['reload-unchanged']);
    expect([player.taken, instance.sessionId]).toEqual([taken, 's2']);
    player.print = 'replaced';
    expect(await instance.reload()).toMatchObject({ swapped: true, session: 's3' });
    expect(await instance.reload()).toMatchObject({ swapped: false, session: 's3' });
    writeShowFile(file, '{themes: [all], every: 2h}');
    expect(await instance.reload()).toMatchObject({ swapped: true, session: 's4' });
    expect(instance.reloads).toEqual({ done: 3, refused: 0, unchanged: 2, black: 0 });
  });

  it('goes on in the cue it was in, and with the first where the new show has none of that name', async () => {
    player = await Player.open(false);
    const { instance } = player;
    const show = player.show('forever', cue('first', 60_000), cue('second', 60_000));
    await instance.start(show);
    instance.next();
    await player.heard('cue-start second');
    writeShowFile(show.file, '{themes: [all], every: 300ms}');
    await instance.reload();
    expect(instance.director?.now).toMatchObject({ cue: 'second', cueNumber: 2 });
    writeFileSync(show.file, readFileSync(show.file, 'utf8').replace('name: second', 'name: other'));
    await instance.reload();
    expect(instance.director?.now).toMatchObject({ cue: 'first', cueNumber: 1 });
  });

  it('stays on the screen when what should take its place is wrong or cannot open', async () => {
    player = await Player.open(false);
    const { instance } = player;
    await instance.start(player.show('forever', cue('a', 60_000)));
    const file = join(player.folder, 'wrong.yaml');
    writeFileSync(file, 'version: 1\nname: 7\ncues: []\n');
    await expect(instance.reload(file)).rejects.toMatchObject({ code: 'VITRINE_E_SHOW' });
    writeShowFile(file, '{themes: [all], every: 300ms}');
    player.fails = new Error('no room');
    await expect(instance.reload(file)).rejects.toThrow('no room');
    player.fails = undefined;
    expect([instance.sessionId, instance.reloads.refused]).toEqual(['s1', 2]);
    const { taken } = player;
    await player.heard(`picture ${taken + 1}`);
    expect(player.count('black')).toEqual([0]);
  });

  it('does what a person wants: next, previous, a cue by name or number', async () => {
    player = await Player.open(false);
    const { instance } = player;
    expect(() => instance.next()).toThrow('no show is running yet');
    await instance.start(player.show('forever', cue('a', 60_000), cue('b', 60_000), cue('c', 60_000)));
    for (const [wish, into] of [
      [() => instance.next(), 'b'],
      [() => instance.goto('3'), 'c'],
      [() => instance.previous(), 'b'],
      [() => instance.goto('a'), 'a'],
    ] as const) {
      player.events.length = 0;
      wish();
      await player.heard(`cue-start ${into}`);
      expect(instance.director?.now.cue).toBe(into);
    }
    expect(() => instance.goto('d')).toThrow('there is no cue "d"; the cues are a, b, c');
  });

  it('stands still while it is paused, and goes on where it was', async () => {
    player = await Player.open(false);
    const { instance } = player;
    await instance.start(player.show('forever', cue('a', 60_000)));
    await player.heard('picture 1');
    instance.pause();
    instance.pause();
    await player.rig.settle();
    const [before] = player.count('presented');
    const pictures = player.events.length;
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(player.count('presented')).toEqual([before]);
    expect(player.events.slice(pictures)).toEqual([]);
    instance.resume();
    await player.heard('picture 3');
    expect(player.events.filter((event) => event === 'pause' || event === 'resume')).toEqual(['pause', 'resume']);
  });

  it('may be stopped in the middle of a transition', async () => {
    player = await Player.open(false);
    await player.instance.start(player.show('forever', cue('a', 60_000)));
    await player.heard('picture 1');
    await player.instance.stop();
    expect(player.events.at(-1)).toBe('session-end stopped');
    await player.instance.stop();
  });

  it('is refused, with everything given back, when its first part fails', async () => {
    player = await Player.open(false);
    player.fails = new Error('no room');
    await expect(player.instance.start(player.show('once', cue('a', 1000)))).rejects.toThrow('no room');
    expect([player.instance.sessionId, player.taken]).toEqual([undefined, 0]);
  });
});

describe('a capture', () => {
  it('is upright and red first, whole or smaller, however the screen is turned', async () => {
    for (const turn of [0, 90, 180, 270] as const) {
      const lies = turn === 90 || turn === 270;
      const [widthPx, heightPx] = lies ? [HEIGHT, WIDTH] : [WIDTH, HEIGHT];
      const rig = await openRig({ widthPx, heightPx, turn });
      const capturer = openCapturer({
        largeWork: new Turns(),
        arena: rig.arena,
        send: (message) => rig.render.send(message),
        listen: (listener) => rig.render.listen(listener),
        geometry: () => ({ widthPx, heightPx, turn }),
      });
      const image = plain(WIDTH, HEIGHT, 0xff8000);
      image.data.set([1, 2, 3]);
      await rig.settle(
        rig.stage.add(card(1, rig.put(image).ref), () => {}),
        ...rig.clockAt(0),
      );
      const [whole, small] = await Promise.all([capturer.capture(), capturer.capture(16)]);
      expect(whole).toMatchObject({ widthPx: WIDTH, heightPx: HEIGHT, channels: 3 });
      expect(Buffer.compare(whole.pixels, image.data)).toBe(0);
      expect(small).toMatchObject({ widthPx: 16, heightPx: 9 });
      expect(rig.arena.usedBytes).toBeGreaterThan(0);
      await rig.close();
    }
  });

  it('waits for other work that needs much memory', async () => {
    const rig = await openRig({ widthPx: WIDTH, heightPx: HEIGHT });
    const largeWork = new Turns();
    let end = (): void => {};
    const decode = largeWork.take(() => new Promise<void>((resolve) => (end = resolve)));
    const capturer = openCapturer({
      largeWork,
      arena: rig.arena,
      send: (message) => rig.render.send(message),
      listen: (listener) => rig.render.listen(listener),
      geometry: () => ({ widthPx: WIDTH, heightPx: HEIGHT, turn: 0 }),
    });
    const used = rig.arena.usedBytes;
    let isTaken = false;
    const capture = capturer.capture().then(() => (isTaken = true));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([isTaken, rig.arena.usedBytes]).toEqual([false, used]);
    end();
    await Promise.all([decode, capture]);
    expect(isTaken).toBe(true);
    await rig.close();
  });

  it('is refused where there is no room, and the next one is not held up by it', async () => {
    const rig = await openRig({ widthPx: WIDTH, heightPx: HEIGHT });
    let heightPx = 1 << 20;
    const capturer = openCapturer({
      largeWork: new Turns(),
      arena: rig.arena,
      send: (message) => rig.render.send(message),
      listen: (listener) => rig.render.listen(listener),
      geometry: () => ({ widthPx: WIDTH, heightPx, turn: 0 }),
    });
    const used = rig.arena.usedBytes;
    await expect(capturer.capture()).rejects.toThrow('no room');
    heightPx = HEIGHT;
    expect((await capturer.capture()).pixels).toHaveLength(WIDTH * HEIGHT * 3);
    expect(rig.arena.usedBytes).toBe(used);
    await rig.close();
  });
});
