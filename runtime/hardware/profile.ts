/** The choice of a profile: pure, from the facts alone. What a profile holds is data in config/profiles. */
import type { HardwareFacts } from '../core/facts';
import { hasScreen, isRaspberryPi } from './facts';

export interface ProfileChoice {
  readonly name: string;
  /** For `vitrine probe`: the facts that decided. */
  readonly because: string;
}

const MIB = 1024 * 1024;

/**
 * Smallest usable memory of each tier. A board shows less than its name says: the firmware and the graphics part take
 * up to 128 MiB, so a "1 GB" board shows about 905 MiB; each border lies between two sizes as they are shown.
 */
const RASPBERRY_TIERS = [
  { name: 'raspberry-pi', fromBytes: 3072 * MIB },
  { name: 'raspberry-pi-2g', fromBytes: 1536 * MIB },
  { name: 'raspberry-pi-1g', fromBytes: 704 * MIB },
  { name: 'raspberry-pi-512m', fromBytes: 0 },
] as const;

/** Names the profile for a machine. */
export function selectProfile(facts: HardwareFacts): ProfileChoice {
  const memory = `${Math.round(facts.memory.usableBytes / MIB)} MiB usable`;
  if (isRaspberryPi(facts)) {
    const tier = RASPBERRY_TIERS.find(({ fromBytes }) => facts.memory.usableBytes >= fromBytes);
    return { name: tier?.name ?? 'raspberry-pi-512m', because: `${facts.board.model} with ${memory}` };
  }
  if (facts.session.type === 'kms')
    return { name: 'kiosk', because: 'a screen at the console, and no desktop session' };
  if (hasScreen(facts)) return { name: 'desktop', because: `a ${facts.session.type} screen can be reached` };
  return { name: 'headless', because: 'no screen can be reached' };
}
