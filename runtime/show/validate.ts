/** Validation: from a document's plain data to the show as it is written, or to every mistake in it. Pure; never throws. */
import * as z from 'zod/mini';
import type { FieldPath } from '../core/document';
import { crossCheck } from './cross-check';
import { showSchema, type WrittenShow } from './schema';
import { mistakesOf, type Mistake } from './wording';

export type Validated =
  | { readonly written: WrittenShow; readonly mistakes?: undefined }
  | { readonly written?: undefined; readonly mistakes: readonly Mistake[] };

/** Runs also where fields are wrong in themselves, so that every mistake is reported at once. */
const crossRules = z.check<WrittenShow>(
  (payload) => {
    const wrong = payload.issues.flatMap(placesOf);
    for (const { path, message, ...params } of crossCheck(payload.value, wrong)) {
      payload.issues.push({ code: 'custom', input: payload.value, path: [...path], message, params });
    }
  },
  { when: () => true },
);

const checkedSchema = showSchema.check(crossRules);

/** Holds `value` against the format and its cross rules. */
export function validateShow(value: unknown): Validated {
  try {
    const { data, error } = checkedSchema.safeParse(value);
    if (error === undefined) return { written: data };
    return { mistakes: error.issues.flatMap((issue) => mistakesOf(issue, checkedSchema, value)) };
  } catch (cause) {
    // zod hands issues on as arguments, and from some hundred thousand on they exhaust the stack.
    if (!(cause instanceof RangeError)) throw cause;
    return { mistakes: [{ path: [], message: 'has too many mistakes to tell', remedy: 'is this the right file?' }] };
  }
}

/** The places that an issue points at. */
function placesOf(issue: z.core.$ZodRawIssue): readonly FieldPath[] {
  const path = (issue.path ?? []) as FieldPath;
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path];
}
