/** A process that opens GL contexts as it is told, and says what came of them: GL keeps state that only ends with its process. */
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { openSdlContext, type SdlContextRequest } from '../../runtime/display/sdl-context';
import type { GlContext } from '../../runtime/gl/gl';
import { openHeadlessGl } from '../../runtime/gl/headless-gl';
import type { GlOrder, GlReport } from './gl-child';
import { drawScene, SCENE_SIZE, wrongPixels } from './gl-scene';
import { holdings, settledHoldings } from './leftovers';

function open(order: GlOrder): GlContext & { readonly refreshHz?: number } {
  if (order.driver === 'gl') return openHeadlessGl(SCENE_SIZE.widthPx, SCENE_SIZE.heightPx);
  return openSdlContext({
    driver: order.driver as SdlContextRequest['driver'],
    size: order.wholeScreen ? undefined : SCENE_SIZE,
    env: process.env,
    vsync: false,
    ...(order.gles === undefined ? {} : { gles: order.gles }),
  });
}

/** Opens, draws, shows and closes one. Between showing and closing, `shown` is waited for. */
async function draw(order: GlOrder, shown: () => Promise<void>): Promise<GlReport> {
  const context = open(order);
  try {
    const { pixels, ...scene } = drawScene(context.gl);
    const wrong = wrongPixels((x, y) => {
      const at = (y * SCENE_SIZE.widthPx + x) * 4;
      return [pixels[at]!, pixels[at + 1]!, pixels[at + 2]!];
    });
    const swapped = context.swap();
    await shown();
    const { widthPx, heightPx, refreshHz, driver } = context;
    return { ...scene, wrong, swapped, widthPx, heightPx, refreshHz, driver };
  } finally {
    context.close();
  }
}

/** What is held before the first context, after it, and after many more; all of them are closed then. */
async function cycle(order: GlOrder, rounds: number): Promise<NonNullable<GlReport['held']>> {
  const none = holdings();
  open(order).close();
  const one = await settledHoldings(none, 20);
  for (let round = 1; round < rounds; round += 1) open(order).close();
  return { none, one, many: await settledHoldings(one) };
}

async function obey(order: GlOrder): Promise<GlReport> {
  try {
    if (order.rounds !== undefined) return { held: await cycle(order, order.rounds) };
    return await draw(order, async () => {
      if (!order.hold) return;
      process.stdout.write('\nshown\n');
      await (parentPort === null ? once(process.stdin, 'data') : once(parentPort, 'message'));
    });
  } catch (cause) {
    return { failed: (cause as Error).message };
  }
}

/** One thread after the other, as render threads follow each other. */
async function obeyInThreads(order: GlOrder, threads: number): Promise<GlReport[]> {
  const reports: GlReport[] = [];
  for (let left = threads; left > 0; left -= 1) {
    const worker = new Worker(__filename, { workerData: order });
    if (order.hold) process.stdin.once('data', () => worker.postMessage('go on'));
    worker.once('message', (report: GlReport) => reports.push(report));
    await once(worker, 'exit');
  }
  return reports;
}

async function main(): Promise<void> {
  const order = JSON.parse(process.argv[2]!) as GlOrder;
  const reports = order.threads === undefined ? [await obey(order)] : await obeyInThreads(order, order.threads);
  process.stdout.write(`\nreport ${JSON.stringify(reports)}\n`, () => process.stdin.destroy());
}

if (isMainThread) void main();
else void obey(workerData as GlOrder).then((report) => parentPort!.postMessage(report));
