/** Whether composing is shared out while decoders need the processors. */
import { isHelpNeeded } from '../../../runtime/render/cpu/renderer';

it('asks for help where a frame takes long, and goes without where it took next to nothing', () => {
  expect(isHelpNeeded(3, false)).toBe(false);
  expect(isHelpNeeded(6, false)).toBe(true);
  expect(isHelpNeeded(4, true)).toBe(true);
  expect(isHelpNeeded(2.5, true)).toBe(false);
});
