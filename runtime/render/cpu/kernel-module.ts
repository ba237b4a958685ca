/** The kernels' WebAssembly module, instantiated over the arena; every composing thread has an instance of its own. */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { builtFile } from '../../core/paths';

export interface Kernels {
  composeRows(plan: number, scratch: number, top: number, bottom: number): void;
  /**
   * Lines of a video as BGRX, one behind the other. `layer`: address of an entry of the plan with its source and what is of video only;
   * `scratch`: of `VIDEO_SCRATCH_BYTES`.
   */
  videoRows(layer: number, scratch: number, out: number, top: number, bottom: number): void;
  mixRow(below: number, above: number, frame: number, pixels: number, weight: number): void;
}

/**
 * Whether V8's quick compiler makes wrong code of our kernels: that of Node 20 does for 128-bit vectors on processors without AVX, as
 * Celerons and Atoms up to 2021 are. Its other compiler does not. (Seen with `node --no-enable-avx`; a test holds it.)
 */
export function distrustsQuickCompiler(arch: string, cpuinfo: () => string): boolean {
  return arch === 'x64' && !/^flags\s*:.*\bavx\b/m.test(cpuinfo());
}

const hasNoAvx = (): boolean => {
  try {
    return distrustsQuickCompiler(process.arch, () => readFileSync('/proc/cpuinfo', 'utf8'));
  } catch {
    // Slower to start, and right.
    return true;
  }
};

/** A Node told not to use AVX makes the same wrong code on a processor that has it. */
const isToldNotToUseAvx = (): boolean => process.execArgv.includes('--no-enable-avx');

export function loadKernels(memory: WebAssembly.Memory): Kernels {
  if (hasNoAvx() || isToldNotToUseAvx()) setFlagsFromString('--no-liftoff');
  const module = new WebAssembly.Module(readFileSync(builtFile('render', 'cpu', 'kernels.wasm')));
  const abort = (): never => {
    throw new Error('a compositor kernel aborted');
  };
  return new WebAssembly.Instance(module, { env: { memory, abort } }).exports as unknown as Kernels;
}
