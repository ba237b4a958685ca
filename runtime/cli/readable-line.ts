/** One log line for people, from pino's JSON. */
import { visible, visibleLines } from '../core/visible';

const COLOURS: Readonly<Record<string, string>> = {
  debug: '\x1b[90m',
  info: '\x1b[32m',
  warn: '\x1b[33m',
  error: '\x1b[31m',
};
const DIM = '\x1b[2m';
const RESET = '\x1b[0m';

/** `14:02:31.205 info  part: message  key=value`, in local time, with a line feed. Text that is no JSON object stays as it is. */
export function readableLine(json: string, colour: boolean): string {
  const line = parseObject(json);
  if (line === undefined) return json;
  const { level, time, part, msg, ...fields } = line;
  const paint = (code: string, text: string): string => (colour && text !== '' ? `${code}${text}${RESET}` : text);
  const name = typeof level === 'string' ? level : 'info';
  const from = typeof part === 'string' ? `${part}: ` : '';
  const rest = Object.entries(fields).map(([key, value]) => `  ${key}=${shown(value)}`);
  const message = typeof msg === 'string' ? msg : '';
  const head = `${paint(DIM, clockTime(time))} ${paint(COLOURS[name] ?? '', name.padEnd(5))} ${visible(`${from}${message}`)}`;
  return `${head}${paint(DIM, visible(rest.join('')))}\n${stacks(fields)}`;
}

function parseObject(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** `14:02:31.205`, in local time; empty where there is none. */
export function clockTime(time: unknown): string {
  const date = new Date(typeof time === 'string' || typeof time === 'number' ? time : Number.NaN);
  if (Number.isNaN(date.getTime())) return '';
  const two = (value: number): string => String(value).padStart(2, '0');
  const seconds = `${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
  return `${two(date.getHours())}:${two(date.getMinutes())}:${seconds}`;
}

/** Plain words stay plain; an error is its message, its stack follows below. */
function shown(value: unknown): string {
  if (isError(value)) return value.message;
  if (typeof value === 'string' && /^[^\s"=]+$/.test(value)) return value;
  return JSON.stringify(value);
}

function stacks(fields: Readonly<Record<string, unknown>>): string {
  return Object.values(fields)
    .filter(isError)
    .map((error) => `${visibleLines(error.stack)}\n`)
    .join('');
}

function isError(value: unknown): value is { message: string; stack: string } {
  return typeof value === 'object' && value !== null && 'stack' in value && 'message' in value;
}
