/** `vitrine probe [--root DIR] [--json]`: the hardware facts, the profile and the backend they choose, and why. */
import { resolve } from 'node:path';
import { messageOf } from '../core/errors';
import type { HardwareFacts } from '../core/facts';
import { deviceIds } from '../hardware/facts';
import { probe as probeFacts } from '../hardware/probe';
import { selectProfile } from '../hardware/profile';
import { formatBytes } from '../options/units';
import { recordedVerdicts } from '../display/gl-record';
import { outlook, type Prospect } from '../display/outlook';
import { glSignature } from '../hardware/gl-signature';
import type { CommandIo } from './command';
import { glRecordFile, surroundingsOf, wantedBy } from './open-order';
import { loadSettings, type SettingsLayers } from './settings';

/** `root` is a folder of the shape of `/`, instead of this machine. */
export interface ProbeArgs extends SettingsLayers {
  readonly json: boolean;
}

/** What `systeminformation` adds on the live machine. Detail for people; it decides nothing. */
interface Detail {
  readonly graphics: readonly string[];
  readonly disks: readonly string[];
  readonly baseboard: string;
}

/** systemd-udevd and lspci answer within a second; a hung bus must not hang the command. */
const DETAIL_LIMIT_MS = 3000;

/** Prints the facts. Never fails for what is missing. */
export async function probe(io: CommandIo, args: ProbeArgs): Promise<number> {
  const root = resolve(io.cwd, args.root ?? '/');
  const facts = probeFacts(root, io.env);
  const profile = selectProfile(facts);
  const detail = root === '/' ? await withinLimit(readDetail(), DETAIL_LIMIT_MS) : undefined;
  const chain = root === '/' ? chainOutlook(io, args, facts) : undefined;
  if (args.json)
    io.stdout(`${JSON.stringify({ facts, profile, deviceIds: deviceIds(facts), detail, chain }, null, 2)}\n`);
  else io.stdout(`${[formatFacts(facts, profile, detail), ...formatOutlook(chain)].join('\n')}\n`);
  return 0;
}

/** What a start would come to. A configuration that is no good does not keep anybody from their facts. */
function chainOutlook(io: CommandIo, args: ProbeArgs, facts: HardwareFacts): readonly Prospect[] | string {
  try {
    const { root: _machine, ...layers } = args;
    const { values } = loadSettings({ ...layers, env: io.env, cwd: io.cwd });
    const verdicts = recordedVerdicts(glRecordFile(io.env), glSignature(facts));
    return outlook(wantedBy(values), surroundingsOf(facts, io.env), (output) => verdicts[output]);
  } catch (cause) {
    return messageOf(cause);
  }
}

/** `kms+cpu     taken: the first that fits`, a line each. */
function formatOutlook(chain: readonly Prospect[] | string | undefined): string[] {
  if (chain === undefined) return [];
  if (typeof chain === 'string') return ['', `no telling what a start would show on: ${chain}`];
  const lines = chain.map(
    ({ output, renderer, verdict, because }) => `${`${output}+${renderer}`.padEnd(14)} ${verdict}: ${because}`,
  );
  return ['', 'a start tries', ...lines];
}

async function readDetail(): Promise<Detail | string> {
  try {
    const { graphics, diskLayout, baseboard } = await import('systeminformation');
    const [cards, disks, board] = await Promise.all([graphics(), diskLayout(), baseboard()]);
    return {
      graphics: cards.controllers.map((card) =>
        [card.vendor, card.model, card.vram ? `${card.vram} MB` : ''].filter(Boolean).join(' '),
      ),
      disks: disks.map((disk) => `${disk.device} ${disk.type} ${formatBytes(disk.size)} ${disk.name}`.trim()),
      baseboard: [board.manufacturer, board.model, board.version].filter(Boolean).join(' '),
    };
  } catch (cause) {
    return messageOf(cause);
  }
}

async function withinLimit<T>(work: Promise<T>, limitMs: number): Promise<T | string> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<string>((done) => {
    timer = setTimeout(() => done(`no answer within ${limitMs} ms`), limitMs);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}

function formatFacts(
  facts: HardwareFacts,
  profile: { name: string; because: string },
  detail: Detail | string | undefined,
): string {
  const { board, os, cpu, memory, graphics, audio, session } = facts;
  const list = (items: readonly string[]): string => (items.length === 0 ? 'none' : items.join(', '));
  const connectors = graphics.connectors.map(({ name, connected, screen, modes: [first] }) => {
    const size = first === undefined ? '' : `${first.widthPx}x${first.heightPx}`;
    return [name, connected ? 'connected' : 'not connected', size, screen ?? ''].filter(Boolean).join(' ');
  });
  const limit = memory.limitBytes === undefined ? '' : `, limited to ${formatBytes(memory.limitBytes)}`;
  const lines: readonly (readonly [string, string])[] = [
    ['profile', `${profile.name}: ${profile.because}`],
    ['board', board.model === '' ? 'unknown' : board.model],
    ['device ids', list(deviceIds(facts))],
    ['system', `${os.id} ${os.version}, kernel ${os.kernel || 'unknown'}, ${os.architecture}`],
    ['processor', `${cpu.model || 'unknown'}, ${cpu.cores} cores, ${Number(cpu.grantedCores.toFixed(2))} granted`],
    ['memory', `${formatBytes(memory.totalBytes)}, ${formatBytes(memory.availableBytes)} available${limit}`],
    [
      'graphics',
      `drivers ${list(graphics.drivers)}; render nodes ${graphics.renderNodes}; framebuffers ${list(graphics.framebuffers)}`,
    ],
    ['connectors', list(connectors)],
    ['audio', list(audio.cards)],
    ['session', `${session.type}${session.underSystemd ? ', service' : ''}${session.container ? ', container' : ''}`],
    ...detailLines(detail, list),
  ];
  return lines.map(([name, text]) => `${name.padEnd(11)} ${text}`).join('\n');
}

function detailLines(
  detail: Detail | string | undefined,
  list: (items: readonly string[]) => string,
): [string, string][] {
  if (detail === undefined) return [];
  if (typeof detail === 'string') return [['detail', detail]];
  return [
    ['controllers', list(detail.graphics)],
    ['disks', list(detail.disks)],
    ['baseboard', detail.baseboard === '' ? 'unknown' : detail.baseboard],
  ];
}
