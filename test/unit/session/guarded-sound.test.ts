/** The sound of a plugin behind its guard: nothing of it throws or hangs, and what it refuses is refused. */
import { VitrineError } from '../../../runtime/core/errors';
import { Guard, type PluginFault } from '../../../runtime/core/guard';
import { guardedControl, guardedDesk, isDesk } from '../../../runtime/session/guarded-sound';
import type { SoundControl, SoundDesk } from '../../../runtime/stage/sound';

// The clock stands still here, and the machine does not.
jest.mock('../../../runtime/core/time-limit', () => ({
  limitOwnTime: (ms: number, late: () => void) => {
    const timer = setTimeout(late, ms);
    return () => clearTimeout(timer);
  },
}));

let faults: PluginFault[];
let guard: Guard;
beforeEach(() => {
  faults = [];
  guard = new Guard((fault) => faults.push(fault));
});

const fails = (): never => {
  throw new Error('no device');
};
const clip = { sound: { file: '/a.mp4', beganMs: 0 }, volume: 1 };

/** A desk of which each member is this. */
const deskOf = (member: () => unknown): SoundDesk =>
  Object.defineProperty(
    Object.fromEntries(
      [
        'ready',
        'atHand',
        'card',
        'enter',
        'join',
        'beginning',
        'seek',
        'expect',
        'recall',
        'pause',
        'resume',
        'leave',
      ].map((name) => [name, member]),
    ) as unknown as SoundDesk,
    'leadMs',
    { get: member },
  );

const USES: Readonly<Record<string, (desk: SoundDesk) => unknown>> = {
  leadMs: (desk) => desk.leadMs,
  ready: (desk) => desk.ready(clip),
  atHand: (desk) => desk.atHand(clip, 10),
  card: (desk) => desk.card(0, 0, clip),
  enter: (desk) => desk.enter('a', 0),
  join: (desk) => desk.join('a', 700),
  beginning: (desk) => desk.beginning(10),
  seek: (desk) => desk.seek({ kind: 'to', ms: 0 } as never),
  expect: (desk) => desk.expect('a', 0),
  recall: (desk) => desk.recall(),
  pause: (desk) => desk.pause(),
  resume: (desk) => desk.resume(),
  leave: (desk) => desk.leave(),
};
/** What stands in for the answer of one that has failed: nothing waits, nothing is moved, a join is where it was due. */
const INSTEAD: Readonly<Record<string, unknown>> = { leadMs: 0, join: 700, seek: [] };

it.each(Object.keys(USES))('goes on without a desk whose %s throws', async (member) => {
  const desk = guardedDesk(deskOf(fails), guard);
  expect(await USES[member]!(desk)).toEqual(INSTEAD[member]);
  expect(faults).toMatchObject([{ member: `sound.${member}`, because: 'no device' }]);
  for (const use of Object.values(USES)) await use(desk);
  expect(faults).toHaveLength(1);
});

it.each(['leadMs', 'join', 'seek'])('goes on without a desk whose %s answers wrong', (member) => {
  expect(
    USES[member]!(
      guardedDesk(
        deskOf(() => 'soon'),
        guard,
      ),
    ),
  ).toEqual(INSTEAD[member]);
  expect(faults).toHaveLength(1);
});

it('waits for no desk that hangs', async () => {
  jest.useFakeTimers();
  const desk = guardedDesk(
    deskOf(() => new Promise(() => {})),
    guard,
  );
  const waits: readonly (Promise<unknown> | undefined)[] = [desk.atHand(clip, 400), desk.beginning(3000)];
  await jest.advanceTimersByTimeAsync(5000);
  for (const wait of waits) await wait;
  expect(faults).toHaveLength(1);
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

it('knows a desk by its members', () => {
  expect(isDesk(deskOf(fails))).toBe(true);
  expect([isDesk(undefined), isDesk({ enter: fails })]).toEqual([false, false]);
});

const controlOf = (act: () => never): SoundControl => ({
  master: act,
  volume: act,
  status: act,
  cache: act,
  clearCache: act,
});
const ORDERS: readonly (readonly [string, (control: SoundControl) => unknown])[] = [
  ['master', (control) => control.master(true)],
  ['volume', (control) => control.volume('voice', 1)],
  ['clearCache', (control) => control.clearCache()],
];

it.each(ORDERS)('hands on what %s refuses, in which nothing is wrong with the plugin', (_member, order) => {
  const refuses = (): never => {
    throw new VitrineError('VITRINE_E_REFUSED', 'the show has no sound');
  };
  expect(() => order(guardedControl(controlOf(refuses), () => guard))).toThrow('the show has no sound');
  expect(faults).toEqual([]);
});

it.each(ORDERS)('refuses %s where the plugin failed at it, and from then on', (member, order) => {
  const control = guardedControl(controlOf(fails), () => guard);
  for (const _time of [1, 2]) expect(() => order(control)).toThrow('the plugin that plays sound has failed');
  expect(faults).toMatchObject([{ member: `sound.${member}` }]);
  expect([control.status(), control.cache()]).toEqual([undefined, undefined]);
});
