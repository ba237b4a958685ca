/** The kernels on a processor without AVX, for which V8 compiles them otherwise. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { distrustsQuickCompiler } from '../../../runtime/render/cpu/kernel-module';

it('are right without AVX', () => {
  const program = join(__dirname, '../../support/no-avx-main.js');
  const { stdout, stderr } = spawnSync(process.execPath, ['--no-enable-avx', '--no-enable-avx2', program], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({ mixed: 0, scaled: 0 });
});

it('know such a processor by its flags', () => {
  expect(distrustsQuickCompiler('x64', () => 'processor : 0\nflags\t\t: fpu sse4_2 popcnt\n')).toBe(true);
  expect(distrustsQuickCompiler('x64', () => 'processor : 0\nflags\t\t: fpu sse4_2 avx xsave\n')).toBe(false);
  expect(distrustsQuickCompiler('arm64', () => 'Features : asimd')).toBe(false);
});
