/**
 * The GL trial: opens a GL backend in a process of its own, draws, reads back. A driver that hangs, crashes or lies takes that
 * process with it and not the show.
 */
import { builtFile } from '../core/paths';
import { spawnMortal } from '../core/mortal-child';
import type { GlVerdict } from './gl-record';
import type { OutputName, OutputRequest } from './output';

/** What the trial's process is told and answers with, as JSON on its standard input and output. */
export interface TrialOrder {
  readonly output: OutputName;
  readonly request: OutputRequest;
}

/**
 * A first context on a small board takes up to 1.5 s with a cold disk (shader compiler and driver are some 60 MB to read); with
 * this limit the next backend's picture is up within 5 s.
 */
const TRIAL_LIMIT_MS = 3000;

/** Resolves with what was found; never rejects. The child is gone when it does. */
export function tryGl(order: TrialOrder, limitMs = TRIAL_LIMIT_MS): Promise<GlVerdict> {
  return new Promise((resolve) => {
    const child = spawnMortal(process.execPath, [builtFile('display', 'gl-trial-main.js')], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: process.env,
    });
    let said = '';
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, limitMs);
    const unusable = (reason: string): GlVerdict => ({ usable: false, reason, software: false });
    child.once('error', (cause) => {
      clearTimeout(timer);
      resolve(unusable(`its trial could not be started (${cause.message})`));
    });
    child.stdout?.on('data', (text: Buffer) => (said += text.toString()));
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (late) resolve({ ...unusable(`no picture within ${limitMs / 1000} s`), slow: true });
      else if (signal !== null) resolve(unusable(`the driver crashed (${signal})`));
      else resolve(verdictOf(said) ?? unusable(`the trial ended with ${String(code)} and said nothing`));
    });
    child.stdin?.on('error', () => {}); // It died before it listened: `close` tells.
    child.stdin?.end(JSON.stringify(order));
  });
}

function verdictOf(said: string): GlVerdict | undefined {
  // Drivers write to standard output too: the answer is the last line.
  const line = said.trim().split('\n').at(-1) ?? '';
  try {
    const { usable, reason, software } = JSON.parse(line) as Partial<GlVerdict>;
    if (typeof usable === 'boolean' && typeof reason === 'string')
      return { usable, reason, software: software === true };
  } catch {
    // Not an answer.
  }
  return undefined;
}
