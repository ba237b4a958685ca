import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeptFacts } from '../../../runtime/library/kept-facts';

describe('what is known of files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-kept-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  let file: string;
  let count = 0;
  beforeEach(() => (file = join(folder, `${(count += 1)}`, 'facts.json')));

  const open = (context = 'c', most = 3): KeptFacts<{ n: number }> => new KeptFacts({ file, context, most });
  const signature = { sizeBytes: 7, mtimeMs: 1.5 };

  it('is there after a restart, as long as file and context are the same', () => {
    const first = open();
    first.set('/a', signature, { n: 1 });
    first.flush();
    expect(open().get('/a', signature)).toEqual({ n: 1 });
    expect(open().get('/a', { ...signature, sizeBytes: 8 })).toBeUndefined();
    expect(open().get('/a', { ...signature, mtimeMs: 2 })).toBeUndefined();
    expect(open('other').get('/a', signature)).toBeUndefined();
    expect(open().get('/b', signature)).toBeUndefined();
  });

  it('is forgotten when it was wrong', () => {
    const first = open();
    first.set('/a', signature, { n: 1 });
    first.flush();
    const second = open();
    second.delete('/a');
    second.flush();
    expect(open().get('/a', signature)).toBeUndefined();
  });

  it('is bounded: what was not used for longest goes first', () => {
    const first = open();
    for (const [n, path] of ['/a', '/b', '/c'].entries()) first.set(path, signature, { n });
    first.get('/a', signature);
    first.set('/d', signature, { n: 3 });
    first.flush();
    const second = open();
    expect(['/a', '/b', '/c', '/d'].map((path) => second.get(path, signature)?.n)).toEqual([0, undefined, 2, 3]);
    expect(open('c', 1).get('/a', signature)).toBeUndefined();
  });

  it('is written only when something was learnt', () => {
    const first = open();
    first.get('/a', signature);
    first.flush();
    expect(existsSync(file)).toBe(false);
    first.set('/a', signature, { n: 1 });
    first.flush();
    const written = readFileSync(file, 'utf8');
    const second = open();
    second.get('/a', signature);
    second.flush();
    expect(readFileSync(file, 'utf8')).toBe(written);
  });

  it.each([
    '',
    '{',
    'null',
    '{"version":1,"context":"c","entries":7}',
    '{"version":1,"context":"c","entries":[null,{"path":"/a"}]}',
  ])('begins anew over a file that holds %j', (content) => {
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, content);
    const first = open();
    expect(first.get('/a', signature)).toBeUndefined();
    first.set('/a', signature, { n: 1 });
    first.flush();
    expect(open().get('/a', signature)).toEqual({ n: 1 });
  });

  it('is kept in memory where it cannot be written', () => {
    file = join('/proc/version', 'facts.json');
    const first = open();
    first.set('/a', signature, { n: 1 });
    first.flush();
    expect(first.get('/a', signature)).toEqual({ n: 1 });
  });
});
