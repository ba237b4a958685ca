/** The memory of a child is limited by the kernel. */
import { startChild } from '../../../runtime/media/child';

it.each([
  ['fails beyond', 64, 1, /exhausted/],
  ['is given below', 512, 0, /^$/],
])('an allocation of 200 MiB %s a limit of %i MiB', async (_what, limitMib, code, complaint) => {
  const words = ['if=/dev/zero', 'of=/dev/null', 'bs=200M', 'count=1', 'status=none'];
  const end = await startChild('dd', words, 'ignore', undefined, limitMib * 2 ** 20).ended;
  expect(end.code).toBe(code);
  expect(end.complaint).toMatch(complaint);
});
