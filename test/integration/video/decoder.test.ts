/** Decoders at work on real files: every frame once, in order and in time, whatever happens to the program that decodes. */
import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { children, levelOf, lossless, made, openWorld, steps, takeFrames, type World } from './fixture';

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
  expect(children()).toEqual([]);
});

const FRAMES = 40;
const clip = (): string => made('steps.mp4', ...steps(FRAMES, 25), ...lossless, '-g', '10');
const all = Array.from({ length: FRAMES }, (_, frame) => levelOf(frame));

it('writes every frame once, with its time, into a ring that is smaller than the clip', async () => {
  world = openWorld();
  const decoder = world.bank.start(await world.order(clip()))!;
  expect(await decoder.ready).toBe(true);
  const { levels, timesMs } = await takeFrames(world, decoder.ring);
  expect(levels).toEqual(all);
  timesMs.forEach((timeMs, frame) => expect(timeMs).toBeCloseTo(frame * 40, 2));
  expect(await decoder.over).toMatchObject({ outcome: 'whole', frames: FRAMES, strikes: 0 });
});

it.each([
  [0, 0],
  [39, 0],
  [40, 1],
  [420, 10],
  [1000, 25],
  [1599, 39],
])('begins at the frame that is on at %d ms, and has its own times', async (fromMs, frame) => {
  world = openWorld();
  const decoder = world.bank.start(await world.order(clip(), { fromMs }))!;
  const { levels, timesMs } = await takeFrames(world, decoder.ring);
  expect(levels).toEqual(all.slice(frame));
  timesMs.forEach((timeMs, at) => expect(timeMs).toBeCloseTo((frame + at) * 40, 2));
  const end = await decoder.over;
  expect(end).toMatchObject({ outcome: 'whole', frames: FRAMES - frame, strikes: 0 });
  expect(end.endMs).toBeCloseTo(1600, 0);
});

it('begins within a loop, and loops from there', async () => {
  world = openWorld();
  const decoder = world.bank.start(await world.order(clip(), { loop: true, fromMs: 1200 }))!;
  const { levels, timesMs } = await takeFrames(world, decoder.ring, 10 + FRAMES * 2);
  expect(levels).toEqual([...all.slice(30), ...all, ...all]);
  timesMs.forEach((timeMs, at) => expect(timeMs).toBeCloseTo((30 + at) * 40, 2));
});

it('plays a clip again and again without a gap where it is told so', async () => {
  world = openWorld();
  const decoder = world.bank.start(await world.order(clip(), { loop: true }))!;
  const { levels, timesMs } = await takeFrames(world, decoder.ring, FRAMES * 3);
  expect(levels).toEqual([...all, ...all, ...all]);
  timesMs.forEach((timeMs, frame) => expect(timeMs).toBeCloseTo(frame * 40, 2));
});

it('goes on where a decoder was killed, and loses nothing', async () => {
  // Neither the ring nor the socket before it holds the rest of the clip: its decoder is at work.
  world = openWorld({ settings: { ringFrames: 4, ringBytes: 4 * 320 * 180 * 2 } });
  const decoder = world.bank.start(await world.order(clip()))!;
  const before = await takeFrames(world, decoder.ring, 5);
  for (const pid of children()) process.kill(pid, 'SIGKILL');
  const after = await takeFrames(world, decoder.ring);
  expect([...before.levels, ...after.levels]).toEqual(all);
  expect(await decoder.over).toMatchObject({ outcome: 'whole', strikes: 1 });
  expect(world.bank.report()).toMatchObject({ restarts: 1 });
});

it('kills a decoder that hangs while frames are wanted, and goes on', async () => {
  world = openWorld();
  const decoder = world.bank.start(await world.order(clip()))!;
  const before = await takeFrames(world, decoder.ring, 3);
  for (const pid of children()) process.kill(pid, 'SIGSTOP');
  const after = await takeFrames(world, decoder.ring);
  expect([...before.levels, ...after.levels]).toEqual(all);
  expect(await decoder.over).toMatchObject({ outcome: 'whole', strikes: 1 });
});

it('ends at its last frame while this thread has no time', async () => {
  world = openWorld();
  const decoder = world.bank.start(await world.order(clip()))!;
  await decoder.ready;
  const { table } = world;
  const { ref } = decoder.ring;
  const untilMs = performance.now() + 20_000;
  // Nothing is heard of the child here: every look is within one turn of the event loop.
  while (!table.hasEnded(ref.clip) && performance.now() < untilMs) {
    const written = table.written(ref.clip);
    if (written > table.taken(ref.clip)) table.take(ref.clip, written);
  }
  expect(table.hasEnded(ref.clip)).toBe(true);
  expect(table.written(ref.clip)).toBe(FRAMES);
  expect(await decoder.over).toMatchObject({ outcome: 'whole', frames: FRAMES });
});

