/** Work that takes turns. */
import { Turns } from '../../../runtime/core/turns';

/** A job that the test ends. */
function work(name: string, order: string[]) {
  let end = (): void => {};
  let fail = (): void => {};
  const ended = new Promise<string>((resolve, reject) => {
    end = () => resolve(name);
    fail = () => reject(new Error(name));
  });
  const run = (): Promise<string> => {
    order.push(name);
    return ended;
  };
  return { run, end, fail };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('runs one at a time, in the order in which it came, however each ends', async () => {
  const order: string[] = [];
  const turns = new Turns();
  const [a, b, c] = ['a', 'b', 'c'].map((name) => work(name, order));
  const done = [a!, b!, c!].map(({ run }) => turns.take(run));
  await settle();
  expect(order).toEqual(['a']);
  a!.fail();
  await expect(done[0]).rejects.toThrow('a');
  await settle();
  expect(order).toEqual(['a', 'b']);
  b!.end();
  expect(await done[1]).toBe('b');
  await settle();
  c!.end();
  expect(await done[2]).toBe('c');
});

it('does not wait longer than a limit for work that never ends, and that work still may', async () => {
  const order: string[] = [];
  const turns = new Turns();
  const [stuck, next] = ['stuck', 'next'].map((name) => work(name, order));
  const late = turns.take(stuck!.run, 5);
  const soon = turns.take(next!.run);
  next!.end();
  expect(await soon).toBe('next');
  expect(order).toEqual(['stuck', 'next']);
  stuck!.end();
  expect(await late).toBe('stuck');
});
