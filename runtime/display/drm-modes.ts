/** Modes and connectors of a graphics card, and which of them is taken. Pure. */
import { suitingMode } from './refresh';
import { CONNECTOR_TYPES, MODE, MODE_FLAG_DOUBLE_SCAN, MODE_FLAG_INTERLACE, MODE_TYPE_PREFERRED } from './drm-layout';

export interface Mode {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Exact: from the pixel clock and the totals, not the whole number the kernel also gives. */
  readonly refreshHz: number;
  readonly preferred: boolean;
  readonly interlaced: boolean;
  readonly name: string;
  /** As the kernel gave it, to be given back as it is. */
  readonly raw: Uint8Array;
}

export interface Connector {
  readonly id: number;
  /** `HDMI-A-1` */
  readonly name: string;
  readonly connected: boolean;
  readonly modes: readonly Mode[];
  /** The encoder it is driven by now, 0 for none. */
  readonly encoder: number;
  readonly encoders: readonly number[];
  readonly properties: ReadonlyMap<number, bigint>;
}

export function connectorName(type: number, index: number): string {
  return `${CONNECTOR_TYPES[type] ?? 'Unknown'}-${index}`;
}

/** The mode in `bytes` at `at`. */
export function readMode(bytes: Uint8Array, at: number): Mode {
  const raw = bytes.slice(at, at + MODE.bytes);
  const fields = new DataView(raw.buffer);
  const flags = fields.getUint32(MODE.flags, true);
  const end = raw.indexOf(0, MODE.name);
  return {
    widthPx: fields.getUint16(MODE.width, true),
    heightPx: fields.getUint16(MODE.height, true),
    refreshHz: refreshHzOf({
      clockKhz: fields.getUint32(MODE.clockKhz, true),
      totalWidth: fields.getUint16(MODE.totalWidth, true),
      totalHeight: fields.getUint16(MODE.totalHeight, true),
      scan: fields.getUint16(MODE.scan, true),
      roundedHz: fields.getUint32(MODE.roundedHz, true),
      flags,
    }),
    preferred: (fields.getUint32(MODE.type, true) & MODE_TYPE_PREFERRED) !== 0,
    interlaced: (flags & MODE_FLAG_INTERLACE) !== 0,
    name: String.fromCharCode(...raw.subarray(MODE.name, end < 0 ? MODE.name + MODE.nameBytes : end)),
    raw,
  };
}

export interface Timing {
  readonly clockKhz: number;
  readonly totalWidth: number;
  readonly totalHeight: number;
  readonly scan: number;
  readonly roundedHz: number;
  readonly flags: number;
}

/** Pictures a second (fields, of an interlaced mode); what the kernel rounded where the mode has no timing. 0 when unknown. */
export function refreshHzOf({ clockKhz, totalWidth, totalHeight, scan, roundedHz, flags }: Timing): number {
  if (clockKhz === 0 || totalWidth === 0 || totalHeight === 0) return roundedHz;
  let hz = (clockKhz * 1000) / (totalWidth * totalHeight);
  if ((flags & MODE_FLAG_INTERLACE) !== 0) hz *= 2;
  if ((flags & MODE_FLAG_DOUBLE_SCAN) !== 0) hz /= 2;
  return scan > 1 ? hz / scan : hz;
}

/** The same picture at the refresh that suits a show best. */
export function suitShow(mode: Mode, modes: readonly Mode[], rates: readonly number[]): Mode {
  const alike = modes.filter(
    ({ widthPx, heightPx, interlaced }) => widthPx === mode.widthPx && heightPx === mode.heightPx && !interlaced,
  );
  return suitingMode(mode, alike, rates);
}

/**
 * The mode to show in: without a size the one the screen prefers, else its first; with a size the nearest to it, then the
 * preferred, then the fastest. Undefined when there is none.
 */
export function chooseMode(
  modes: readonly Mode[],
  size: { readonly widthPx: number; readonly heightPx: number } | undefined,
): Mode | undefined {
  if (size === undefined) return modes.find(({ preferred }) => preferred) ?? modes[0];
  const distance = ({ widthPx, heightPx }: Mode): number =>
    Math.abs(widthPx - size.widthPx) + Math.abs(heightPx - size.heightPx);
  const better = (a: Mode, b: Mode): number =>
    distance(a) - distance(b) ||
    Number(a.interlaced) - Number(b.interlaced) ||
    Number(b.preferred) - Number(a.preferred) ||
    b.refreshHz - a.refreshHz;
  return [...modes].sort(better)[0];
}

export type ChosenConnector =
  | { readonly found: true; readonly connector: Connector; readonly card: number }
  | { readonly found: false; readonly because: string };

/** The connector to show on, over all cards: the named one, else the first with a screen. A screen without modes is passed over. */
export function chooseConnector(cards: readonly (readonly Connector[])[], named: string | undefined): ChosenConnector {
  const all = cards.flatMap((connectors, card) => connectors.map((connector) => ({ connector, card })));
  const names = all.map(({ connector }) => connector.name).join(', ');
  if (all.length === 0) return { found: false, because: 'no graphics card has a connector for a screen' };
  const asked = named === undefined ? all : all.filter(({ connector }) => connector.name === named);
  if (asked.length === 0) return { found: false, because: `there is no connector ${named}; there are ${names}` };
  const connected = asked.filter(({ connector }) => connector.connected);
  if (connected.length === 0)
    return { found: false, because: `no screen is connected to ${named ?? names}; plug one in and switch it on` };
  const usable = connected.find(({ connector }) => connector.modes.length > 0);
  if (usable !== undefined) return { found: true, ...usable };
  const mute = connected[0]!.connector.name;
  return {
    found: false,
    because: `the screen on ${mute} names no mode it can show; check its cable, or give the kernel one (video=${mute}:1920x1080@60)`,
  };
}
