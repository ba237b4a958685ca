/** The log of the process, on standard error: JSON lines for machines, readable lines on a terminal; pino behind both. */
import type { Logger } from 'pino';
import type { Log } from '../core/log';
import { visibleLines } from '../core/visible';
import type { CommandIo } from './command';
import { readableLine } from './readable-line';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface ProcessLog extends Log {
  /** Loads pino if need be and writes what was held back. Synchronous; afterwards lines are written as they come. */
  flush(): void;
}

type Fields = Readonly<Record<string, unknown>>;
type Severity = 'debug' | 'info' | 'warn' | 'error';

interface Line {
  readonly severity: Severity;
  readonly part: string | undefined;
  readonly message: string;
  readonly fields: Fields | undefined;
  readonly wallMs: number;
}

/** Importing pino takes about 35 ms (measured, Node 20, x86-64), which the first picture need not wait for. */
const HOLD_MS = 1000;
/** More than a start ever says; a burst past it is written at once. */
const HELD_LINES = 200;

/**
 * The log for `io`. `terminal` tells whether standard error is one. The level is VITRINE_LOG_LEVEL, else info.
 * Lines are held until `flush`, a warning, the end of the process, or a second has passed; they keep the time they were written at.
 */
export function createLog(io: Pick<CommandIo, 'stderr' | 'env'>, terminal: boolean): ProcessLog {
  const wanted = io.env['VITRINE_LOG_LEVEL'];
  const level = LOG_LEVELS.find((known) => known === wanted);
  const sink = new Sink(io, level ?? 'info', terminal);
  const log = partLog(sink, undefined);
  if (wanted !== undefined && wanted !== '' && level === undefined) {
    log.warn(`VITRINE_LOG_LEVEL is '${wanted}', which is no level; it is one of ${LOG_LEVELS.join(', ')}`);
  }
  return { ...log, flush: () => sink.flush() };
}

/** Under systemd, and wherever nobody watches, lines are for machines. */
export function logFormat(env: NodeJS.ProcessEnv, terminal: boolean): 'json' | 'readable' {
  return terminal && env['JOURNAL_STREAM'] === undefined ? 'readable' : 'json';
}

function partLog(sink: Sink, part: string | undefined): Log {
  const write =
    (severity: Severity) =>
    (message: string, fields?: Fields): void =>
      sink.take({ severity, part, message, fields, wallMs: Date.now() });
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (name) => partLog(sink, part === undefined ? name : `${part}/${name}`),
  };
}

/** Holds lines until pino is there, then hands them on. */
class Sink {
  private held: Line[] = [];
  private logger: Logger | undefined;
  private timer: NodeJS.Timeout | undefined;
  private wallMs = 0;
  private readonly onExit = (): void => this.flush();

  constructor(
    private readonly io: Pick<CommandIo, 'stderr' | 'env'>,
    private readonly level: LogLevel,
    private readonly terminal: boolean,
  ) {}

  take(line: Line): void {
    if (LOG_LEVELS.indexOf(line.severity) < LOG_LEVELS.indexOf(this.level)) return;
    if (this.logger !== undefined) {
      this.write(this.logger, line);
      return;
    }
    this.held.push(line);
    if (line.severity === 'warn' || line.severity === 'error' || this.held.length >= HELD_LINES) {
      this.flush();
    } else if (this.timer === undefined) {
      this.timer = setTimeout(() => this.flush(), HOLD_MS).unref();
      process.once('exit', this.onExit);
    }
  }

  flush(): void {
    clearTimeout(this.timer);
    process.off('exit', this.onExit);
    if (this.held.length === 0) return;
    this.logger ??= this.openLogger();
    const lines = this.held;
    this.held = [];
    for (const line of lines) this.write(this.logger, line);
  }

  private write(logger: Logger, line: Line): void {
    this.wallMs = line.wallMs;
    logger[line.severity]({ ...(line.part !== undefined && { part: line.part }), ...line.fields }, line.message);
  }

  private openLogger(): Logger {
    const pino = require('pino') as typeof import('pino');
    const colour = !this.io.env['NO_COLOR'] && this.io.env['TERM'] !== 'dumb';
    const readable = logFormat(this.io.env, this.terminal) === 'readable';
    return pino(
      {
        level: this.level,
        base: null, // process id and host: the journal knows both
        timestamp: () => `,"time":"${new Date(this.wallMs).toISOString()}"`,
        formatters: { level: (label) => ({ level: label }) },
        serializers: { error: pino.stdSerializers.err, cause: pino.stdSerializers.err },
      },
      // Standard error is written synchronously by Node; nothing is lost when the process ends.
      { write: (json: string) => this.io.stderr(readable ? readableLine(json, colour) : visibleLines(json)) },
    );
  }
}
