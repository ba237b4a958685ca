/** The status line of a run and the log on one terminal. */
import { StatusLine } from '../../../runtime/cli/status-line';

/** A terminal of so many columns; gives its lines. */
function terminal(columns = 40) {
  const lines = [''];
  let column = 0;
  const write = (text: string): void => {
    for (const letter of text) {
      if (letter === '\r') column = 0;
      else if (letter === '\n') {
        lines.push('');
        column = 0;
      } else {
        if (column === columns) {
          lines.push('');
          column = 0;
        }
        const line = lines.at(-1)!.padEnd(column);
        lines[lines.length - 1] = line.slice(0, column) + letter + line.slice(column + 1);
        column += 1;
      }
    }
  };
  const line = new StatusLine({ stdout: write, stderr: write }, () => columns);
  return { line, lines: () => lines.map((text) => text.trimEnd()) };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('stays below the log lines that are written while it is shown', () => {
  const { line, lines } = terminal();
  line.above('first log line, longer than the status\n');
  let second = 0;
  const end = line.start(() => `second ${(second += 1)}`);
  jest.advanceTimersByTime(1000);
  line.above('second log line\n');
  jest.advanceTimersByTime(1000);
  line.above('third\n');
  expect(lines()).toEqual(['first log line, longer than the status', 'second log line', 'third', 'second 2']);
  end();
  line.above('last\n');
  expect(lines()).toEqual([
    'first log line, longer than the status',
    'second log line',
    'third',
    'second 2',
    'last',
    '',
  ]);
});

it('leaves nothing of a longer text behind, and never wraps', () => {
  const { line, lines } = terminal(10);
  const texts = ['äöü: longer than ten columns', 'short'];
  line.start(() => texts.shift() ?? '');
  jest.advanceTimersByTime(1000);
  expect(lines()).toEqual(['äöü: long']);
  jest.advanceTimersByTime(1000);
  expect(lines()).toEqual(['short']);
  jest.advanceTimersByTime(1000);
  expect(lines()).toEqual(['']);
});

it('writes no control character but the carriage return', () => {
  let written = '';
  const line = new StatusLine({ stdout: (text) => (written += text), stderr: (text) => (written += text) }, () => 80);
  line.start(() => 'text');
  jest.advanceTimersByTime(2000);
  line.above('log\n');
  expect(written.replace(/[\r\n]/g, '')).toMatch(/^[\x20-\x7e]*$/);
});
