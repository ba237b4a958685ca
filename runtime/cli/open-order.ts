/** The order to open an output: what is wanted, where to look, and which GL backends cannot be trusted. */
import { join } from 'node:path';
import type { HardwareFacts } from '../core/facts';
import { stateFolder } from '../core/paths';
import { prepareRestart } from '../core/restart';
import type { createLog } from './logging';
import { mightTake, type Wanted } from '../display/chain';
import { chooseGl } from '../display/gl-choice';
import { GlRecord } from '../display/gl-record';
import type { OutputName, RendererName, Surroundings } from '../display/output';
import { glSignature } from '../hardware/gl-signature';
import { parseSize } from '../options/units';
import type { RenderHandle } from '../render/handle';
import type { OpenMessage } from '../render/messages';
import type { Panel } from '../stage/panel';
import type { CommandIo } from './command';
import type { Settings } from './settings';

/** What was ordered, and what there is to know of GL in it. */
interface OpeningOrder {
  /** Undefined where GL is out of the question. */
  readonly record: GlRecord | undefined;
  /** The output whose GL will be opened. */
  readonly trusted: OutputName | undefined;
  /** Starts the program anew, should that hang. */
  readonly beginAnew: (() => never) | undefined;
}

/**
 * Sends the order to open an output, GL backends that cannot be trusted left out of it. At once where GL is out of the question. `loadLibraries`: those
 * that this thread needs while the output is opened. A driver that hangs while it is loaded keeps every other library from being loaded, and
 * this thread would wait for it with them.
 */
export async function openTrusted(
  order: OpenMessage,
  facts: HardwareFacts,
  env: CommandIo['env'],
  loadLibraries: () => void,
  send: (order: OpenMessage) => void,
): Promise<OpeningOrder> {
  const request = { ...order.surroundings, size: order.size };
  if (!mightTake(order.wanted, order.surroundings).some(({ renderer }) => renderer === 'gl')) {
    send(order);
    return { record: undefined, trusted: undefined, beginAnew: undefined };
  }
  const record = new GlRecord(glRecordFile(env), glSignature(facts));
  const { excluded, trusted } = await chooseGl(order.wanted, request, record);
  const beginAnew = trusted === undefined ? undefined : prepareRestart();
  if (trusted !== undefined) {
    loadLibraries();
    record.beginOpening(trusted);
  }
  send({ ...order, excluded });
  return { record, trusted, beginAnew };
}

/** A first context takes up to 1.5 s on a small board; with the start that follows, a picture is up within 5 s. */
const OPENING_LIMIT_MS = 4000;

/**
 * A driver that did well in its trial may hang all the same, and the thread with it. Then the program begins anew: the record says
 * that it did not survive the opening, so the next backend is taken.
 */
export async function beginAnewWhenHung(
  chosen: Promise<OpeningOrder>,
  opening: Promise<unknown>,
  log: ReturnType<typeof createLog>,
): Promise<void> {
  const { trusted, beginAnew } = await chosen;
  if (beginAnew === undefined) return;
  const timer = setTimeout(() => {
    log.error('the driver hangs; starting again without it', { output: trusted, limitMs: OPENING_LIMIT_MS });
    log.flush();
    beginAnew();
  }, OPENING_LIMIT_MS);
  await opening.catch(() => {});
  clearTimeout(timer);
}

/** A display that appears while the show runs may be one whose GL was never tried: then that is done now, beside the show. */
export function tryLater(
  order: OpenMessage,
  facts: HardwareFacts,
  env: CommandIo['env'],
  render: Pick<RenderHandle, 'listen' | 'send'>,
): () => void {
  const request = { ...order.surroundings, size: order.size };
  return render.listen((message) => {
    if (message.kind !== 'untried') return;
    const record = new GlRecord(glRecordFile(env), glSignature(facts));
    void chooseGl(order.wanted, request, record).then((choice) => render.send({ kind: 'tried', ...choice }));
  });
}

/** Where the record of GL trials is kept. */
export function glRecordFile(env: CommandIo['env']): string {
  return join(stateFolder(env), 'gl.json');
}

/** Which backends the settings allow. */
export function wantedBy(values: Settings['values']): Wanted {
  return {
    output: values['display.output'] as OutputName | 'auto',
    renderer: values['display.renderer'] as RendererName | 'auto',
  };
}

/** Where outputs look for a display. */
export function surroundingsOf(facts: HardwareFacts, env: CommandIo['env']): Surroundings {
  return {
    // A service is started without a desktop's variables: then the sockets that are there say where to look.
    env: {
      DISPLAY: env['DISPLAY'] ?? facts.session.x11Display,
      WAYLAND_DISPLAY: env['WAYLAND_DISPLAY'] ?? facts.session.waylandDisplay,
      XDG_RUNTIME_DIR: env['XDG_RUNTIME_DIR'],
      XAUTHORITY: env['XAUTHORITY'],
    },
    drivers: facts.graphics.drivers,
    framebuffers: facts.graphics.framebuffers,
  };
}

/** The order by the settings and what the machine has. */
export function whatToOpen(
  { values, facts }: Settings,
  io: CommandIo,
  untimed: boolean,
  turn: Panel['turn'],
): OpenMessage {
  return {
    kind: 'open',
    wanted: wantedBy(values),
    excluded: [],
    surroundings: surroundingsOf(facts, io.env),
    size: parseSize(String(values['display.size'])) ?? undefined,
    turn,
    maxFps: Number(values['display.maxFps']),
    // Pictures move at the rate they are drawn at.
    rates: values['display.refresh'] === 'match' ? [Number(values['display.maxFps'])] : [],
    untimed,
  };
}
