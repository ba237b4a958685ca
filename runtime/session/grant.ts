/** The grant: what the tuning gave to the show that plays, in the ledger, the picture store and the plugins; a reload widens it. */
import type { MemoryLease, MemoryLedger } from '../core/ledger';
import type { PluginHostRuntime } from '../core/host';
import { besidePlannedBytes, besideValues } from '../options/beside';
import type { Tuning } from '../options/tune';

export interface GrantParts {
  readonly ledger: MemoryLedger;
  /** Limits the stores of pixels to what these values need. */
  limit(tuning: Pick<Tuning, 'values' | 'panel'>): void;
  readonly plugins: Pick<PluginHostRuntime, 'retune'>;
  optionsOf(pluginId: string, values: Tuning['values']): Readonly<Record<string, unknown>>;
}

/** Ends the time of two shows side by side: the new one plays alone, or the old one goes on as before. Once. */
export type Settle = (outcome: 'played' | 'refused') => void;

/** Main thread only. */
export class Grant {
  private leases: MemoryLease[] = [];
  private mostPlannedBytes = 0;

  /** `first` is what the plugins were opened with. */
  constructor(
    private readonly parts: GrantParts,
    private tuning: Tuning,
  ) {
    this.book();
  }

  /** The account of the show that plays. */
  get account(): Tuning['account'] {
    return this.tuning.account;
  }

  /** The largest sum planned so far, two shows side by side included: what a peak since the start is compared with. */
  get plannedBytes(): number {
    return this.mostPlannedBytes;
  }

  /** Gives room to another show beside the one that plays, as far as the budget goes, until settled. */
  widen(next: Tuning): Settle {
    this.mostPlannedBytes = Math.max(this.mostPlannedBytes, besidePlannedBytes(this.tuning, next));
    this.apply({ values: besideValues(this.tuning, next), panel: next.panel });
    return (outcome) => {
      if (outcome === 'played') {
        this.tuning = next;
        this.book();
      }
      this.apply(this.tuning);
    };
  }

  /** The show that plays needs something else than before: files joined it or left. */
  refit(next: Tuning): void {
    this.tuning = next;
    this.book();
    this.apply(next);
  }

  private apply(tuning: Pick<Tuning, 'values' | 'panel'>): void {
    const { limit, plugins, optionsOf } = this.parts;
    limit(tuning);
    plugins.retune((id) => optionsOf(id, tuning.values));
  }

  private book(): void {
    for (const lease of this.leases) lease.release();
    const { consumers, plannedBytes } = this.tuning.account;
    this.leases = consumers.flatMap(({ owner, bytes }) => this.parts.ledger.reserve(owner, bytes) ?? []);
    this.mostPlannedBytes = Math.max(this.mostPlannedBytes, plannedBytes);
  }
}
