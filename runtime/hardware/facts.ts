/** Named questions about the facts, so that no code elsewhere compares board names. */
import type { HardwareFacts } from '../core/facts';

export function isRaspberryPi(facts: HardwareFacts): boolean {
  return facts.board.family === 'raspberry-pi';
}

/** Whether there is a screen that can be reached from here. */
export function hasScreen(facts: HardwareFacts): boolean {
  return facts.session.type !== 'none';
}

/** Whole cores that composing may use: at least 1. */
export function composeCores(facts: HardwareFacts): number {
  return Math.max(1, Math.floor(facts.cpu.grantedCores));
}

/** Whole cores left for decoding beside the render thread: at least 1. */
export function decodeCores(facts: HardwareFacts): number {
  return Math.max(1, Math.floor(facts.cpu.grantedCores) - 1);
}

/** Where a device's own configuration may be looked for: board serial, machine-id, host name. */
export function deviceIds(facts: HardwareFacts): readonly string[] {
  const { serial, machineId, hostName } = facts.board;
  return [serial, machineId, hostName].filter((id): id is string => id !== undefined && id !== '');
}
