/** The status page over HTTP: its routes, and who is let in. Nothing here changes the device. */
import type { AddressInfo } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { messageOf, VitrineError } from '../../runtime/core/errors';
import type { Log } from '../../runtime/core/log';
import type { Scope } from '../../runtime/core/scope';
import type { StageView } from '../../runtime/stage/view';
import { namesLoopback, pageUrl, type ListenAddress } from './address';
import { boundConnections } from './connection-bound';
import { screenshotPng } from './encode';
import { PAGE_HTML } from './page/html';
import { PAGE_SCRIPT } from './page/script';
import { PAGE_STYLE } from './page/style';
import { MOST_VIEWERS, Preview } from './preview';

/** Ten viewers, their pages' own connections (browsers keep up to six) and some scripts. */
const MOST_CONNECTIONS = 64;

/** A request of ours is a line and some headers; one that takes longer is not meant seriously. */
const REQUEST_LIMIT_MS = 10_000;
/** Node looks every 30 s for requests that take longer. */
const CHECK_MS = 1000;

const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

export interface StatusServerOptions {
  readonly address: ListenAddress;
  readonly view: StageView;
  readonly scope: Scope;
  readonly log: Log;
}

/** Opens the page and resolves to its address. Rejects with VITRINE_E_HTTP. It ends with the scope, viewers included. */
export async function openStatusServer({ address, view, scope, log }: StatusServerOptions): Promise<string> {
  // 100 ms of main thread (measured), which is why it is loaded here and not with the plugin.
  const { fastify } = require('fastify') as typeof import('fastify');
  const preview = new Preview(view, log);
  const app = fastify({
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    requestTimeout: REQUEST_LIMIT_MS,
    http: { connectionsCheckingInterval: CHECK_MS },
  });
  let opening: Promise<unknown> = Promise.resolve();
  scope.defer('status page', async () => {
    preview.close();
    // Closed while it opens, fastify would go on to listen.
    await opening.catch(() => {});
    await app.close();
  });
  boundConnections(app.server, MOST_CONNECTIONS);
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers(HEADERS);
    const because = refusalOf(request);
    if (because !== undefined) await reply.code(403).send({ error: because });
  });
  addPage(app);
  addPictures(app, view, preview);
  app.get('/api/status', async () => view.status());
  app.get('/api/cache', async (_request, reply) => {
    const cache = view.cache();
    return cache === undefined ? reply.code(404).send({ error: 'no sound is played' }) : cache;
  });
  try {
    opening = app.listen(address);
    await opening;
  } catch (cause) {
    scope.check();
    throw listenError(address, cause);
  }
  scope.check();
  const { port } = app.server.address() as AddressInfo;
  return pageUrl({ host: address.host, port });
}

/** Why a request is not answered; undefined where it is. */
function refusalOf({ headers }: FastifyRequest): string | undefined {
  if (!namesLoopback(headers.host)) return 'this page answers under the name localhost or 127.0.0.1 only';
  const embedded = headers['sec-fetch-site'] === 'cross-site' && headers['sec-fetch-mode'] !== 'navigate';
  return embedded ? 'this page is not for other sites to use' : undefined;
}

function addPage(app: FastifyInstance): void {
  const text = (path: string, type: string, body: string): void => {
    app.get(path, async (_request, reply) => reply.type(`${type}; charset=utf-8`).send(body));
  };
  text('/', 'text/html', PAGE_HTML);
  text('/style.css', 'text/css', PAGE_STYLE);
  text('/script.js', 'text/javascript', PAGE_SCRIPT);
}

function addPictures(app: FastifyInstance, view: StageView, preview: Preview): void {
  app.get('/preview.mjpeg', (_request, reply) => {
    if (preview.viewerCount >= MOST_VIEWERS) {
      void reply
        .code(503)
        .header('retry-after', '10')
        .send({ error: 'enough are watching already; close one of them' });
      return;
    }
    void reply.hijack();
    preview.add(reply.raw);
  });
  // However many ask at once, one picture is taken.
  let underway: Promise<Buffer> | undefined;
  const takeScreenshot = async (): Promise<Buffer> => {
    try {
      return await screenshotPng(await view.capture());
    } finally {
      underway = undefined;
    }
  };
  app.get('/screenshot.png', async (_request, reply) => {
    underway ??= takeScreenshot();
    return reply.type('image/png').send(await underway);
  });
}

function listenError({ host, port }: ListenAddress, cause: unknown): VitrineError {
  const taken = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE';
  const message = taken
    ? `port ${port} is taken, so there is no status page; set telemetry.http to another port or to off`
    : `the status page cannot be served at ${host}:${port} (${messageOf(cause)})`;
  return new VitrineError('VITRINE_E_HTTP', message, { plugin: 'telemetry', cause });
}