it('is whole where its decoder breaks after the last frame', async () => {
  world = openWorld({ script: '"$FFMPEG" "$@"; exit 1' });
  const decoder = world.bank.start(await world.order(clip()))!;
  expect((await takeFrames(world, decoder.ring)).levels).toEqual(all);
  expect(await decoder.over).toMatchObject({ outcome: 'whole', strikes: 0 });
});

it('gives up after three strikes: the clip ends at its last good frame and is set aside', async () => {
  // Dies after some frames, every time.
  world = openWorld({ script: 'exec "$FFMPEG" "${@:1:$#-1}" -frames:v 4 -xerror "${@: -1}" & wait $!; exit 1' });
  const path = clip();
  const decoder = world.bank.start(await world.order(path))!;
  const { levels } = await takeFrames(world, decoder.ring);
  expect(levels).toEqual(all.slice(0, 12));
  expect(await decoder.over).toMatchObject({ outcome: 'broken', strikes: 3 });
  await new Promise((wake) => setImmediate(wake));
  expect(world.bank.quarantine.blocks(path)).toBe(true);
});

it('is not stopped by a decoder that complains without an end', async () => {
  world = openWorld({ script: '(head -c 3000000 /dev/zero | tr "\\0" "x" >&2); exec "$FFMPEG" "$@"' });
  const decoder = world.bank.start(await world.order(clip()))!;
  expect((await takeFrames(world, decoder.ring)).levels).toEqual(all);
});

it('decodes in software where the hardware that is asked for does not work', async () => {
  // Fails like a driver that is not there, whenever it is asked for hardware.
  world = openWorld({ script: '[[ " $* " == *" -hwaccel "* ]] && exit 1; exec "$FFMPEG" "$@"' });
  const decoder = world.decoder(await world.order(clip()), ['-hwaccel', 'none']);
  expect(await decoder.ready).toBe(true);
  expect((await takeFrames(world, decoder.ring)).levels).toEqual(all);
  expect(decoder.decodedBy).toBe('software');
  await decoder.close();
});

it.each([
  // The words in which ffmpeg ends at a picture of another size have its expression.
  ['graph', 'a picture has another size', 'echo "$*" >&2'],
  ['graph', 'there is no such graph', 'echo "Unknown input format: lavfi" >&2'],
  ['steady', 'a picture has another size', 'echo "$*" >&2'],
] as const)(
  'is decoded as ffmpeg usually does, from then on, where in a %s way %s',
  async (pipeline, _why, complain) => {
    // Only some versions know the option.
    const plain = '"${@/-thread_queue_size/-max_muxing_queue_size}"';
    world = openWorld({
      script: `[[ "$*" == *NAN* ]] && { echo try >> "\${0%/*}/tries"; ${complain}; exit 1; }; exec "$FFMPEG" ${plain}`,
    });
    const order = await world.order(clip());
    const steady = { ...order, facts: { ...order.facts, pipeline } };
    for (let play = 1; play <= 2; play++) {
      const decoder = world.bank.start(steady)!;
      expect((await takeFrames(world, decoder.ring)).levels).toEqual(all);
      expect(await decoder.over).toMatchObject({ outcome: 'whole', strikes: 0 });
      await world.bank.close(decoder);
      expect(readFileSync(join(world.folder, 'tries'), 'utf8')).toBe('try\n');
    }
  },
);

it('ends when a picture that stands long has been shown for its time', async () => {
  world = openWorld();
  const slow = made('slow.mp4', ...steps(6, 1), ...lossless);
  const decoder = world.bank.start(await world.order(slow))!;
  await takeFrames(world, decoder.ring);
  expect(await decoder.over).toMatchObject({ outcome: 'whole', frames: 6, endMs: 6000 });
});

it('is ended at any moment, and leaves nothing behind', async () => {
  world = openWorld();
  for (const frames of [0, 1, 30]) {
    const decoder = world.bank.start(await world.order(clip()))!;
    await takeFrames(world, decoder.ring, frames);
    await world.bank.close(decoder);
    expect(await decoder.over).toMatchObject({ outcome: frames === 30 ? expect.any(String) : 'closed' });
    expect(world.table.has(decoder.ring.ref)).toBe(false);
  }
});

