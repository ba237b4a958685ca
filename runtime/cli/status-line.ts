/** The status line of `run` on a terminal: once a second, in its place. */
import type { CommandIo } from './command';

const EVERY_MS = 1000;

/** Prints `text()` every second until the returned act ends it. */
export function startStatusLine(io: CommandIo, text: () => string): () => void {
  const timer = setInterval(() => io.stdout(`\r\u001b[K${text()}`), EVERY_MS);
  return () => {
    clearInterval(timer);
    io.stdout('\n');
  };
}

/** 3725 s -> `1:02:05`. */
export function clockText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
