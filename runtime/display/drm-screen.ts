/** From cards to one screen: opens the card whose connector is to be shown on and says in words why none can be. */
import { Card } from './drm';
import { chooseConnector, chooseMode, suitShow, type Connector, type Mode } from './drm-modes';
import { edidId } from '../hardware/edid';
import { codeOf, type Kernel } from './kernel';

const FOLDER = '/dev/dri';

/** A screen that can be shown on, whose card is open and ours. */
export interface Screen {
  readonly card: Card;
  readonly connector: Connector;
  readonly mode: Mode;
  readonly crtc: number;
  /** `virtio-pci on Virtual-1 (RHT-1234)` */
  readonly driver: string;
}

/** What is looked for; `connector` as the kernel names it, undefined for the first with a screen. */
export interface ScreenRequest {
  readonly size: { readonly widthPx: number; readonly heightPx: number } | undefined;
  readonly connector?: string | undefined;
  readonly rates?: readonly number[];
}

/** Names of the cards, `card0` before `card10`. */
export function cardNames(kernel: Kernel): string[] {
  return kernel
    .list(FOLDER)
    .filter((name) => /^card\d+$/.test(name))
    .sort((a, b) => cardNumber(a) - cardNumber(b));
}

const cardNumber = (name: string): number => Number(name.slice('card'.length));

/** Whether the kernel has a connector of which it does not know that nothing is on it. Looks at small files only. */
export function mayHaveScreen(kernel: Kernel): boolean {
  const connectors = kernel.list('/sys/class/drm').filter((name) => /^card\d+-/.test(name));
  const states = connectors.map((name) => kernel.line(`/sys/class/drm/${name}/status`));
  return states.length === 0 || states.some((state) => state !== 'disconnected');
}

/** What to do about a call that the kernel refused. */
export function inWords(path: string, cause: unknown): string {
  const code = codeOf(cause);
  if (code === 'EACCES' || code === 'EPERM') return `no right to use ${path}; add this user to the group video`;
  if (code === 'ENOENT' || code === 'ENODEV' || code === 'ENXIO') return `${path} has gone`;
  return `${path} cannot be used (${cause instanceof Error ? cause.message : String(cause)})`;
}

const OWNED =
  'another program owns the screen: stop the desktop, the login screen or the other player (fuser -v /dev/dri/card*)';

/** What a refused change of the screen means, when the card could be opened. */
export function refusalInWords(path: string, cause: unknown): string {
  const code = codeOf(cause);
  if (code === 'EACCES' || code === 'EPERM' || code === 'EBUSY') return `${path}: ${OWNED}`;
  return inWords(path, cause);
}

interface Candidate {
  readonly card: Card;
  readonly connectors: readonly Connector[];
}

/** Finds the screen, becomes master of its card, and leaves every other card closed. Throws with words for a person. */
export function openScreen(kernel: Kernel, request: ScreenRequest): Screen {
  return withChosen(kernel, request.connector, (card, connector, keep) => {
    const screen = claim(kernel, card, connector, request);
    keep();
    return screen;
  });
}

/** N of the `/dev/dri/cardN` that `openScreen` takes, for others to open. Leaves every card closed; throws like it. */
export function chosenCard(kernel: Kernel, connector?: string): number {
  return withChosen(kernel, connector, ({ path }) => cardNumber(path.slice(FOLDER.length + 1)));
}

/** Chooses among all cards; afterwards they are closed but for the chosen one, where `keep` was called. */
function withChosen<T>(
  kernel: Kernel,
  named: string | undefined,
  act: (card: Card, connector: Connector, keep: () => void) => T,
): T {
  const names = cardNames(kernel);
  if (names.length === 0)
    throw new Error(
      `${FOLDER} has no graphics card; is the kernel's driver for the display loaded (modprobe, dtoverlay)?`,
    );
  const troubles: string[] = [];
  const candidates: Candidate[] = [];
  let kept: Card | undefined;
  try {
    for (const name of names) openCandidate(kernel, `${FOLDER}/${name}`, candidates, troubles);
    if (candidates.length === 0) throw new Error(troubles.join('; '));
    const chosen = chooseConnector(
      candidates.map(({ connectors }) => connectors),
      named,
    );
    if (!chosen.found) throw new Error([chosen.because, ...troubles].join('; '));
    const { card } = candidates[chosen.card]!;
    return act(card, chosen.connector, () => (kept = card));
  } finally {
    for (const { card } of candidates) if (card !== kept) card.close();
  }
}

/** Adds a card that could show pictures to `candidates`, or why it cannot to `troubles`. */
function openCandidate(kernel: Kernel, path: string, candidates: Candidate[], troubles: string[]): void {
  let card: Card;
  try {
    card = Card.open(kernel, path);
  } catch (cause) {
    troubles.push(inWords(path, cause));
    return;
  }
  try {
    if (!card.hasDumbBuffers()) throw new Error(`${path} has no buffers that the CPU can draw into`);
    const connectors = card.resources().connectors.map((id) => card.connector(id, true));
    candidates.push({ card, connectors });
  } catch (cause) {
    card.close();
    const code = codeOf(cause);
    // A card that only computes (the 3D half of a Raspberry Pi) knows nothing of screens.
    if (code === 'EOPNOTSUPP' || code === 'ENOTTY' || code === 'EINVAL')
      troubles.push(`${path} has no screens (${code})`);
    else troubles.push(code === '' && cause instanceof Error ? cause.message : inWords(path, cause));
  }
}

function claim(kernel: Kernel, card: Card, connector: Connector, { size, rates = [] }: ScreenRequest): Screen {
  try {
    card.becomeMaster();
  } catch (cause) {
    throw new Error(refusalInWords(card.path, cause), { cause });
  }
  const mode = suitShow(chooseMode(connector.modes, size)!, connector.modes, rates);
  const crtc = crtcFor(card, connector);
  if (crtc === undefined)
    throw new Error(`${card.path} has no free crtc for ${connector.name}; disconnect another screen`);
  const edid = card.property(connector, 'EDID');
  const id = edid === undefined ? undefined : edidId(card.blob(Number(edid.value)));
  const device = `/sys/class/drm/${card.path.slice(FOLDER.length + 1)}/device/driver`;
  const driver = `${kernel.linkName(device) ?? 'drm'} on ${connector.name}${id === undefined ? '' : ` (${id})`}`;
  return { card, connector, mode, crtc, driver };
}

/** The crtc that feeds the connector now; else the first that can, best one that feeds no other. */
function crtcFor(card: Card, connector: Connector): number | undefined {
  if (connector.encoder !== 0) {
    const { crtc } = card.encoder(connector.encoder);
    if (crtc !== 0) return crtc;
  }
  const { crtcs, connectors } = card.resources();
  const inUse = new Set(
    connectors
      .map((id) => card.connector(id, false).encoder)
      .filter((encoder) => encoder !== 0)
      .map((encoder) => card.encoder(encoder).crtc),
  );
  const possible = connector.encoders.reduce((bits, id) => bits | card.encoder(id).possibleCrtcs, 0);
  const able = crtcs.filter((_, index) => (possible & (1 << index)) !== 0);
  return able.find((crtc) => !inUse.has(crtc)) ?? able[0];
}
