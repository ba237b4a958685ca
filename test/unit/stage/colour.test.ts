import { CHROMA_PLACES, turnedPlace, type ChromaPlace } from '../../../runtime/stage/colour';

/** What each turn does to a picture that is wider than high, told by where its first column and row come to lie. */
const TURNED = [
  [0, 'left', { xPx: 0, yPx: 0.5 }],
  [90, 'left', { xPx: 0.5, yPx: 0 }],
  [180, 'left', { xPx: 1, yPx: 0.5 }],
  [270, 'left', { xPx: 0.5, yPx: 1 }],
  [90, 'topleft', { xPx: 1, yPx: 0 }],
  [180, 'topleft', { xPx: 1, yPx: 1 }],
  [270, 'topleft', { xPx: 0, yPx: 1 }],
  [90, 'center', { xPx: 0.5, yPx: 0.5 }],
] as const;

it.each(TURNED)('turned by %i, chroma at the %s is there', (turn, place, there) => {
  expect(turnedPlace(CHROMA_PLACES[place], turn)).toEqual(there);
});

it('is where it was after four quarters, and after two halves', () => {
  for (const place of Object.values<ChromaPlace>(CHROMA_PLACES)) {
    const quarter = (at: ChromaPlace): ChromaPlace => turnedPlace(at, 90);
    expect(quarter(quarter(place))).toEqual(turnedPlace(place, 180));
    expect(turnedPlace(quarter(place), 270)).toEqual(place);
    expect(turnedPlace(turnedPlace(place, 180), 180)).toEqual(place);
  }
});
