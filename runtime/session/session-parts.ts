/** The media and the sound that the plugins of a session provide, behind their guards. */
import type { ErrorLog } from '../core/error-log';
import type { GuardedPart } from '../core/opened-plugin';
import type { Token } from '../core/token';
import { MEDIA_PROVIDER, type MediaProvider } from '../stage/media';
import { SOUND_DESK, type SoundDesk } from '../stage/sound';
import { guardedProvider, isProvider } from './guarded-media';
import { guardedDesk, isDesk } from './guarded-sound';

export function providersOf(parts: readonly GuardedPart[]): MediaProvider[] {
  return providedBy(parts, MEDIA_PROVIDER, isProvider).map(({ part, value }) => guardedProvider(value, part.guard));
}

/** The first desk; nobody would hear another one. */
export function soundOf(parts: readonly GuardedPart[], errors: ErrorLog): SoundDesk | undefined {
  const [first, ...others] = providedBy(parts, SOUND_DESK, isDesk);
  if (first === undefined) return undefined;
  for (const { part } of others)
    errors.report('VITRINE_E_PLUGIN', part.plugin, `its sound is not used: ${first.part.plugin} plays the sound`);
  return guardedDesk(first.value, first.part.guard);
}

/** What parts provide under a token. One that provides something else under it has failed. */
function providedBy<T>(
  parts: readonly GuardedPart[],
  { key, name }: Token<T>,
  isRight: (value: unknown) => value is T,
): { readonly part: GuardedPart; readonly value: T }[] {
  return parts.flatMap((part) =>
    part.provides.flatMap(({ token, value }) => {
      if (token.key !== key) return [];
      if (isRight(value)) return [{ part, value }];
      part.guard.fail('openSession', `what it provides as ${name} lacks members of it`);
      return [];
    }),
  );
}
