import { BACKENDS, betterThan, openFirst } from '../../../runtime/display/chain';
import { openMemoryOutput } from '../../../runtime/display/offscreen';
import type { OutputName, OutputSpec } from '../../../runtime/display/output';
import { socketOf } from '../../../runtime/display/x11';

const surroundings = { env: {}, drivers: [], framebuffers: [] };
const request = { size: { widthPx: 4, heightPx: 3 }, ...surroundings };
const auto = { output: 'auto', renderer: 'auto' } as const;

/** An output that fits and opens, or says why not. */
function spec(name: OutputName, { because, fails }: { because?: string; fails?: string } = {}): OutputSpec {
  return {
    name,
    renderer: 'cpu',
    fits: () => (because === undefined ? { fits: true } : { fits: false, because }),
    open: ({ size }) => {
      if (fails !== undefined) throw new Error(fails);
      return openMemoryOutput(name, size);
    },
  };
}

describe('the chain of outputs', () => {
  it('takes the first that fits and opens, and keeps every attempt with its reason', () => {
    const specs = [
      spec('wayland', { because: 'no compositor' }),
      spec('x11', { fails: 'no entry' }),
      spec('offscreen'),
      spec('null'),
    ];
    const { output, attempts } = openFirst(auto, request, [], specs);
    expect(output).toMatchObject({ name: 'offscreen', widthPx: 4, heightPx: 3 });
    expect(attempts).toEqual([
      { output: 'wayland', renderer: 'cpu', outcome: 'does-not-fit', reason: 'no compositor', ms: expect.any(Number) },
      { output: 'x11', renderer: 'cpu', outcome: 'failed', reason: 'no entry', ms: expect.any(Number) },
      { output: 'offscreen', renderer: 'cpu', outcome: 'ok', reason: 'memory', ms: expect.any(Number) },
    ]);
  });

  it('tries one that was named even where it does not seem to fit, and nothing else', () => {
    const specs = [spec('wayland', { because: 'no compositor', fails: 'really none' }), spec('offscreen')];
    const { output, attempts } = openFirst({ ...auto, output: 'wayland' }, request, [], specs);
    expect(output).toBeUndefined();
    expect(attempts).toMatchObject([{ output: 'wayland', renderer: 'cpu', outcome: 'failed', reason: 'really none' }]);
  });

  it('ends with what needs nothing, and never chooses null by itself', () => {
    expect(openFirst(auto, request).output?.name).toBe('offscreen');
    expect(openFirst({ ...auto, output: 'null' }, request).output).toMatchObject({
      name: 'null',
      widthPx: 1,
      heightPx: 1,
    });
    expect(BACKENDS.map(({ name }) => name).slice(-2)).toEqual(['offscreen', 'null']);
  });

  it('names what would be better than the output in use and is there now', () => {
    const specs = [spec('wayland', { because: 'no compositor' }), spec('x11'), spec('offscreen'), spec('null')];
    const better = (current: OutputName, wanted: OutputName | 'auto'): string[] =>
      betterThan({ output: current, renderer: 'cpu' }, { ...auto, output: wanted }, surroundings, [], specs).map(
        ({ name }) => name,
      );
    expect(better('offscreen', 'auto')).toEqual(['x11']);
    expect(better('x11', 'auto')).toEqual([]);
    expect(better('offscreen', 'x11')).toEqual(['x11']);
    expect(better('offscreen', 'wayland')).toEqual([]);
    expect(better('offscreen', 'offscreen')).toEqual([]);
  });
});

describe('the socket of an X display', () => {
  it('is known of a local one', () => {
    expect([':0', ':12.1', 'unix:3', 'host:0', '', ':x'].map(socketOf)).toEqual([
      '/tmp/.X11-unix/X0',
      '/tmp/.X11-unix/X12',
      '/tmp/.X11-unix/X3',
      undefined,
      undefined,
      undefined,
    ]);
  });
});
