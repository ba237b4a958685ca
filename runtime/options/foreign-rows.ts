/** The option rows of a plugin that does not come with the program: made by the builders, or as plain as the plugin contract allows. Pure. */
import type { Option, OptionTable } from '../core/plugin';
import { bytes, choice, count, durationMs, flag, level, ratio, text, type RowText } from './row';

/** Rows as the builders make them. Throws an `Error` that names the option where one cannot be read. */
export function rowsOf(options: OptionTable): OptionTable {
  return Object.fromEntries(Object.entries(options).map(([name, option]) => [name, rowOf(name, option)]));
}

function rowOf(name: string, option: Partial<Option<unknown>> | null): Option<unknown> {
  if (typeof option !== 'object' || option === null) throw new Error(`option ${name}: it is no row`);
  if (String(option.format).startsWith('vitrine-')) return option as Option<unknown>;
  const { doc = '', why = '', applies = 'restart', unit = 'none', env, arg, format, default: value } = option;
  const words: RowText = {
    doc,
    why,
    applies,
    ...(env === undefined ? {} : { env }),
    ...(arg === undefined ? {} : { arg }),
  };
  if (format === Number || format === 'Number') {
    if (typeof value !== 'number') throw new Error(`option ${name}: its default is not a number`);
    return number({ ...words, default: value }, unit);
  }
  if (format === Boolean || format === 'Boolean') {
    if (typeof value !== 'boolean') throw new Error(`option ${name}: its default is not true or false`);
    return flag({ ...words, default: value });
  }
  if (format === String || format === 'String') {
    if (typeof value !== 'string' && value !== null) throw new Error(`option ${name}: its default is not a text`);
    return text({ ...words, default: value });
  }
  if (Array.isArray(format) && format.every((word) => typeof word === 'string' || typeof word === 'number')) {
    if (!format.includes(value as string)) throw new Error(`option ${name}: its default is none of its words`);
    return choice({ ...words, words: format, default: value as string | number });
  }
  throw new Error(
    `option ${name}: its format must be Number, String, Boolean, a list of words, or that of a row builder`,
  );
}

/** A plain row has no limits but those of its unit. */
function number(row: RowText & { readonly default: number }, unit: Option<unknown>['unit']): Option<unknown> {
  const limits = { min: 0, max: Number.MAX_SAFE_INTEGER };
  switch (unit) {
    case 'ms':
      return durationMs({ ...row, ...limits });
    case 'bytes':
      return bytes({ ...row, ...limits });
    case 'count':
    case 'frames':
    case 'px':
    case 'hz':
      return count({ ...row, ...limits, unit });
    case 'LUFS':
    case 'dBTP':
      return level({ ...row, min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER, unit });
    case 'ratio':
    case 'none':
      return ratio({ ...row, min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
    default:
      throw new Error(`there is no unit ${String(unit)}`);
  }
}
