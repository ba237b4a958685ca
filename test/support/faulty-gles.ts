/** A libGLESv2.so.2 that misbehaves on purpose: the system's own with some of its functions replaced. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is wrong with it, as C. `constructor` runs when the library is loaded. */
export const FAULTS = {
  hangs: '#include <unistd.h>\n__attribute__((constructor)) static void hang(void) { for (;;) sleep(1); }',
  crashes: '__attribute__((constructor)) static void crash(void) { *(volatile int *)0 = 1; }',
  lies: 'void glReadPixels(int x, int y, int w, int h, unsigned f, unsigned t, void *p) {}',
  /** From the second second of frames on. */
  breaks: `#include <time.h>
static time_t since;
unsigned glGetError(void) { if (since == 0) since = time(0); return time(0) - since > 1 ? 0x0505 : 0; }`,
} as const;

/** Builds it into `folder`, which goes into LD_LIBRARY_PATH. The first program of a process to load GLES gets it. */
export function buildFaultyGles(folder: string, fault: keyof typeof FAULTS): void {
  mkdirSync(folder, { recursive: true });
  const line = execFileSync('ldconfig', ['-p'], { encoding: 'utf8' })
    .split('\n')
    .find((each) => each.includes('libGLESv2.so.2 '));
  if (line === undefined) throw new Error('the system has no libGLESv2.so.2');
  const genuine = readFileSync(realpathSync(line.split(' => ')[1]!.trim()));
  // Under its own name the loader would take the faulty one for it.
  const renamed = join(folder, 'libGLESv9.so.2');
  writeFileSync(
    renamed,
    Buffer.from(genuine.toString('latin1').replaceAll('libGLESv2.so.2', 'libGLESv9.so.2'), 'latin1'),
  );
  const source = join(folder, `${fault}.c`);
  writeFileSync(source, `${FAULTS[fault]}\n`);
  execFileSync('cc', [
    ...['-shared', '-fPIC', '-w', '-o', join(folder, 'libGLESv2.so.2'), source],
    ...['-Wl,-soname,libGLESv2.so.2', '-Wl,--no-as-needed', renamed, `-Wl,-rpath,${folder}`],
  ]);
}
