/** The panel to expect before an output is open: from the options, else from the screen, else the usual one. Pure. */
import type { HardwareFacts } from '../core/facts';
import type { PanelSize } from './footprint';
import { parseSize } from './units';

export interface ExpectedPanel extends PanelSize {
  readonly because: string;
}

/** Where nothing says a size: by far the most frequent panel, and what an off-screen show is composed at. */
const USUAL: PanelSize = { widthPx: 1920, heightPx: 1080 };

/** The panel upright, that is after rotation, in px. `values` by dotted key. */
export function expectedPanel(facts: HardwareFacts, values: Readonly<Record<string, unknown>>): ExpectedPanel {
  const given = parseSize(String(values['display.size']));
  const screen = facts.graphics.connectors.find((connector) => connector.connected && connector.modes.length > 0);
  const offscreen = values['display.output'] === 'offscreen' || values['display.output'] === 'null';
  const mode = offscreen || facts.session.type === 'none' ? undefined : screen?.modes[0];
  const size = given ?? mode ?? USUAL;
  const because =
    given !== undefined
      ? 'display.size'
      : mode !== undefined
        ? `the screen at ${screen?.name}`
        : 'no screen says its size';
  const lies = values['display.rotate'] === 90 || values['display.rotate'] === 270;
  return { widthPx: lies ? size.heightPx : size.widthPx, heightPx: lies ? size.widthPx : size.heightPx, because };
}
