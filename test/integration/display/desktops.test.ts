/** The whole program on desktops of all kinds: over panels and the mouse pointer, every pixel of the screen is its own, and it stays there. */
import { endPlayers } from '../../bench/player';
import {
  DESKTOP_HEIGHT_PX,
  DESKTOP_WIDTH_PX,
  DESKTOPS,
  isInstalled,
  startDesktop,
  type Desktop,
} from '../../support/desktop';
import { makeStillShow, type Seen, type StillShow } from '../../support/still-show';

// A limit against hanging: compositors on a processor that does other things take seconds for a frame.
jest.setTimeout(300_000);

let show: StillShow;
let desktop: Desktop | undefined;
beforeEach(async () => {
  show = await makeStillShow(DESKTOP_WIDTH_PX, DESKTOP_HEIGHT_PX);
});
afterEach(async () => {
  endPlayers();
  await desktop?.close();
  desktop = undefined;
  show.close();
});

describe.each(DESKTOPS)('$name', (kind) => {
  (isInstalled(kind) ? it : it.skip)(
    'shows the picture and nothing else, from the first frame to the last',
    async () => {
      desktop = await startDesktop(kind);
      const player = await show.play(['--display', 'auto', '--renderer', 'cpu'], desktop.env);
      let looks = 0;
      /** The screen under a mouse that is being moved: before it has, some give the pointer to nobody who could hide it. */
      const screen = (): Seen => {
        desktop!.movePointer(300 + (looks % 100), 200);
        looks += 1;
        return desktop!.screen();
      };
      await show.covers(screen, DESKTOP_WIDTH_PX, DESKTOP_HEIGHT_PX);
      // Compositors change their minds about a window after its first frames.
      await new Promise((resolve) => setTimeout(resolve, 2000));
      await show.covers(screen, DESKTOP_WIDTH_PX, DESKTOP_HEIGHT_PX);
      expect(desktop.pointerPixels()).toBe(0);
      const report = await player.end();
      expect(report).toMatchObject({ frames: { black: 0 }, output: kind.hasWayland ? 'wayland' : 'x11' });
      expect(player.log()).not.toMatch('VITRINE_E_OUTPUT_LOST');
    },
  );
});
