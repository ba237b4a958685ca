/** Switching the screen of a card that somebody else has open and shows on: SDL, on the console. */
import { Card } from './drm';
import type { Kernel } from './kernel';

/** `file`: of the card, its master's. Returns how; throws with words. */
export function powerBorrowedCard(kernel: Kernel, file: number, on: boolean): string {
  const card = Card.borrow(kernel, 'the card', file);
  const shown = card
    .resources()
    .connectors.map((id) => card.connector(id, false))
    .find(({ connected, encoder }) => connected && encoder !== 0);
  if (shown === undefined) throw new Error('no screen is connected to the card');
  card.power(shown, on);
  return 'DPMS';
}
