/** Text from outside, such as a file's name, made safe to print: on one line, or on lines of its own. */

/** Control characters, line and paragraph separators, and what turns the direction of writing: none is seen, all change what is. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** `a\nb` for a name with a line break, `\x1b[2J` for one that would clear the terminal. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (character) => {
    const code = character.charCodeAt(0);
    // Those that JSON leaves as they are, in the way of JSON: a document stays one.
    return NAMED[character] ?? (code < 0x7f ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);
  });
}

/** The same for text of several lines, also of JSON: its line feeds stay. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0');
