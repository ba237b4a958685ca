/** Which refresh of a display suits a show: one at which every picture of it is on for as long as the next. Pure. */

/** Rates are told rounded (23.976 as 24), and clocks differ by as much; a tenth of a second in a minute is not seen. */
const TOLERANCE = 0.002;

/** How far a refresh is from a whole multiple of a rate, in parts of itself. */
function misfit(refreshHz: number, rate: number): number {
  const times = Math.max(1, Math.round(refreshHz / rate));
  return Math.abs(refreshHz - times * rate) / refreshHz;
}

/**
 * Of modes that differ in their refresh only, the one that suits all `rates` (pictures a second) best; of several, the one nearest
 * to the display's own. Without rates, or where none suits, the display's own.
 */
export function suitingMode<M extends { readonly refreshHz: number }>(
  own: M,
  modes: readonly M[],
  rates: readonly number[],
): M {
  const worst = ({ refreshHz }: M): number => Math.max(0, ...rates.map((rate) => misfit(refreshHz, rate)));
  if (worst(own) <= TOLERANCE) return own;
  const away = ({ refreshHz }: M): number => Math.abs(refreshHz - own.refreshHz);
  const suiting = modes.filter((mode) => mode.refreshHz > 0 && worst(mode) <= TOLERANCE);
  const parts = (mode: M): number => Math.round(worst(mode) * 10_000);
  return suiting.sort((a, b) => parts(a) - parts(b) || away(a) - away(b))[0] ?? own;
}
