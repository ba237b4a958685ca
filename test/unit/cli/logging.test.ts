/** The log: levels, formats, lines held back until pino is loaded. */
import { createLog, logFormat } from '../../../runtime/cli/logging';
import { readableLine } from '../../../runtime/cli/readable-line';

function recorder(env: NodeJS.ProcessEnv = {}, terminal = false) {
  const written: string[] = [];
  const log = createLog({ stderr: (text) => void written.push(text), env }, terminal);
  const lines = (): Record<string, unknown>[] => written.map((line) => JSON.parse(line));
  return { log, written, lines };
}

afterEach(() => jest.useRealTimers());

describe('the log', () => {
  it('writes one JSON object a line with level, time, part and fields', () => {
    const { log, written, lines } = recorder();
    log.child('theme-bank').info('ready', { files: 3 });
    log.flush();
    expect(written[0]).toMatch(/^[^\n]+\n$/);
    expect(lines()).toEqual([
      { level: 'info', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/), part: 'theme-bank', msg: 'ready', files: 3 },
    ]);
  });

  it('names nested parts from the outside in', () => {
    const { log, lines } = recorder();
    log.child('session').child('cursor').warn('x');
    expect(lines()[0]?.['part']).toBe('session/cursor');
  });

  it('holds early lines and writes them in order, with the time they were made at', () => {
    jest.useFakeTimers({ now: Date.UTC(2026, 0, 2, 3, 4, 5, 6) });
    const { log, written, lines } = recorder();
    log.info('first');
    jest.advanceTimersByTime(400);
    log.info('second');
    expect(written).toEqual([]);
    jest.advanceTimersByTime(600);
    expect(lines().map((line) => [line['msg'], line['time']])).toEqual([
      ['first', '2026-01-02T03:04:05.006Z'],
      ['second', '2026-01-02T03:04:05.406Z'],
    ]);
    log.info('third');
    expect(written).toHaveLength(3);
  });

  it('writes a warning at once, after what was held', () => {
    const { log, lines } = recorder();
    log.info('first');
    log.warn('second');
    expect(lines().map((line) => line['msg'])).toEqual(['first', 'second']);
  });

  it('leaves no exit listener and no timer behind', () => {
    jest.useFakeTimers();
    const before = process.listenerCount('exit');
    const { log } = recorder();
    log.info('x');
    log.flush();
    expect(process.listenerCount('exit')).toBe(before);
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each([
    ['debug', ['debug', 'info', 'warn', 'error']],
    [undefined, ['info', 'warn', 'error']],
    ['warn', ['warn', 'error']],
    ['silent', []],
  ])('level %s lets %j through', (level, expected) => {
    const { log, lines } = recorder(level === undefined ? {} : { VITRINE_LOG_LEVEL: level });
    for (const severity of ['debug', 'info', 'warn', 'error'] as const) log[severity]('x');
    log.flush();
    expect(lines().map((line) => line['level'])).toEqual(expected);
  });

  it.each([
    ['a terminal', {}, true],
    ['a terminal that must stay plain', { NO_COLOR: '1' }, false],
    ['a terminal that knows no colours', { TERM: 'dumb' }, false],
  ])('is coloured or not on %s', (_what, env, coloured) => {
    const { log, written } = recorder(env, true);
    log.info('x');
    log.flush();
    expect(written.join('').includes('\u001b')).toBe(coloured);
  });

  it('says so when the level is no level, and goes on with info', () => {
    const { log, lines } = recorder({ VITRINE_LOG_LEVEL: 'loud' });
    log.debug('x');
    expect(lines()).toHaveLength(1);
    expect(lines()[0]?.['msg']).toContain('loud');
  });

  it('writes errors with message and stack, and survives circles', () => {
    const { log, lines } = recorder();
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    log.error('failed', { error: new Error('no room'), circle });
    expect(lines()[0]).toMatchObject({ error: { message: 'no room', stack: expect.stringContaining('no room') } });
  });

  it('is readable on a terminal and JSON under systemd', () => {
    expect(logFormat({}, true)).toBe('readable');
    expect(logFormat({}, false)).toBe('json');
    expect(logFormat({ JOURNAL_STREAM: '8:123' }, true)).toBe('json');
    const { log, written } = recorder({ NO_COLOR: '1' }, true);
    log.warn('low on room', { bytes: 5 });
    expect(written[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} warn {2}low on room {2}bytes=5\n$/);
  });
});

describe('a readable line', () => {
  const json = JSON.stringify({
    level: 'error',
    time: '2026-01-02T03:04:05.006Z',
    part: 'video',
    msg: 'gone',
    file: 'a b',
  });

  it('quotes what has blanks, and colours only when asked', () => {
    expect(readableLine(json, false)).toMatch(/error video: gone {2}file="a b"\n$/);
    expect(readableLine(json, false)).not.toContain('\x1b');
    expect(readableLine(json, true)).toContain('\x1b[31merror');
  });

  it('puts the stack of an error below', () => {
    const line = JSON.stringify({
      level: 'error',
      msg: 'x',
      error: { message: 'boom', stack: 'Error: boom\n    at y' },
    });
    expect(readableLine(line, false)).toMatch(/error=boom\nError: boom\n {4}at y\n$/);
  });

  it('leaves what is no JSON object as it is', () => {
    expect(readableLine('plain\n', true)).toBe('plain\n');
    expect(readableLine('[1]\n', true)).toBe('[1]\n');
  });
});
