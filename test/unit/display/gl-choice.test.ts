/** The choice of a GL backend before anything is opened: by record, by trial, in the order of the chain. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseGl } from '../../../runtime/display/gl-choice';
import { GlRecord, type GlVerdict } from '../../../runtime/display/gl-record';
import type { OutputName, OutputSpec, RendererName } from '../../../runtime/display/output';

const backend = (name: OutputName, renderer: RendererName, fits = true): OutputSpec => ({
  name,
  renderer,
  fits: () => (fits ? { fits } : { fits, because: 'not here' }),
  open: () => {
    throw new Error('nothing is opened while choosing');
  },
});
const BACKENDS = [
  backend('wayland', 'gl', false),
  backend('wayland', 'cpu', false),
  backend('x11', 'gl'),
  backend('x11', 'cpu'),
  backend('kms', 'gl'),
  backend('offscreen', 'cpu'),
];
const auto = { output: 'auto', renderer: 'auto' } as const;
const request = { size: undefined, env: {}, drivers: ['v3d'], framebuffers: [] };
const usable = (reason: string, software = false): GlVerdict => ({ usable: true, reason, software });
const unusable = (reason: string): GlVerdict => ({ usable: false, reason, software: false });

let folder: string;
let record: GlRecord;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vitrine-gl-'));
  record = new GlRecord(join(folder, 'gl.json'), 'k');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function trials(verdicts: Partial<Record<OutputName, GlVerdict>>) {
  const tried: OutputName[] = [];
  return {
    tried,
    run: ({ output }: { output: OutputName }) => {
      tried.push(output);
      return Promise.resolve(verdicts[output]!);
    },
  };
}

it('tries those that fit until one can be trusted, and never again', async () => {
  const { tried, run } = trials({ x11: unusable('it hung'), kms: usable('V3D') });
  const chosen = await chooseGl(auto, request, record, run, BACKENDS);
  expect(chosen).toEqual({ excluded: [{ output: 'x11', renderer: 'gl', reason: 'it hung' }], trusted: 'kms' });
  expect(await chooseGl(auto, request, record, run, BACKENDS)).toEqual(chosen);
  expect(tried).toEqual(['x11', 'kms']);
});

it('passes over GL on the CPU, unless a person asked for it', async () => {
  const { run } = trials({ x11: usable('llvmpipe', true), kms: usable('llvmpipe', true) });
  expect((await chooseGl(auto, request, record, run, BACKENDS)).excluded.map(({ reason }) => reason)).toEqual([
    'llvmpipe draws on the CPU, where the cpu renderer is faster',
    'llvmpipe draws on the CPU, where the cpu renderer is faster',
  ]);
  const named = { output: 'x11', renderer: 'gl' } as const;
  expect(await chooseGl(named, request, record, run, BACKENDS)).toEqual({ excluded: [], trusted: 'x11' });
});

it('tries nothing where no driver draws, or the CPU is to compose', async () => {
  const { tried, run } = trials({});
  for (const [wanted, drivers] of [
    [auto, []],
    [auto, ['bochs-drm', 'simpledrm']],
    [{ output: 'auto', renderer: 'cpu' }, ['v3d']],
    [{ output: 'offscreen', renderer: 'auto' }, ['v3d']],
  ] as const) {
    expect(await chooseGl(wanted, { ...request, drivers }, record, run, BACKENDS)).toEqual({
      excluded: [],
      trusted: undefined,
    });
  }
  expect(tried).toEqual([]);
});
