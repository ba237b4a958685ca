/** The status line of `run` on a terminal, and the terminal it shares with the log: log lines appear above it. Main thread only. */
import { visible } from '../core/visible';
import type { CommandIo } from './command';

const EVERY_MS = 1000;
/** Where the terminal does not say how wide it is. */
const USUAL_COLUMNS = 80;

/** A terminal whose last line is rewritten. It needs a carriage return and nothing else of the terminal. */
export class StatusLine {
  private shown = '';

  /** `columns` is asked each time, as windows change: a line that wraps could not be rewritten. */
  constructor(
    private readonly io: Pick<CommandIo, 'stdout' | 'stderr' | 'stdoutStyled' | 'stderrStyled'>,
    private readonly columns: () => number | undefined = () => process.stdout.columns,
  ) {}

  /** Writes to standard error above the status line. `text` ends with a line feed and may have colours. */
  above(text: string): void {
    const line = this.shown;
    this.show('');
    (this.io.stderrStyled ?? this.io.stderr)(text);
    this.show(line);
  }

  /** Shows `text()` every second until the returned act ends it. */
  start(text: () => string): () => void {
    const timer = setInterval(() => this.show(text()), EVERY_MS);
    return () => {
      clearInterval(timer);
      if (this.shown !== '') this.io.stdout('\n');
      this.shown = '';
    };
  }

  private show(text: string): void {
    const line = [...visible(text)].slice(0, (this.columns() ?? USUAL_COLUMNS) - 1).join('');
    if (line === '' && this.shown === '') return;
    const rest = ' '.repeat(Math.max(0, [...this.shown].length - [...line].length));
    (this.io.stdoutStyled ?? this.io.stdout)(`\r${line}${rest}${line === '' ? '\r' : ''}`);
    this.shown = line;
  }
}

/** The status line for this process; undefined where nobody watches, or the terminal cannot go back to the beginning of a line. */
export function openStatusLine(io: CommandIo): StatusLine | undefined {
  return process.stdout.isTTY === true && io.env['TERM'] !== 'dumb' ? new StatusLine(io) : undefined;
}

/** 3725 s -> `1:02:05`. */
export function clockText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
