/** Where the control socket is looked for. */
import { callerSocketPaths, instanceSocketPath } from '../../../runtime/control/socket-path';

describe('the control socket', () => {
  it.each([
    ['of a service started as root', 0, {}, '/run/vitrine/control.sock'],
    ['of a service with a user of its own', 900, { RUNTIME_DIRECTORY: '/run/vitrine' }, '/run/vitrine/control.sock'],
    ['of root logged in', 0, { XDG_RUNTIME_DIR: '/run/user/0' }, '/run/user/0/vitrine/control.sock'],
    ['of a person logged in', 1000, { XDG_RUNTIME_DIR: '/run/user/1000' }, '/run/user/1000/vitrine/control.sock'],
    ['of a person without a session', 1000, {}, '/tmp/vitrine-1000/control.sock'],
    ['where the session folder is empty', 1000, { XDG_RUNTIME_DIR: '' }, '/tmp/vitrine-1000/control.sock'],
  ])('%s has its place', (_who, uid, env, path) => {
    expect(instanceSocketPath({ setting: 'auto', env, uid })).toBe(path);
  });

  it('is where the configuration says', () => {
    const place = { setting: '/srv/show.sock', env: { XDG_RUNTIME_DIR: '/run/user/1' }, uid: 1 };
    expect(instanceSocketPath(place)).toBe('/srv/show.sock');
    expect(callerSocketPaths(place)).toEqual(['/srv/show.sock']);
  });

  it('is looked for at the own place first and then at the service', () => {
    const env = { XDG_RUNTIME_DIR: '/run/user/1000' };
    const paths = callerSocketPaths({ setting: 'auto', env, uid: 1000 });
    expect(paths).toEqual(['/run/user/1000/vitrine/control.sock', '/run/vitrine/control.sock']);
    expect(callerSocketPaths({ setting: 'auto', env: {}, uid: 0 })).toEqual([
      '/run/vitrine/control.sock',
      '/run/user/0/vitrine/control.sock',
    ]);
    expect(callerSocketPaths({ setting: 'auto', env: {}, uid: 1000 })).toEqual([
      '/tmp/vitrine-1000/control.sock',
      '/run/user/1000/vitrine/control.sock',
      '/run/vitrine/control.sock',
    ]);
  });
});
