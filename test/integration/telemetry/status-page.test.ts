/** The status page over real HTTP, on a stage that only says it moves. */
import 'reflect-metadata';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { Script } from 'node:vm';
import sharp from 'sharp';
import { container } from 'tsyringe';
import { telemetry } from '../../../plugins/telemetry/plugin';
import { MOST_VIEWERS } from '../../../plugins/telemetry/preview';
import { systemClock } from '../../../runtime/core/clock';
import { createErrorLog, type ErrorLog } from '../../../runtime/core/error-log';
import { openLedger } from '../../../runtime/core/ledger';
import { silentLog, type Log } from '../../../runtime/core/log';
import { openScope, openScopes, type Scope } from '../../../runtime/core/scope';
import type { CapturedPicture, StageView } from '../../../runtime/stage/view';
import { until } from '../../support/until';

const WIDTH_PX = 1280;
const HEIGHT_PX = 720;

/** A stage of one colour; `show` moves it on. */
class FakeStage implements StageView {
  private frames = 0;
  looks = 0;
  captures = 0;
  red = 0;
  displayOn = true;
  begin = (): void => {};
  readonly firstFrame = new Promise<void>((resolve) => (this.begin = resolve));

  get framesPresented(): number {
    this.looks += 1;
    return this.frames;
  }

  show(red: number): void {
    this.red = red;
    this.frames += 1;
  }

  async capture(): Promise<CapturedPicture> {
    this.captures += 1;
    const pixels = new Uint8Array(WIDTH_PX * HEIGHT_PX * 4).fill(255);
    const red = this.displayOn ? this.red : 0;
    for (let at = 0; at < pixels.length; at += 4) pixels.set([red, 0, 0], at);
    return { pixels, widthPx: WIDTH_PX, heightPx: HEIGHT_PX, channels: 4 };
  }

  status(): unknown {
    return { state: 'playing', report: { frames: { presented: this.frames } } };
  }

  sound: unknown;
  cache(): unknown {
    return this.sound;
  }
}

let scope: Scope;
let stage: FakeStage;
let errors: ErrorLog;
let url: Promise<string>;
let log: Log;

beforeEach(() => {
  scope = openScope('telemetry');
  stage = new FakeStage();
  errors = createErrorLog(() => {});
  url = new Promise((resolve) => {
    log = { ...silentLog, info: (_message, fields) => resolve(String(fields?.['url'])) };
  });
});

afterEach(async () => {
  const report = await scope.close(3000);
  expect(report.faults).toEqual([]);
  expect(openScopes()).toEqual([]);
  // Nothing listens any more; a handle is gone some turns of the loop after its close.
  await until(() => !process.getActiveResourcesInfo().includes('TCPServerWrap'));
});

function openPlugin(http: string) {
  return telemetry.open({
    container: container.createChildContainer(),
    options: { http },
    services: { view: stage },
    scope,
    log,
    clock: systemClock,
    memory: openLedger(0),
    errors,
  });
}

async function openPage(): Promise<string> {
  await openPlugin('127.0.0.1:0');
  stage.begin();
  return url;
}

async function request(address: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const [response] = (await once(get(address, { headers, agent: false }), 'response')) as [IncomingMessage];
  return response;
}

