/** Findings from the texts of themes: letters that no installed font has, which are drawn as boxes. Pure. */
import type { SourceDocument } from '../core/document';
import type { Issue } from '../core/errors';
import { issueAt } from './parse';
import type { Show } from './types';

/** Which code points the installed fonts have. Resolves with undefined where that cannot be found out. */
export type FontInspector = () => Promise<((codePoint: number) => boolean) | undefined>;

/** Nothing is drawn for them by themselves. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}]/u;
/** Letters that every font has that is installed for texts at all. */
const LATIN = /[\u0000-\u00ff]/;
/** In a message. */
const MOST_LETTERS = 12;

/** Debian packages by the letters they bring, the first one that fits. */
const PACKAGES: readonly { readonly letters: RegExp; readonly name: string }[] = [
  {
    letters:
      /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\u3000-\u303f\uff00-\uffef]/u,
    name: 'fonts-noto-cjk',
  },
  { letters: /[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}]/u, name: 'fonts-noto-color-emoji' },
  { letters: /./su, name: 'fonts-noto-core' },
];

/** One warning a text. `has`: as the inspector found. */
export async function glyphWarnings(show: Show, document: SourceDocument, fonts: FontInspector): Promise<Issue[]> {
  const texts = Object.entries(show.themes).flatMap(([theme, { texts: lines }]) =>
    lines.map((text, at) => ({ text, path: ['themes', theme, 'texts', at] })),
  );
  const beyond = texts.find(({ text }) => [...text].some((letter) => !LATIN.test(letter) && !INVISIBLE.test(letter)));
  if (beyond === undefined) return [];
  const has = await fonts();
  if (has === undefined) {
    const message = 'has letters beyond Latin; whether a font has them cannot be found out without fc-list';
    return [issueAt(document, beyond.path, message, 'install the package fontconfig')];
  }
  return texts.flatMap(({ text, path }) => {
    const missing = [...new Set(text)].filter((letter) => !isDrawn(letter, has));
    if (missing.length === 0) return [];
    const some = missing.slice(0, MOST_LETTERS).join(' ') + (missing.length > MOST_LETTERS ? ' …' : '');
    const packages = PACKAGES.filter(({ name }) => missing.some((letter) => packageOf(letter) === name));
    const names = packages.map(({ name }) => name).join(' and ');
    const message = `no installed font has these letters, boxes are drawn in their place: ${some}`;
    return [issueAt(document, path, message, `install the package${packages.length > 1 ? 's' : ''} ${names}`)];
  });
}

/** A font without a composed letter draws it from its base letter and its accents. */
function isDrawn(letter: string, has: (codePoint: number) => boolean): boolean {
  if (INVISIBLE.test(letter) || has(letter.codePointAt(0)!)) return true;
  const parts = [...letter.normalize('NFD')];
  return parts.length > 1 && parts.every((part) => has(part.codePointAt(0)!));
}

const packageOf = (letter: string): string => PACKAGES.find(({ letters }) => letters.test(letter))!.name;
