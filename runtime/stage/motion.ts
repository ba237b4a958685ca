/** Motion: what the stage and those who store pictures for it agree on about slow moves over a picture. */

/**
 * A picture that moves (ken-burns) is stored this much wider and higher than the panel, so that the move has somewhere
 * to go without enlarging pixels.
 */
export const KEN_BURNS_ZOOM = 1.15;
