/** Pictures that nobody can have soon. */
import { writeFileSync } from 'node:fs';

/** A picture that takes a processor half a minute, and cannot be broken off. */
export function slowPicture(file: string): void {
  const numbers = Array.from({ length: 300 }, (_, number) => number);
  const filters = numbers.map(
    (n) =>
      `<filter id="f${n}" x="0" y="0" width="1" height="1"><feTurbulence baseFrequency="0.${n + 100}" numOctaves="8" seed="${n}"/></filter>`,
  );
  const areas = numbers.map((n) => `<rect width="1920" height="1080" opacity="0.5" filter="url(#f${n})"/>`);
  const size = 'width="1920" height="1080"';
  writeFileSync(file, `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${filters.join('')}${areas.join('')}</svg>`);
}
