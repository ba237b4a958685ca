/** Natural order of file paths: numbers by their value, folder by folder. (An `Intl.Collator` costs 12 ms to make.) */

/** Sorts paths in natural order, without changing the list it was given. */
export function inNaturalOrder(paths: Iterable<string>): string[] {
  const keyed = [...paths].map((path) => ({ path, key: keyOf(path) }));
  return keyed.sort((a, b) => compareKeys(a.key, b.key) || compareTexts(a.path, b.path)).map(({ path }) => path);
}

/** Below, at or above 0. Letters count alike in both cases, `2` comes before `10`, and a folder's files stay together. */
export function compareNaturally(a: string, b: string): number {
  return compareKeys(keyOf(a), keyOf(b)) || compareTexts(a, b);
}

/** Texts and numbers in turn; numbers as their digits without leading zeros, so that none is too large. */
type Key = readonly (string | { readonly digits: string })[];

function keyOf(path: string): Key {
  // The lowest character for the slash keeps `a/b` before `a b`: shorter folder names first.
  const parts = path.toLowerCase().replaceAll('/', '\0').split(/(\d+)/);
  return parts.map((part, index) => (index % 2 === 0 ? part : { digits: part.replace(/^0+(?=\d)/, '') }));
}

function compareKeys(a: Key, b: Key): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index += 1) {
    const [left, right] = [a[index]!, b[index]!];
    // Both are texts or both are numbers: they take turns, texts first.
    if (typeof left === 'string' || typeof right === 'string') {
      if (left !== right) return compareTextParts(a, b, index);
    } else if (left.digits !== right.digits) {
      return left.digits.length - right.digits.length || compareTexts(left.digits, right.digits);
    }
  }
  return a.length - b.length;
}

function compareTextParts(a: Key, b: Key, index: number): number {
  const [left, right] = [a[index] as string, b[index] as string];
  // Where one text ends in a number and the other goes on, a digit stands against a letter.
  return compareTexts(endedBy(left, a, index), endedBy(right, b, index));
}

function endedBy(part: string, key: Key, index: number): string {
  return index + 1 < key.length ? `${part}0` : part;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
