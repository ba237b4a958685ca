/** The memory budget: pure, from the facts and the share a profile takes. */
import type { HardwareFacts } from '../core/facts';

export interface Budget {
  readonly bytes: number;
  /** With numbers, for `plan` and `explain`. */
  readonly because: string;
}

const MIB = 1024 * 1024;

/**
 * Left to the rest of the machine whatever the share says: kernel, systemd, sshd and journald of a Debian without a
 * desktop take 60 to 90 MiB; the rest is page cache to read media through.
 */
const SYSTEM_BYTES = 160 * MIB;

/** Bytes the whole process tree may take. More memory, or a wider limit, never means a smaller budget. `share` is 0 to 1. */
export function memoryBudget(facts: HardwareFacts, share: number): Budget {
  const { totalBytes, usableBytes, limitBytes = Infinity } = facts.memory;
  const what = limitBytes <= totalBytes ? "of the cgroup's limit" : 'of the memory';
  // A cgroup holds this program alone, or what its owner counted in: only the whole machine has a system to leave room to.
  const roomBytes = Math.max(0, Math.min(limitBytes, totalBytes - SYSTEM_BYTES));
  const sharedBytes = Math.floor(usableBytes * share);
  const mib = (bytes: number): string => `${Math.round(bytes / MIB)} MiB`;
  if (sharedBytes <= roomBytes) return { bytes: sharedBytes, because: `${share} ${what}, ${mib(usableBytes)}` };
  return {
    bytes: roomBytes,
    because: `the ${mib(totalBytes)} of the machine less ${mib(SYSTEM_BYTES)} for the system`,
  };
}
