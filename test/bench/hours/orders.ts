/** What people do with a running show at odd moments: a seeded list of commands. */
import type { Random } from '../../../runtime/show/random';

/** A command of `vitrine`; `edit`: the show file gets another text before it. */
export interface Order {
  readonly command: readonly string[];
  readonly edit?: true;
}

const CUES = ['pictures', 'followed', 'looped', 'spoken', 'mixed'];
const anyCue = (random: Random): string => CUES[Math.floor(random() * CUES.length)]!;

/** Each kind as often as it stands here. */
const KINDS: readonly ((random: Random) => readonly Order[])[] = [
  () => [{ command: ['next'] }],
  () => [{ command: ['next'] }],
  () => [{ command: ['next'] }, { command: ['next'] }],
  () => [{ command: ['previous'] }],
  (random) => [{ command: ['goto', anyCue(random)] }],
  (random) => [{ command: ['goto', anyCue(random)] }],
  () => [{ command: ['pause'] }, { command: ['resume'] }],
  () => [{ command: ['reload'] }],
  () => [{ command: ['reload'], edit: true }],
  () => [{ command: ['reload'], edit: true }],
  (random) => [{ command: ['mastering', random() < 0.5 ? 'on' : 'off'] }],
  (random) => [{ command: ['volume', 'background', (0.6 + 0.4 * random()).toFixed(2)] }],
  (random) => [{ command: ['seek', `${Math.floor(random() * 20)}s`] }],
];

/** The orders of the next moment. */
export function drawOrders(random: Random): readonly Order[] {
  return KINDS[Math.floor(random() * KINDS.length)]!(random);
}
