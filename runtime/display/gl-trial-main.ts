/** The process of a GL trial: one backend opened, one frame drawn, shown and read back. */
import { readFileSync } from 'node:fs';
import { messageOf } from '../core/errors';
import { GL, type GlContext } from '../gl/gl';
import { openFirst } from './chain';
import type { GlVerdict } from './gl-record';
import type { TrialOrder } from './gl-trial';

/** Shows one frame. That the context draws, its opening has proven. Throws with what is wrong. */
function show({ gl, swap }: Pick<GlContext, 'gl' | 'swap'>): void {
  gl.clearColor(0, 0, 0, 1);
  gl.clear(GL.COLOR_BUFFER_BIT);
  if (!swap()) throw new Error('the first frame could not be shown');
  const error = gl.getError();
  if (error !== GL.NO_ERROR) throw new Error(`it reports GL error 0x${error.toString(16)} after the first frame`);
}

function judge({ output: name, request }: TrialOrder): GlVerdict {
  const { output, attempts } = openFirst({ output: name, renderer: 'gl' }, request);
  if (output?.context === undefined)
    return { usable: false, reason: attempts.at(-1)?.reason ?? 'there is no such backend', software: false };
  const { context } = output;
  try {
    show({ gl: context.gl, swap: () => context.swap() });
    return { usable: true, reason: context.driver.renderer, software: context.driver.software };
  } catch (cause) {
    return { usable: false, reason: messageOf(cause), software: context.driver.software };
  } finally {
    output.close();
  }
}

const order = JSON.parse(readFileSync(0, 'utf8')) as TrialOrder;
process.stdout.write(`\n${JSON.stringify(judge(order))}\n`);