async function bodyOf(response: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

/** Opens the live picture; `next` gives the pictures as they come. */
async function viewer(page: string) {
  const response = await request(`${page}preview.mjpeg`);
  let held = Buffer.alloc(0);
  response.on('data', (piece: Buffer) => (held = Buffer.concat([held, piece])));
  response.on('error', () => {});
  return {
    response,
    async next(): Promise<Buffer> {
      for (;;) {
        const head = /Content-Type: image\/jpeg\r\nContent-Length: (\d+)\r\n\r\n/.exec(held.toString('latin1'));
        if (head !== null) {
          const from = head.index + head[0].length;
          const until = from + Number(head[1]);
          // The boundary after the picture, without which a browser would not show it yet.
          if (held.subarray(until).includes('\r\n--vitrine-picture\r\n')) {
            const jpeg = held.subarray(from, until);
            held = held.subarray(until);
            return jpeg;
          }
        }
        await once(response, 'data');
      }
    },
  };
}

async function redOf(picture: Buffer): Promise<number> {
  const { channels } = await sharp(picture).stats();
  return channels[0]!.mean;
}

describe('the status page', () => {
  it('waits for the first picture and then says where it is', async () => {
    await openPlugin('127.0.0.1:0');
    const early = await Promise.race([url, new Promise((resolve) => setImmediate(() => resolve('nothing yet')))]);
    expect(early).toBe('nothing yet');
    stage.begin();
    expect(await url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*\/$/);
  });

  it('serves the page and what it needs, and keeps others from using it', async () => {
    const page = await openPage();
    const response = await request(page);
    expect(response.headers['content-security-policy']).toMatch(/default-src 'none'/);
    expect(response.headers['cross-origin-resource-policy']).toBe('same-origin');
    const html = (await bodyOf(response)).toString();
    const named = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path!);
    expect(named.sort()).toEqual(['/api/status', '/preview.mjpeg', '/screenshot.png', '/script.js', '/style.css']);
    for (const path of ['style.css', 'script.js', 'api/status']) {
      const part = await request(`${page}${path}`);
      expect(part.statusCode).toBe(200);
      await bodyOf(part);
    }
    const script = (await bodyOf(await request(`${page}script.js`))).toString();
    expect(() => new Script(script)).not.toThrow();
  });

  it('tells the status', async () => {
    const page = await openPage();
    stage.show(10);
    const status = JSON.parse((await bodyOf(await request(`${page}api/status`))).toString());
    expect(status).toEqual({ state: 'playing', report: { frames: { presented: 1 } } });
  });

  it('gives a screenshot in full size, taken once however many ask', async () => {
    const page = await openPage();
    stage.show(200);
    const shots = await Promise.all(
      Array.from({ length: 4 }, async () => bodyOf(await request(`${page}screenshot.png`))),
    );
    for (const shot of shots) {
      expect(await sharp(shot).metadata()).toMatchObject({
        format: 'png',
        width: WIDTH_PX,
        height: HEIGHT_PX,
        channels: 3,
      });
    }
    expect(stage.captures).toBeLessThan(4);
  });

  it('answers to no other name and to no other site', async () => {
    const page = await openPage();
    const refused: Record<string, string>[] = [
      { host: 'evil.example' },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
    ];
    for (const headers of refused) {
      for (const path of ['', 'api/status', 'preview.mjpeg', 'screenshot.png']) {
        const response = await request(`${page}${path}`, headers);
        expect(response.statusCode).toBe(403);
        await bodyOf(response);
      }
    }
    expect(stage.captures).toBe(0);
    const linked = await request(page, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' });
    expect(linked.statusCode).toBe(200);
    await bodyOf(linked);
  });
});

describe('the live picture', () => {
  it('comes at once, small, and again whenever the stage has moved', async () => {
    const page = await openPage();
    stage.show(250);
    const { next } = await viewer(page);
    const first = await next();
    expect(await sharp(first).metadata()).toMatchObject({ format: 'jpeg', width: 960, height: 540 });
    expect(await redOf(first)).toBeGreaterThan(240);
    stage.show(20);
    expect(await redOf(await next())).toBeLessThan(40);
  });

  it('turns black when the display is switched off, and lit again with it, though no frame is shown', async () => {
    const page = await openPage();
    stage.show(250);
    const { next } = await viewer(page);
    expect(await redOf(await next())).toBeGreaterThan(240);
    stage.displayOn = false;
    expect(await redOf(await next())).toBeLessThan(5);
    stage.displayOn = true;
    expect(await redOf(await next())).toBeGreaterThan(240);
  });

  it('is taken once for all who watch, and not at all while nothing moves', async () => {
    const page = await openPage();
    stage.show(1);
    const viewers = [await viewer(page), await viewer(page), await viewer(page)];
    for (const { next } of viewers) await next();
    const { looks } = stage;
    await until(() => stage.looks >= looks + 3);
    expect(stage.captures).toBe(1);
  });

  it('costs nothing once nobody watches', async () => {
    const page = await openPage();
    stage.show(1);
    const { response, next } = await viewer(page);
    await next();
    response.destroy();
    const someLooks = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 500));
    await someLooks();
    const { looks } = stage;
    stage.show(2);
    await someLooks();
    expect(stage.looks).toBe(looks);
    expect(stage.captures).toBe(1);
    await (await viewer(page)).next();
    expect(stage.captures).toBe(2);
  });

  it('is refused to more than its limit until somebody leaves', async () => {
    const page = await openPage();
    stage.show(1);
    const viewers = [];
    for (let count = 0; count < MOST_VIEWERS; count += 1) viewers.push(await viewer(page));
    const refused = await request(`${page}preview.mjpeg`);
    expect(refused.statusCode).toBe(503);
    await bodyOf(refused);
    viewers[0]!.response.destroy();
    for (;;) {
      const again = await request(`${page}preview.mjpeg`);
      if (again.statusCode === 200) break;
      await bodyOf(again);
    }
  });

  it('comes back after a picture could not be taken', async () => {
    const page = await openPage();
    stage.show(1);
    const take = stage.capture.bind(stage);
    let failures = 0;
    stage.capture = () => {
      failures += 1;
      return failures < 3 ? Promise.reject(new Error('the render thread is busy')) : take();
    };
    await (await viewer(page)).next();
    expect(failures).toBe(3);
  });

  it('skips what a slow viewer does not take and gives it the newest later', async () => {
    const page = await openPage();
    stage.show(1);
    const { response, next } = await viewer(page);
    await next();
    response.pause();
    stage.show(100);
    stage.show(250);
    response.resume();
    const last = await next();
    expect(await redOf(last)).toBeGreaterThan(240);
  });
});

