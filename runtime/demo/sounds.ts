/** The demo sounds, note by note: a bed of slow chords that goes round without a seam, a chime, and a short tune. Pure. */

export const SOUND_RATE_HZ = 32_000;

export interface DemoSound {
  readonly file: string;
  readonly seconds: number;
  /** The sample of each side at a time, from -1 to 1. */
  readonly sample: (seconds: number) => readonly [left: number, right: number];
}

/** Frequencies of the notes used, in Hz (equal temperament, a' = 440 Hz). */
const NOTE = {
  d3: 146.83,
  a3: 220,
  d4: 293.66,
  e4: 329.63,
  fs4: 369.99,
  g4: 392,
  a4: 440,
  b4: 493.88,
  d5: 587.33,
} as const;

const BED_S = 16;
/** Each chord comes and goes over half of its neighbours; the last one leads into the first. */
const CHORDS: readonly (readonly number[])[] = [
  [NOTE.d3, NOTE.a3, NOTE.fs4],
  [NOTE.d3, NOTE.b4 / 2, NOTE.g4],
  [NOTE.e4 / 2, NOTE.b4 / 2, NOTE.g4],
  [NOTE.a3 / 2, NOTE.a3, NOTE.e4],
];

const turn = (hz: number, seconds: number): number => Math.sin(2 * Math.PI * hz * seconds);

/** To the nearest frequency that has whole turns in the bed, so that its end meets its begin. */
const roundTuned = (hz: number): number => Math.round(hz * BED_S) / BED_S;

const TUNED = CHORDS.map((chord) => chord.map(roundTuned));

function bed(seconds: number): readonly [number, number] {
  const span = BED_S / CHORDS.length;
  let [left, right] = [0, 0];
  for (let index = 0; index < CHORDS.length; index++) {
    // Distance to the chord's middle, the short way round.
    const away = Math.abs(((seconds - (index + 0.5) * span + 1.5 * BED_S) % BED_S) - BED_S / 2);
    const level = away >= span ? 0 : Math.cos((Math.PI / 2) * (away / span)) ** 2;
    if (level === 0) continue;
    const chord = TUNED[index]!;
    for (let voice = 0; voice < chord.length; voice++) {
      const tuned = chord[voice]!;
      const tone = turn(tuned, seconds) + 0.3 * turn(2 * tuned, seconds) + 0.12 * turn(3 * tuned, seconds);
      const side = 0.3 * turn(2 / BED_S + voice / BED_S, seconds);
      left += level * tone * (1 + side);
      right += level * tone * (1 - side);
    }
  }
  return [0.07 * left, 0.07 * right];
}

/** A struck tone: its overtones fade faster than it does. After this long nothing of it is left. */
const BELL_S = 4;

function bell(hz: number, seconds: number): number {
  if (seconds < 0 || seconds > BELL_S) return 0;
  const strike = Math.min(1, seconds / 0.004);
  return (
    strike *
    [1, 2.01, 3.03].reduce(
      (sum, overtone, at) => sum + (turn(hz * overtone, seconds) * Math.exp(-seconds * (2 + 3 * at))) / (1 + 2 * at),
      0,
    )
  );
}

const CHIME = [NOTE.a4, NOTE.d5, NOTE.fs4 * 2];
const TUNE = [NOTE.d4, NOTE.fs4, NOTE.a4, NOTE.g4, NOTE.e4, NOTE.fs4, NOTE.d4];
const TUNE_STEP_S = 0.7;

const struck =
  (notes: readonly number[], stepS: number, level: number) =>
  (seconds: number): readonly [number, number] => {
    let [left, right] = [0, 0];
    for (const [at, hz] of notes.entries()) {
      const tone = level * bell(hz, seconds - at * stepS);
      const side = 0.25 * Math.sin(at * 1.9);
      left += tone * (1 + side);
      right += tone * (1 - side);
    }
    return [left, right];
  };

export const SOUNDS: readonly DemoSound[] = [
  { file: 'sounds/bed.wav', seconds: BED_S, sample: bed },
  { file: 'sounds/chime.wav', seconds: 3, sample: struck(CHIME, 0.16, 0.22) },
  { file: 'sounds/tune.wav', seconds: TUNE.length * TUNE_STEP_S + 2, sample: struck(TUNE, TUNE_STEP_S, 0.3) },
];
