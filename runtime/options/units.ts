/** Durations, amounts of memory and picture sizes as people write and read them. */
import { parseDurationMs } from '../core/duration';
import { GIB, KIB, MIB } from './row';

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

/** Reads `800ms`, `6s`, `5m`, `1h`, and 0 without a unit; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const written = text.trim();
  return written === '0' ? 0 : parseDurationMs(written);
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

/** `1.5 s`, `4 ms`: a measured duration for people. */
export function formatDuration(ms: number): string {
  if (ms >= 1000 && ms % 100 === 0) return `${ms / 1000} s`;
  return `${Number(ms.toFixed(3))} ms`;
}
