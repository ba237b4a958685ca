import { runGl, type GlOrder, type GlReport } from '../../support/gl-child';
import { SCENE_SIZE, wrongPixels } from '../../support/gl-scene';
import { prepareCompositor, type Compositor } from '../../support/compositor';
import { comesToHold } from '../../support/until';
import { startXServer, type XServer } from '../../support/x-server';

const ROUNDS = 30;

/** Why the package `gl` cannot be tested here; undefined where it can. */
function whyNoPackage(): string | undefined {
  try {
    require.resolve('gl/build/Release/webgl.node');
    return undefined;
  } catch {
    return 'the package gl is not built; npm run setup:gl builds it';
  }
}

function expectScene(report: GlReport): void {
  expect(report).toMatchObject({
    wrong: 0,
    error: 0,
    swapped: true,
    ...SCENE_SIZE,
    elsewhere: { status: 0x8cd5, pixel: [0, 255, 0, 0] },
    nonsense: { compiled: false, log: expect.stringContaining('nonsense') },
    unknownUniform: null,
    driver: { renderer: expect.stringMatching(/./), version: expect.stringContaining('OpenGL ES') },
  });
  expect(report.maxTextureSize).toBeGreaterThanOrEqual(2048);
}

/** What there is more of than before. The system may give a file back late, so that there are fewer. */
function grown(before: object, after: object): string[] {
  const counts = before as Readonly<Record<string, number>>;
  return Object.entries(after as Readonly<Record<string, number>>)
    .filter(([what, count]) => count > (counts[what] ?? 0))
    .map(([what]) => what);
}

describe('GL contexts', () => {
  let server: XServer;
  let compositor: Compositor;
  beforeAll(async () => {
    // By itself a server starts anew when its last client goes, and takes no connections meanwhile.
    server = await startXServer({ ...SCENE_SIZE, args: ['-noreset'] });
    compositor = prepareCompositor(SCENE_SIZE.widthPx, SCENE_SIZE.heightPx, server.display);
  });
  afterAll(async () => {
    await compositor.close();
    await server.kill();
  });
  const envOf: Record<string, () => Record<string, string>> = {
    offscreen: () => ({}),
    x11: () => ({ DISPLAY: server.display }),
    wayland: () => ({ ...compositor.env }),
    gl: () => ({ DISPLAY: server.display }),
  };
  const run = (order: GlOrder, look?: () => Promise<void>): Promise<GlReport[]> =>
    runGl(order, envOf[order.driver]!(), look);

  const cycle = async (order: GlOrder): Promise<NonNullable<GlReport['held']>> => {
    const [report] = await run({ ...order, rounds: ROUNDS });
    expect(report!.failed).toBeUndefined();
    return report!.held!;
  };

  describe.each(['offscreen', 'x11', 'wayland'])('of SDL on %s', (driver) => {
    beforeAll(async () => {
      if (driver === 'wayland') await compositor.start();
    });
    afterAll(async () => {
      if (driver === 'wayland') await compositor.kill();
    });

    it('draw what they are told, in one thread after the other', async () => {
      const reports = await run({ driver, threads: 2 });
      expect(reports).toHaveLength(2);
      reports.forEach(expectScene);
      expect(reports[0]!.refreshHz).toBeGreaterThan(0);
    });

    it('leave no thread and no file behind', async () => {
      const { none, one, many } = await cycle({ driver, threads: 1 });
      expect(grown(none, one)).toEqual([]);
      expect(grown(one, many)).toEqual([]);
    });
  });

  // The compositor is itself a window on the X server, of the size of its screen.
  it.each(['x11', 'wayland'])(
    'show through %s what was drawn, over the whole screen and right side up',
    async (driver) => {
      if (driver === 'wayland') await compositor.start();
      let wrong: number | undefined;
      const [report] = await run({ driver, threads: 1, wholeScreen: true }, async () => {
        await comesToHold(() => {
          const screen = server.screen();
          wrong = wrongPixels((x, y) => {
            const at = ((SCENE_SIZE.heightPx - 1 - y) * SCENE_SIZE.widthPx + x) * 4;
            return [screen[at + 2]!, screen[at + 1]!, screen[at]!];
          });
          return wrong === 0;
        });
      });
      expectScene(report!);
      expect(wrong).toBe(0);
      await compositor.kill();
    },
  );

  const because = whyNoPackage();
  (because === undefined ? describe : describe.skip)(`of the package gl${because ? ` (${because})` : ''}`, () => {
    it.each([undefined, 1])('draw what they are told', async (threads) => {
      const [report] = await run({ driver: 'gl', ...(threads === undefined ? {} : { threads }) });
      expectScene(report!);
      expect(report!.driver!.software).toBe(true);
    });

    it('leave no thread and no file behind', async () => {
      const { one, many } = await cycle({ driver: 'gl' });
      expect([many.threads, many.files]).toEqual([one.threads, one.files]);
    });

    it('are refused with the reason without an X server, and to a second thread', async () => {
      expect(await runGl({ driver: 'gl' })).toEqual([{ failed: expect.stringContaining('needs an X server') }]);
      const [first, second] = await run({ driver: 'gl', threads: 2 });
      expectScene(first!);
      expect(second!.failed).toContain('only the first thread');
    });
  });

  describe('that cannot be had say why', () => {
    const reason = async (order: GlOrder, env?: Record<string, string>): Promise<string | undefined> =>
      (await runGl(order, env))[0]!.failed;

    it('for a driver that SDL does not have', async () => {
      expect(await reason({ driver: 'teletype' })).toMatch(/SDL cannot use teletype \(.*not available/);
    });

    it('for an X server that is not there', async () => {
      expect(await reason({ driver: 'x11' }, { DISPLAY: ':9999' })).toMatch(/SDL cannot use x11 \(.+\)/);
    });

    it('without OpenGL ES', async () => {
      expect(await reason({ driver: 'offscreen', gles: 'libGLESv2-absent.so' })).toMatch(
        /^libGLESv2-absent.so cannot be used \(Debian package libgles2\): ./,
      );
    });
  });
});
