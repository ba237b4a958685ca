/** The display on and off: by hand, and by opening hours. An order by hand holds until the hours change next. */
import { isOpen, untilChangeMs, type OpeningHours } from '../core/opening-hours';

export interface DisplayState {
  readonly display: 'on' | 'off';
  /** Who switched it. */
  readonly because: 'command' | 'opening hours';
  /** How: `DPMS`, `CEC`. Empty where only the picture went. */
  readonly by: readonly string[];
  /** The steps that failed, and why. */
  readonly notes: readonly string[];
}

export interface DisplayPowerParts {
  /** Undefined: always open. */
  readonly hours: OpeningHours | undefined;
  readonly wallMs: () => number;
  /** Switches all that can be switched; never rejects. */
  readonly act: (on: boolean) => Promise<Pick<DisplayState, 'by' | 'notes'>>;
  readonly onSwitched: (state: DisplayState) => void;
}

/** A clock that is set, or a machine that slept, is noticed within a minute. */
const LONGEST_LOOK_MS = 60_000;

export class DisplayPower {
  private open: boolean;
  private timer: NodeJS.Timeout | undefined;
  private state: DisplayState = { display: 'on', because: 'opening hours', by: [], notes: [] };
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: DisplayPowerParts) {
    this.open = true;
  }

  /** Follows the opening hours from now on. */
  start(): void {
    const { hours, wallMs } = this.parts;
    if (hours === undefined) return;
    const now = new Date(wallMs());
    const open = isOpen(hours, now);
    if (open !== this.open) {
      this.open = open;
      void this.turn(open, 'opening hours');
    }
    this.timer = setTimeout(() => this.start(), Math.min(LONGEST_LOOK_MS, untilChangeMs(hours, now)));
    this.timer.unref();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  get now(): DisplayState {
    return this.state;
  }

  /** Resolves once it was done; orders follow each other. */
  turn(on: boolean, because: DisplayState['because'] = 'command'): Promise<DisplayState> {
    const done = this.last.then(async () => {
      this.state = { display: on ? 'on' : 'off', because, ...(await this.parts.act(on)) };
      this.parts.onSwitched(this.state);
      return this.state;
    });
    this.last = done.catch(() => {});
    return done;
  }
}
