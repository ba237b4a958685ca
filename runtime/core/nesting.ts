/** Nesting: finds documents that nest so deeply that parsing them would exhaust the stack. */
import { Lexer } from 'yaml';

/**
 * Levels of brackets and dashes, or columns of indentation. The formats nest less than ten levels. The parser recurses and
 * overflows the stack from about a thousand, and a regular expression compiled near that limit aborts the whole process.
 */
const MOST_LEVELS = 100;

/** Offset at which `text` nests deeper than any document of ours; undefined where it never does. Does not recurse. */
export function tooDeepAt(text: string): number | undefined {
  let offset = 0;
  let brackets = 0;
  let onLine = 0;
  let previous = '\n';
  for (const token of new Lexer().lex(text)) {
    // Brackets and dashes within a text are part of a longer token.
    if (token === '[' || token === '{') brackets += 1;
    else if (token === ']' || token === '}') brackets = Math.max(0, brackets - 1);
    else if (token === '-' || token === '?') onLine += 1;
    else if (token.endsWith('\n')) onLine = 0;
    else if (token.trim() === '' && previous.endsWith('\n')) onLine = token.length;
    if (brackets > MOST_LEVELS || onLine > MOST_LEVELS) return offset;
    // Marks of the lexer (byte order mark, document mode, flow end, scalar) stand for no text, save the first.
    if (!/^[\x02\x18\x1f]$/.test(token)) offset += token.length;
    previous = token;
  }
  return undefined;
}
