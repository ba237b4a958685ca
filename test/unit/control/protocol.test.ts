/** Lines of the control protocol: what is served, what is refused and how it is answered. */
import fc from 'fast-check';
import { ERRORS, issuesError, VitrineError } from '../../../runtime/core/errors';
import {
  errorCodeOf,
  errorLine,
  eventLine,
  parseReply,
  parseRequest,
  requestLine,
  resultLine,
  RPC_NUMBERS,
  rpcErrorOf,
} from '../../../runtime/control/protocol';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const request = (message: unknown): ReturnType<typeof parseRequest> => parseRequest(bytes(JSON.stringify(message)));

describe('a request line', () => {
  it('is read with its id, method and named parameters', () => {
    expect(request({ jsonrpc: '2.0', id: 'a', method: 'goto', params: { cue: 'noon' } })).toEqual({
      kind: 'request',
      id: 'a',
      method: 'goto',
      params: { cue: 'noon' },
    });
  });

  it('may leave its parameters out', () => {
    expect(request({ jsonrpc: '2.0', id: 0, method: 'next' })).toMatchObject({ id: 0, params: {} });
  });

  it('is a notification without an id and a request with the id null', () => {
    expect(request({ jsonrpc: '2.0', method: 'next' })).toMatchObject({ kind: 'request', id: undefined });
    expect(request({ jsonrpc: '2.0', id: null, method: 'next' })).toMatchObject({ kind: 'request', id: null });
  });

  it.each([
    ['no JSON', '{"jsonrpc":', -32700],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), -32700],
    ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"next"}]', -32600],
    ['an empty batch', '[]', -32600],
    ['a bare value', '7', -32600],
    ['null', 'null', -32600],
    ['an id that is an object', '{"jsonrpc":"2.0","id":{},"method":"next"}', -32600],
  ])('that holds %s is answered with the id null', (_what, line, code) => {
    const incoming = parseRequest(typeof line === 'string' ? bytes(line) : line);
    expect(incoming).toMatchObject({ kind: 'invalid', id: null, error: { code } });
  });

  it.each([
    ['no version', { id: 3, method: 'next' }, -32600],
    ['another version', { jsonrpc: '1.0', id: 3, method: 'next' }, -32600],
    ['no method', { jsonrpc: '2.0', id: 3 }, -32600],
    ['a method that is a number', { jsonrpc: '2.0', id: 3, method: 1 }, -32600],
    ['parameters that are a text', { jsonrpc: '2.0', id: 3, method: 'goto', params: 'noon' }, -32600],
    ['parameters by position', { jsonrpc: '2.0', id: 3, method: 'goto', params: ['noon'] }, -32602],
  ])('with %s is answered under its own id', (_what, message, code) => {
    expect(request(message)).toMatchObject({ kind: 'invalid', id: 3, error: { code } });
  });

  it('never makes the reader throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (line) => void parseRequest(line)));
    fc.assert(fc.property(fc.json(), (line) => void parseRequest(bytes(line))));
  });
});

describe('lines that are written', () => {
  it('come back as what they were, whatever they carry', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), (name, value) => {
        const expected: unknown = JSON.parse(JSON.stringify(value));
        const read = (line: string): unknown => {
          expect(line.indexOf('\n')).toBe(line.length - 1);
          return parseReply(bytes(line.slice(0, -1)));
        };
        expect(read(resultLine(1, value))).toEqual({ kind: 'result', id: 1, result: expected });
        expect(read(eventLine(name, value))).toEqual({ kind: 'event', name, event: expected });
        expect(parseRequest(bytes(requestLine(1, name, { value })))).toMatchObject({
          method: name,
          params: { value: expected },
        });
      }),
    );
  });

  it('carry a result that is nothing as null', () => {
    expect(resultLine(1, undefined)).toBe('{"jsonrpc":"2.0","id":1,"result":null}\n');
  });
});

describe('an error', () => {
  it('has a number of its own for every code of the table', () => {
    expect(Object.keys(RPC_NUMBERS).sort()).toEqual(Object.keys(ERRORS).sort());
    expect(new Set(Object.values(RPC_NUMBERS)).size).toBe(Object.keys(ERRORS).length);
  });

  it('travels with its name and all its single faults', () => {
    const issues = [{ file: 'show.yaml', line: 3, column: 5, path: 'themes', message: 'is missing' }];
    const line = errorLine(4, rpcErrorOf(issuesError('VITRINE_E_SHOW', issues)));
    expect(parseReply(bytes(line))).toEqual({
      kind: 'error',
      id: 4,
      error: {
        code: RPC_NUMBERS.VITRINE_E_SHOW,
        message: 'show.yaml:3:5: themes: is missing',
        data: { code: 'VITRINE_E_SHOW', errors: issues },
      },
    });
  });

  it('that nobody expected is told as internal', () => {
    const error = rpcErrorOf(new TypeError('x is not a function'));
    expect(error.code).toBe(-32603);
    expect(errorCodeOf(error)).toBe('VITRINE_E_INTERNAL');
  });

  it('without a name counts as a refusal', () => {
    expect(errorCodeOf({ code: -32601, message: 'there is no such method' })).toBe('VITRINE_E_REFUSED');
    expect(errorCodeOf(rpcErrorOf(new VitrineError('VITRINE_E_BUDGET', 'too large')))).toBe('VITRINE_E_BUDGET');
  });
});
