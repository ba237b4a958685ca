/** The ledger: the account of all bytes promised to caches, rings and pools. */

/** Bytes granted to one owner. Give them back with `release`; twice is harmless. */
export interface MemoryLease {
  readonly owner: string;
  readonly bytes: number;
  release(): void;
}

/** A reservation is granted or refused at once; the caller evicts, shrinks or streams. */
export interface MemoryLedger {
  readonly budgetBytes: number;
  readonly reservedBytes: number;
  readonly freeBytes: number;
  reserve(owner: string, bytes: number): MemoryLease | undefined;
  /** Bytes by owner, for reports. */
  byOwner(): Readonly<Record<string, number>>;
}

/** Opens a ledger over a fixed budget in bytes. The sum of its leases never exceeds it. */
export function openLedger(budgetBytes: number): MemoryLedger {
  const owners = new Map<string, number>();
  let reservedBytes = 0;
  return {
    budgetBytes,
    get reservedBytes() {
      return reservedBytes;
    },
    get freeBytes() {
      return budgetBytes - reservedBytes;
    },
    reserve(owner, bytes) {
      if (!Number.isSafeInteger(bytes) || bytes < 0) throw new RangeError(`cannot reserve ${bytes} bytes`);
      if (reservedBytes + bytes > budgetBytes) return undefined;
      reservedBytes += bytes;
      owners.set(owner, (owners.get(owner) ?? 0) + bytes);
      let held = true;
      return {
        owner,
        bytes,
        release() {
          if (!held) return;
          held = false;
          reservedBytes -= bytes;
          const left = (owners.get(owner) ?? 0) - bytes;
          if (left > 0) owners.set(owner, left);
          else owners.delete(owner);
        },
      };
    },
    byOwner: () => Object.fromEntries(owners),
  };
}
