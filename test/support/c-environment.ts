/**
 * The environment of this process as C libraries and child processes have it: outputs of SDL set it for their display, and what a test sets
 * would go on to the programs of the next test file.
 */
import { foreign, library } from '../../runtime/core/foreign';

const NAMES = ['XDG_RUNTIME_DIR', 'WAYLAND_DISPLAY', 'DISPLAY'] as const;

/** Takes it as it is now. Returns what restores that. */
export function keepEnvironment(): () => void {
  const libc = library('libc.so.6');
  const get = foreign<[string], string | null>(libc, 'const char *getenv(const char *name)');
  const set = foreign<[string, string, number], number>(
    libc,
    'int setenv(const char *name, const char *value, int overwrite)',
  );
  const unset = foreign<[string], number>(libc, 'int unsetenv(const char *name)');
  const kept = NAMES.map((name) => [name, get(name)] as const);
  return () => {
    for (const [name, value] of kept) {
      if (value === null) unset(name);
      else set(name, value, 1);
    }
  };
}
