/** What a Wayland compositor offers, and how its screens lie. */
import { bindGlobal, converse, FIRST_FREE } from './wayland-wire';

/** Its events up to version 2 tell place, turn, mode and scale. */
const OUTPUT = 'wl_output';
const OUTPUT_VERSION = 2;

/** The names of the interfaces that the compositor at this socket offers (`wl_seat`, …). Throws where it does not answer. */
export function compositorInterfaces(path: string): readonly string[] {
  return converse(path, (connection) => connection.globals().interfaces);
}

/**
 * The compositor's screens with their places, turns, modes and scales, as text to compare: SDL does not say when they change. Takes
 * two answers, less than a ms each. Throws where it does not answer.
 */
export function screenLayout(path: string): string {
  return converse(path, (connection) => {
    const { interfaces, numbers } = connection.globals();
    const screens = numbers.filter((_, at) => interfaces[at] === OUTPUT);
    const last = FIRST_FREE + screens.length;
    const binds = screens.flatMap((number, at) => bindGlobal(number, OUTPUT, OUTPUT_VERSION, FIRST_FREE + at));
    return connection
      .answers(binds, last)
      .filter(({ object }) => object >= FIRST_FREE && object < last)
      .map(({ words }) => Buffer.from(words).toString('base64'))
      .join(' ');
  });
}