it('is refused where all decoders of a session are at work, until one ends', async () => {
  world = openWorld();
  const order = await world.order(clip());
  const [first, second] = [world.bank.start(order)!, world.bank.start(order)!];
  expect(world.bank.start(order)).toBeUndefined();
  expect(world.bank.start({ ...order, session: 'another' })).toBeDefined();
  const room = world.bank.room(new AbortController().signal);
  await world.bank.close(first);
  await room;
  expect(world.bank.start(order)).toBeDefined();
  await world.bank.close(second);
});

describe('files that are no clips', () => {
  const look = (path: string) => world!.bank.probe.look(path);
  beforeEach(() => (world = openWorld()));

  it('are told apart before anything is decoded', async () => {
    const { folder } = world!;
    const file = (name: string, bytes: Buffer | string): string => {
      writeFileSync(join(folder, name), bytes);
      return join(folder, name);
    };
    expect(await look(join(folder, 'none.mp4'))).toEqual({ kind: 'gone' });
    expect(await look(folder)).toMatchObject({ kind: 'bad', reason: 'is no file that can be read' });
    expect(await look(file('empty.mp4', ''))).toMatchObject({ kind: 'bad', reason: 'is empty' });
    expect(await look(file('text.mp4', 'not a clip at all'))).toMatchObject({ kind: 'bad' });
    const sound = made('tone.m4a', '-f', 'lavfi', '-i', 'sine=d=0.2', '-c:a', 'aac');
    expect(await look(sound)).toMatchObject({ kind: 'bad', reason: 'has no video track' });
    // A playlist that would open something else.
    const list = file('list.mp4', "ffconcat version 1.0\nfile 'http://127.0.0.1:9/x.mp4'\n");
    expect(await look(list)).toMatchObject({ kind: 'bad' });
  });

  it('are what they are, whatever their names say', async () => {
    const wrong = join(world!.folder, 'clip.txt');
    copyFileSync(clip(), wrong);
    expect(await look(wrong)).toMatchObject({ kind: 'clip', facts: { codec: 'h264' } });
  });

  it('are looked at again when they have changed', async () => {
    const path = join(world!.folder, 'changes.mp4');
    writeFileSync(path, 'half a copy');
    expect(await look(path)).toMatchObject({ kind: 'bad' });
    copyFileSync(clip(), path);
    expect(await look(path)).toMatchObject({ kind: 'clip' });
  });

  it('end early where they are cut off, and are told of where they have no frame', async () => {
    const matroska = made('steps.mkv', ...steps(FRAMES, 25), ...lossless, '-g', '10');
    const cut = join(world!.folder, 'cut.mkv');
    copyFileSync(matroska, cut);
    truncateSync(cut, Math.floor(readFileSync(cut).length * 0.6));
    const decoder = world!.bank.start(await world!.order(cut))!;
    const { levels } = await takeFrames(world!, decoder.ring);
    expect(levels.length).toBeGreaterThan(5);
    expect(levels.length).toBeLessThan(FRAMES);
    expect(levels).toEqual(all.slice(0, levels.length));

    const head = join(world!.folder, 'head.mkv');
    copyFileSync(matroska, head);
    truncateSync(head, 700);
    const found = await look(head);
    if (found.kind !== 'clip') return;
    const none = world!.bank.start(await world!.order(head))!;
    expect(await none.ready).toBe(false);
    expect(await none.over).toMatchObject({ outcome: 'broken', frames: 0 });
  });

  it('survive flipped bits', async () => {
    const flipped = join(world!.folder, 'flipped.mp4');
    const bytes = readFileSync(clip());
    for (let at = 2000; at < bytes.length - 4000; at += 997) bytes[at]! ^= 0x10;
    writeFileSync(flipped, bytes);
    const found = await look(flipped);
    if (found.kind !== 'clip') return;
    const decoder = world!.bank.start(await world!.order(flipped))!;
    await takeFrames(world!, decoder.ring);
    expect((await decoder.over).outcome).not.toBe('closed');
  });
});

it('says what to install where there is no ffmpeg, and what is wrong with a configured one', () => {
  const { findTools } =
    jest.requireActual<typeof import('../../../runtime/media/tools')>('../../../runtime/media/tools');
  expect(() => findTools(null, { PATH: '/nowhere' })).toThrow('install the package ffmpeg');
  expect(() => findTools('/nowhere/ffmpeg', process.env)).toThrow('/nowhere/ffmpeg is no program');
  expect(findTools(null, process.env)).toMatchObject({ origin: 'system' });
});
