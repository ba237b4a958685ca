/** Folders that come to hold more than a show may have, while it plays. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../runtime/core/clock';
import { createErrorLog } from '../../../runtime/core/error-log';
import { issuesError } from '../../../runtime/core/errors';
import { silentLog } from '../../../runtime/core/log';
import { openScope } from '../../../runtime/core/scope';
import { Library } from '../../../runtime/library/library';
import { Quarantine } from '../../../runtime/library/quarantine';
import { until } from '../../support/until';

it('leave the files as they are and are told once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-library-'));
  const scope = openScope('test');
  const told: string[] = [];
  let looks = 0;
  const library = await Library.open(
    {
      folder,
      globs: new Map([['all', ['*']]]),
      owner: { plugin: 'test', noun: 'picture' },
      files: {
        resolve: async () => {
          looks += 1;
          if (looks > 1) throw issuesError('VITRINE_E_SHOW', [{ message: 'there are too many files' }]);
          return { files: [join(folder, '1.jpg')], folders: [folder], warnings: [] };
        },
      },
      quarantine: new Quarantine(systemClock),
      errors: createErrorLog(({ message }) => told.push(message)),
      log: silentLog,
      watch: true,
      onChange: () => {},
    },
    scope,
  );
  // On a busy machine it looks by itself but rarely.
  for (const enough of [2, 3]) {
    writeFileSync(join(folder, `${enough}.jpg`), '');
    await until(() => looks >= enough);
  }
  expect(library.files('all')).toEqual([join(folder, '1.jpg')]);
  await scope.close(1000);
  rmSync(folder, { recursive: true });
  expect(told).toEqual([expect.stringContaining('there are too many files')]);
});
