/** The kernels' WebAssembly module, instantiated over the arena; every composing thread has an instance of its own. */
import { readFileSync } from 'node:fs';
import { builtFile } from '../../core/paths';

export interface Kernels {
  composeRows(plan: number, scratch: number, top: number, bottom: number): void;
  mixRow(below: number, above: number, frame: number, pixels: number, weight: number): void;
}

export function loadKernels(memory: WebAssembly.Memory): Kernels {
  const module = new WebAssembly.Module(readFileSync(builtFile('render', 'cpu', 'kernels.wasm')));
  const abort = (): never => {
    throw new Error('a compositor kernel aborted');
  };
  return new WebAssembly.Instance(module, { env: { memory, abort } }).exports as unknown as Kernels;
}