describe('an address that cannot be had', () => {
  it('is reported and leaves the show alone', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await openPlugin(`127.0.0.1:${port}`);
    stage.begin();
    await until(() => errors.list().length > 0);
    expect(errors.list()).toMatchObject([{ code: 'VITRINE_E_HTTP', plugin: 'telemetry' }]);
    expect(errors.list()[0]!.message).toContain(`port ${port} is taken`);
    await new Promise((resolve) => other.close(resolve));
  });

  it('beyond this machine is refused when the plugin opens', async () => {
    await expect(openPlugin('0.0.0.0:8640')).rejects.toMatchObject({ code: 'VITRINE_E_HTTP' });
  });

  it('is not looked for when the page is off', async () => {
    await openPlugin('off');
    stage.begin();
    const outcome = await Promise.race([url, new Promise((resolve) => setTimeout(() => resolve('no page'), 50))]);
    expect(outcome).toBe('no page');
  });
});

describe('the end', () => {
  it('before the first picture leaves nothing open', async () => {
    await openPlugin('127.0.0.1:0');
    await scope.close(1000);
    stage.begin();
    const outcome = await Promise.race([url, new Promise((resolve) => setTimeout(() => resolve('no page'), 50))]);
    expect(outcome).toBe('no page');
    expect(errors.list()).toEqual([]);
  });

  it('while the page opens is no error', async () => {
    await openPlugin('127.0.0.1:0');
    stage.begin();
    await Promise.resolve();
    await Promise.resolve();
    const report = await scope.close(1000);
    expect(report.faults).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(errors.list()).toEqual([]);
  });

  it('takes viewers with it', async () => {
    const page = await openPage();
    stage.show(1);
    const { response, next } = await viewer(page);
    await next();
    const gone = new Promise((resolve) => response.on('close', resolve));
    await scope.close(1000);
    await gone;
    await expect(request(page)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
