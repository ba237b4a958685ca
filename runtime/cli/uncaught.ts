/** Errors that nobody catches, in a timer or a promise of their own: those of an optional plugin end with the plugin, all others the program. */
import { dirname, sep } from 'node:path';
import { messageOf, VitrineError } from '../core/errors';
import type { PluginHostRuntime } from '../core/host';
import type { Scope } from '../core/scope';

export interface UncaughtParts {
  /** The plugins that do not come with the program, each with its file. */
  readonly plugins: readonly { readonly id: string; readonly file: string }[];
  fail(cause: unknown): void;
}

/** Takes them until the scope ends. Call the result once the plugins are open: errors of theirs wait for that. */
export function takeUncaught(
  { plugins, fail }: UncaughtParts,
  scope: Scope,
): (host: Pick<PluginHostRuntime, 'fail'>) => void {
  let host: Pick<PluginHostRuntime, 'fail'> | undefined;
  const early: unknown[] = [];
  const take = (cause: unknown): void => {
    const id = ownerOf(cause, plugins);
    const because = messageOf(cause);
    if (id !== undefined && host === undefined) early.push(cause);
    else if (id === undefined || !host!.fail(id, 'an error that it did not catch', because, cause))
      fail(cause instanceof VitrineError ? cause : new VitrineError('VITRINE_E_INTERNAL', because, { cause }));
  };
  process.on('uncaughtException', take);
  scope.defer('uncaught errors', () => void process.off('uncaughtException', take));
  return (opened) => {
    host = opened;
    for (const cause of early.splice(0)) take(cause);
  };
}

/**
 * The plugin whose error it is, by its stack: the one whose file called first, else the one in whose folder that is; undefined where that may be
 * several. Pure.
 */
export function ownerOf(cause: unknown, plugins: UncaughtParts['plugins']): string | undefined {
  const stack = cause instanceof Error ? (cause.stack ?? '') : '';
  const outermostFirst = stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .reverse();
  for (const frame of outermostFirst) {
    const owner = plugins.find(({ file }) => frame.includes(`${file}:`));
    if (owner !== undefined) return owner.id;
  }
  const near = plugins.filter(({ file }) => outermostFirst.some((frame) => frame.includes(dirname(file) + sep)));
  return near.length === 1 ? near[0]!.id : undefined;
}
