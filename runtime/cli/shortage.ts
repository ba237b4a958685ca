/** Failures that come of a limit of the system and are told as something else: which limit it is, and what to do. */
import { readFileSync } from 'node:fs';

/** A run has some 50 open, more with clips. Below, programs and libraries fail to load without saying why. */
const FEWEST_DESCRIPTORS = 128;

/** There is no descriptor left to read the limit with. */
const TOO_FEW = 'so many';

type Limit = 'Max open files' | 'Max processes' | 'Max address space';

/** Words about the limit that a failure comes of; undefined where it comes of none. */
export function shortageOf(cause: unknown, limitOf: (limit: Limit) => string = softLimit): string | undefined {
  const text = wordsOf(cause);
  const descriptors = limitOf('Max open files');
  if (/\bEMFILE\b/.test(text) || (isFew(descriptors) && LOADING.test(text)))
    return `the program may have only ${descriptors} files open; allow 1024 (ulimit -n, LimitNOFILE= of a service)`;
  if (/\bENFILE\b/.test(text))
    return 'the system has as many files open as it may; close programs, or raise fs.file-max (sysctl)';
  if (/\bEAGAIN\b/.test(text))
    return `no thread or process can be started; ${limitOf('Max processes')} may run for this user: allow more (ulimit -u, LimitNPROC= and TasksMax= of a service)`;
  if (/\bENOMEM\b|WebAssembly\.Memory\(\)/.test(text))
    return `the system gives no more memory; addresses are limited to ${limitOf('Max address space')} bytes, of which the program reserves 4 GiB before it uses them: lift the limit (ulimit -v unlimited, LimitAS= of a service), or close programs`;
  return undefined;
}

const isFew = (descriptors: string): boolean => descriptors === TOO_FEW || Number(descriptors) < FEWEST_DESCRIPTORS;

/** A module that is there and cannot be opened. */
const LOADING = /\b(?:MODULE_NOT_FOUND|ERR_DLOPEN_FAILED)\b|Could not load the "sharp" module/;

/** Codes and messages of an error and of what caused it. */
function wordsOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const { code, message, cause: before } = cause as NodeJS.ErrnoException;
  return [code ?? '', message, before === undefined ? '' : wordsOf(before)].join(' ');
}

/** `1024` or `unlimited`; `?` where the system does not say. */
function softLimit(limit: Limit): string {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    return new RegExp(`^${limit} +(\\S+)`, 'm').exec(limits)?.[1] ?? '?';
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EMFILE' ? TOO_FEW : '?';
  }
}
