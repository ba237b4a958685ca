import type { OutputName, OutputSpec, RendererName } from '../../../runtime/display/output';
import { outlook } from '../../../runtime/display/outlook';

const backend = (name: OutputName, renderer: RendererName, because = ''): OutputSpec => ({
  name,
  renderer,
  fits: () => (because === '' ? { fits: true } : { fits: false, because }),
  open: () => {
    throw new Error('nothing is opened for an outlook');
  },
});
const BACKENDS = [
  backend('wayland', 'cpu', 'no compositor'),
  backend('kms', 'gl'),
  backend('kms', 'cpu'),
  backend('offscreen', 'cpu'),
];
const auto = { output: 'auto', renderer: 'auto' } as const;
const gpu = { env: {}, drivers: ['v3d'], framebuffers: [] };

const lines = (...args: Parameters<typeof outlook>): string[] =>
  outlook(...args).map(({ output, renderer, verdict, because }) => `${output}+${renderer} ${verdict}: ${because}`);

describe('the outlook on the chain', () => {
  it('names what would be taken, why those before it are not, and what is never reached', () => {
    const proven = () => ({ usable: true, reason: 'V3D 4.2', software: false });
    expect(lines(auto, gpu, proven, BACKENDS)).toEqual([
      'wayland+cpu passed over: no compositor',
      'kms+gl taken: V3D 4.2',
      'kms+cpu not reached: kms+gl comes before it',
      'offscreen+cpu not reached: kms+gl comes before it',
    ]);
  });

  it('says of a backend that was never tried that it will be, and what follows otherwise', () => {
    expect(lines(auto, gpu, () => undefined, BACKENDS).slice(1, 3)).toEqual([
      'kms+gl tried: never tried with these drivers: the next start tries it first',
      'kms+cpu taken: the first that fits',
    ]);
  });

  it('gives the reason of a failed trial, and that of GL on the CPU', () => {
    const hung = () => ({ usable: false, reason: 'no picture within 3 s', software: false });
    expect(lines(auto, gpu, hung, BACKENDS)[1]).toBe('kms+gl passed over: no picture within 3 s');
    const slow = () => ({ usable: true, reason: 'llvmpipe', software: true });
    expect(lines(auto, gpu, slow, BACKENDS)[1]).toMatch(/^kms\+gl passed over: llvmpipe draws on the CPU/);
    expect(lines({ output: 'kms', renderer: 'gl' }, gpu, slow, BACKENDS)).toEqual(['kms+gl taken: llvmpipe']);
  });

  it('leaves out what the settings do not allow', () => {
    expect(lines({ output: 'kms', renderer: 'cpu' }, gpu, () => undefined, BACKENDS)).toEqual([
      'kms+cpu taken: the first that fits',
    ]);
  });
});
