/** The status page stays open to whoever asks, whatever connections others hold. */
import { once } from 'node:events';
import { get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { openStatusServer } from '../../../plugins/telemetry/status-server';
import { silentLog } from '../../../runtime/core/log';
import { openScope, type Scope } from '../../../runtime/core/scope';
import type { StageView } from '../../../runtime/stage/view';
import { until } from '../../support/until';

/** More than the page allows. */
const MANY = 100;

const view: StageView = {
  firstFrame: Promise.resolve(),
  framesPresented: 0,
  displayOn: true,
  capture: async () => ({ pixels: new Uint8Array(64 * 36 * 4), widthPx: 64, heightPx: 36, channels: 4 }),
  status: () => ({ state: 'playing' }),
  cache: () => undefined,
};

let scope: Scope;
let url: URL;
const held: Socket[] = [];

beforeEach(async () => {
  scope = openScope('page');
  const address = { host: '127.0.0.1', port: 0 };
  url = new URL(await openStatusServer({ address, view, scope, log: silentLog }));
});

afterEach(async () => {
  for (const socket of held.splice(0)) socket.destroy();
  await scope.close(3000);
});

async function hold(said: string, answered = false): Promise<Socket> {
  const socket = connect(Number(url.port), url.hostname);
  held.push(socket);
  socket.on('error', () => {});
  await once(socket, 'connect');
  if (said !== '') socket.write(said);
  if (answered) await once(socket, 'data');
  return socket;
}

const statusOf = (path: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    get(new URL(path, url), { agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).once('error', reject);
  });

const REQUEST = 'GET /api/status HTTP/1.1\r\nHost: localhost\r\n\r\n';

describe.each([
  ['that say nothing', '', false],
  ['that never end their request', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ', false],
  ['that were answered and stay', REQUEST, true],
])('connections %s', (_, said, answered) => {
  it('keep nobody out, and no viewer away', async () => {
    const viewer = await hold('GET /preview.mjpeg HTTP/1.1\r\nHost: localhost\r\n\r\n', true);
    for (let at = 0; at < MANY; at += 1) await hold(said, answered);
    for (let at = 0; at < 5; at += 1) expect(await statusOf('/')).toBe(200);
    expect(viewer.closed).toBe(false);
    // The others hear of their end a moment later.
    await until(() => held.filter(({ closed }) => !closed).length <= 64);
  });
});

it('are closed where they say nothing for 10 s', async () => {
  const startMs = performance.now();
  const [silent, slow] = [await hold(''), await hold('GET / HTTP/1.1\r\n')];
  for (const socket of [silent, slow]) socket.resume();
  await until(() => silent.closed && slow.closed);
  // Node by itself closes them after 30 to 40 s.
  expect(performance.now() - startMs).toBeLessThan(25_000);
});
