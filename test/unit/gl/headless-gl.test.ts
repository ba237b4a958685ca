import type { Gl } from '../../../runtime/gl/gl';
import { openHeadlessGl, type CreateHeadlessGl } from '../../../runtime/gl/headless-gl';

/** A package whose context reads back this colour. */
function painting(colour: readonly number[], { error = 0, destroyed = () => {} } = {}): CreateHeadlessGl {
  const gl = {
    clear: () => {},
    clearColor: () => {},
    finish: () => {},
    getError: () => error,
    getExtension: () => ({ destroy: destroyed }),
    getParameter: () => 'the package itself',
    readPixels: (...call: Parameters<Gl['readPixels']>) => call[6].set(colour),
  };
  return () => gl as unknown as ReturnType<CreateHeadlessGl>;
}

describe('a context of the package gl', () => {
  it('names the command that builds the package where it is missing or not built', () => {
    for (const reason of ["Cannot find module 'gl'\nRequire stack: …", 'Could not locate the bindings file. Tried: …'])
      expect(() =>
        openHeadlessGl(8, 8, () => {
          throw new Error(reason);
        }),
      ).toThrow(/run npm run setup:gl \(C[^\n]+\)$/);
  });

  it('is not handed out, and is given back, when its first draw fails', () => {
    const destroyed = jest.fn();
    expect(() => openHeadlessGl(8, 8, () => painting([0, 0, 0, 0], { destroyed }))).toThrow('instead of 51 102 204');
    expect(() => openHeadlessGl(8, 8, () => painting([51, 102, 204, 255], { error: 0x505, destroyed }))).toThrow(
      'GL error 0x505',
    );
    expect(destroyed).toHaveBeenCalledTimes(2);
  });

  it('shows nothing but finishes what was drawn, and is given back once closed', () => {
    const destroyed = jest.fn();
    const context = openHeadlessGl(8, 6, () => painting([51, 103, 204, 255], { destroyed }));
    expect(context).toMatchObject({ widthPx: 8, heightPx: 6, driver: { renderer: 'the package itself' } });
    expect(context.swap()).toBe(true);
    context.close();
    expect(destroyed).toHaveBeenCalledTimes(1);
  });
});
