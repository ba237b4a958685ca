/** Where the status page may be served and under which names it answers. */
import { loopbackAddress, namesLoopback, pageUrl } from '../../../plugins/telemetry/address';

describe('the address of the status page', () => {
  it.each([
    ['127.0.0.1:8640', '127.0.0.1', 8640],
    ['127.8.9.10:0', '127.8.9.10', 0],
    ['localhost:80', '127.0.0.1', 80],
    ['[::1]:8640', '::1', 8640],
  ])('may be %s', (text, host, port) => {
    expect(loopbackAddress(text)).toEqual({ host, port });
  });

  it.each([
    '0.0.0.0:8640',
    '192.168.1.5:8640',
    '[::]:8640',
    '[fe80::1]:8640',
    'kiosk.local:8640',
    '127.0.0.1.example.org:80',
  ])('may not be %s, and it says what to do', (text) => {
    expect(() => loopbackAddress(text)).toThrow(expect.objectContaining({ code: 'VITRINE_E_HTTP' }));
    expect(() => loopbackAddress(text)).toThrow(/SSH tunnel/);
  });

  it('is printed as people type it', () => {
    expect(pageUrl({ host: '127.0.0.1', port: 8640 })).toBe('http://127.0.0.1:8640/');
    expect(pageUrl({ host: '::1', port: 81 })).toBe('http://[::1]:81/');
  });
});

describe('the name in a request', () => {
  it.each(['localhost', 'LOCALHOST:8640', '127.0.0.1:8640', '127.1.2.3', '[::1]', '[::1]:9999'])(
    '%s is ours',
    (host) => {
      expect(namesLoopback(host)).toBe(true);
    },
  );

  it.each([
    undefined,
    '',
    'evil.example',
    'evil.example:8640',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.1:x',
    '::1',
    '[::2]',
  ])('%s is not', (host) => {
    expect(namesLoopback(host)).toBe(false);
  });
});
