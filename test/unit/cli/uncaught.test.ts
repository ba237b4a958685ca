/** Whose error it is that nobody caught, by its stack. */
import { ownerOf } from '../../../runtime/cli/uncaught';

const PLUGINS = [
  { id: 'clock', file: '/etc/vitrine/plugins/clock/main.js' },
  { id: 'a', file: '/srv/shared/a.js' },
  { id: 'b', file: '/srv/shared/b.js' },
];
function thrownIn(...files: readonly string[]): Error {
  const error = new Error('at /srv/shared/a.js:1:1');
  error.stack = `Error: x\n${files.map((file) => `    at act (${file}:10:5)`).join('\n')}`;
  return error;
}

it.each<[string, unknown, string | undefined]>([
  ['in the file of a plugin', thrownIn('/srv/shared/a.js', 'node:internal/timers'), 'a'],
  [
    'in a library of a plugin',
    thrownIn('/etc/vitrine/plugins/clock/node_modules/x/i.js', 'node:internal/timers'),
    'clock',
  ],
  ['in a file that two plugins share, called by one', thrownIn('/srv/shared/lib.js', '/srv/shared/b.js'), 'b'],
  ['in a file that two plugins share, called by nobody', thrownIn('/srv/shared/lib.js'), undefined],
  ['in the file of a plugin, called by another one', thrownIn('/srv/shared/a.js', '/srv/shared/b.js'), 'b'],
  ['in the program', thrownIn('/opt/vitrine/dist/runtime/vitrine.js'), undefined],
  ['in a folder whose name begins alike', thrownIn('/srv/shared-too/x.js'), undefined],
  ['that is no error', 'no page', undefined],
  ['without a stack', Object.assign(new Error('x'), { stack: undefined }), undefined],
])('an error %s', (_where, cause, owner) => {
  expect(ownerOf(cause, PLUGINS)).toBe(owner);
});
