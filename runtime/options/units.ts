/** Durations, amounts of memory and picture sizes as people write and read them. */
import { GIB, KIB, MIB } from './row';

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const UNITS_BYTES: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1000,
  mb: 1e6,
  gb: 1e9,
  kib: KIB,
  mib: MIB,
  gib: GIB,
};

/** Reads `800ms`, `6s`, `5m`, `1h`; undefined for anything else. A bare 0 needs no unit. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h)?\s*$/i.exec(text) ?? [];
  if (amount === undefined) return undefined;
  if (unit === '') return Number(amount) === 0 ? 0 : undefined;
  return Number(amount) * (UNITS_MS[unit.toLowerCase()] ?? NaN);
}

/** Reads `64MiB`, `64MB`, `512KiB`, `1GiB`, `1000`; undefined for anything else. */
export function parseBytes(text: string): number | undefined {
  const [, amount, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([kmg]?i?b)?\s*$/i.exec(text) ?? [];
  const factor = UNITS_BYTES[unit.toLowerCase()];
  return amount === undefined || factor === undefined ? undefined : Math.round(Number(amount) * factor);
}

/** Reads `1920x1080`; undefined for anything else. */
export function parseSize(text: string): { readonly widthPx: number; readonly heightPx: number } | undefined {
  const [, width, height] = /^\s*(\d{1,5})\s*[xX×]\s*(\d{1,5})\s*$/.exec(text) ?? [];
  if (width === undefined || height === undefined) return undefined;
  const [widthPx, heightPx] = [Number(width), Number(height)];
  return widthPx > 0 && heightPx > 0 ? { widthPx, heightPx } : undefined;
}

/** `1.5 s`, `4 ms`: a duration for people. */
export function formatDuration(ms: number): string {
  if (ms >= 1000 && ms % 100 === 0) return `${ms / 1000} s`;
  return `${Number(ms.toFixed(3))} ms`;
}

/** `93.3 MiB`: an amount of memory for people. */
export function formatBytes(bytes: number): string {
  for (const [unit, factor] of [
    ['GiB', GIB],
    ['MiB', MIB],
    ['KiB', KIB],
  ] as const) {
    if (bytes >= factor) return `${Number((bytes / factor).toFixed(1))} ${unit}`;
  }
  return `${bytes} B`;
}
