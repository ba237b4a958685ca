/** The card that is shown on, of several, and that SDL is given the same one. */
import { foreign, library } from '../../../runtime/core/foreign';
import { chosenCard, openScreen } from '../../../runtime/display/drm-screen';
import { openSdlContext } from '../../../runtime/display/sdl-context';
import { FakeKernel, type FakeConnector } from '../../support/fake-kernel';

const MODES = [{ widthPx: 12, heightPx: 6, preferred: true }];
const screenOn = (card: string, id: number, connected = true): FakeConnector => ({
  id,
  type: 11,
  index: id,
  card,
  connected,
  modes: connected ? MODES : [],
});

interface Machine {
  readonly cards: readonly string[];
  readonly screenless?: readonly string[];
  readonly connectors: FakeConnector[];
}

function kernelOf({ cards, screenless = [], connectors }: Machine): FakeKernel {
  const kernel = new FakeKernel();
  kernel.cards = cards;
  kernel.screenless = screenless;
  kernel.connectors = connectors;
  return kernel;
}

it.each<[string, Machine, number]>([
  ['the only one', { cards: ['card0'], connectors: [screenOn('card0', 1)] }, 0],
  [
    'the one with the screen, behind one that only computes (Raspberry Pi 4 and 5)',
    { cards: ['card0', 'card1'], screenless: ['card0'], connectors: [screenOn('card1', 1)] },
    1,
  ],
  [
    'the same one when the numbers have changed places',
    { cards: ['card0', 'card1'], screenless: ['card1'], connectors: [screenOn('card0', 1)] },
    0,
  ],
  [
    'the one whose screen is connected',
    { cards: ['card0', 'card1'], connectors: [screenOn('card0', 1, false), screenOn('card1', 2)] },
    1,
  ],
  [
    'the first of two with screens, by number and not by name',
    { cards: ['card10', 'card2'], connectors: [screenOn('card10', 1), screenOn('card2', 2)] },
    2,
  ],
])('is %s', (_, machine, number) => {
  const kernel = kernelOf(machine);
  expect(chosenCard(kernel)).toBe(number);
  expect(kernel.held).toBe(0);
  const { card } = openScreen(kernel, { size: undefined });
  expect(card.path).toBe(`/dev/dri/card${number}`);
  card.close();
});

it('is the one of the connector that was asked for', () => {
  const connectors = [screenOn('card0', 1), screenOn('card1', 2)];
  expect(chosenCard(kernelOf({ cards: ['card0', 'card1'], connectors }), 'HDMI-A-2')).toBe(1);
});

it('is none where no screen is connected, and every card is closed then', () => {
  const kernel = kernelOf({ cards: ['card0', 'card1'], connectors: [screenOn('card1', 1, false)] });
  expect(() => chosenCard(kernel)).toThrow('no screen is connected');
  expect(kernel.held).toBe(0);
});

it('is the one that SDL opens', () => {
  const hint = foreign<[string], string | null>(
    library('libSDL2-2.0.so.0'),
    'const char *SDL_GetHint(const char *name)',
  );
  // There is no such card here; which one SDL would open is known by then.
  expect(() => openSdlContext({ driver: 'KMSDRM', cardNumber: 73, size: undefined, env: {}, vsync: true })).toThrow();
  expect(hint('SDL_KMSDRM_DEVICE_INDEX')).toBe('73');
});
