import { getMaxListeners } from 'node:events';
import { openScope, openScopes, type ReleaseReport, type Scope } from '../../../runtime/core/scope';

const never = (): Promise<void> => new Promise(() => {});

describe('a scope', () => {
  let scope: Scope;
  let order: string[];
  const release = (name: string) => (): void => void order.push(name);
  beforeEach(() => {
    scope = openScope('test');
    order = [];
  });
  afterEach(async () => {
    await scope.close(1000);
    expect(openScopes()).toEqual([]);
  });

  it('has a signal that any number may listen to: nobody is warned', () => {
    for (const { signal } of [scope, scope.child('child')]) expect(getMaxListeners(signal)).toBe(Infinity);
  });

  it('releases newest first and one at a time, its children in their place', async () => {
    scope.defer('a', release('a'));
    const child = scope.child('child');
    child.defer('b', release('b'));
    scope.own({ [Symbol.dispose]: release('c') });
    child.defer('d', async () => {
      await new Promise(setImmediate);
      release('d')();
    });
    scope.own({ [Symbol.asyncDispose]: async () => release('e')() });
    const report = await scope.close(1000);
    expect(order).toEqual(['e', 'c', 'd', 'b', 'a']);
    expect(report).toEqual({ scope: 'test', released: 4, faults: [] });
  });

  it('goes on after a step that fails, hangs or throws at once, and tells of each', async () => {
    const cause = new Error('no');
    scope.defer('last', release('last'));
    scope.defer('throws', () => {
      throw cause;
    });
    scope.child('wedged').defer('hangs', never);
    scope.defer('rejects', () => Promise.reject(cause));
    const { faults } = await scope.close(20);
    expect(order).toEqual(['last']);
    expect(faults).toEqual([
      { label: 'rejects', fault: 'failed', cause },
      { label: 'hangs', fault: 'overdue' },
      { label: 'throws', fault: 'failed', cause },
    ]);
  });

  it('waits for all steps of a child, however many are late, before it goes on', async () => {
    scope.defer('older', release('older'));
    const child = scope.child('child');
    child.defer('b', release('b'));
    for (let at = 0; at < 3; at += 1) child.defer('hangs', never);
    await scope.close(5);
    expect(order).toEqual(['b', 'older']);
  });

  it('leaves time for what is behind steps that hang, and is over when all of it is', async () => {
    scope.defer('older', release('older'));
    for (let at = 0; at < 2; at += 1) scope.defer('hangs', never);
    const child = scope.child('child');
    for (let at = 0; at < 30; at += 1) child.defer('hangs', never);
    child.child('grandchild').defer('hangs', never);
    const startMs = performance.now();
    const { faults } = await scope.close(60_000, 200);
    expect(faults).toHaveLength(33);
    expect(order).toEqual(['older']);
    expect(performance.now() - startMs).toBeLessThan(20_000);
  });

  it('aborts its signal before the first release', async () => {
    let aborted = false;
    scope.defer('look', () => void (aborted = scope.signal.aborted));
    expect(() => scope.check()).not.toThrow();
    await scope.close(1000);
    expect(aborted).toBe(true);
    expect(() => scope.check()).toThrow('test is closing');
  });

  it('closes once, however often it is asked to', async () => {
    scope.defer('a', release('a'));
    const reports = await Promise.all([scope.close(1000), scope.close(5)]);
    expect(reports[0]).toBe(reports[1]);
    expect(await scope.close(1)).toBe(reports[0]);
    expect(order).toEqual(['a']);
  });

  it('gives back at once what comes after it began to close', async () => {
    let lateChild: Scope | undefined;
    scope.defer('slow', async () => {
      scope.defer('late', release('late'));
      lateChild = scope.child('late');
      lateChild.defer('in it', release('in it'));
      await new Promise(setImmediate);
      release('slow')();
    });
    await scope.close(1000);
    expect(order).toEqual(['late', 'in it', 'slow']);
    expect(lateChild?.closed).toBe(true);
  });

  it('forgets a child that closed before it', async () => {
    const child = scope.child('child');
    child.defer('once', release('once'));
    await child.close(1000);
    expect(openScopes()).toEqual(['test']);
    const report: ReleaseReport = await scope.close(1000);
    expect(order).toEqual(['once']);
    expect(report.released).toBe(0);
  });

  it('is listed while it is open', async () => {
    scope.child('a').child('b');
    expect(openScopes()).toEqual(['test', 'test/a', 'test/a/b']);
  });
});
