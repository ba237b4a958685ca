/** The show format as JSON Schema, for editors: made of the schema that validates shows. */
import * as z from 'zod/mini';
import { showSchema } from './schema';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** The schema of what a person writes; draft 7, because the YAML support of editors understands that. */
export function showJsonSchema(): JsonSchema {
  return jsonSchemaOf(showSchema);
}

/** The text of `schema/show.schema.json`. */
export function showSchemaText(): string {
  return `${JSON.stringify(showJsonSchema(), undefined, 2)}\n`;
}

function jsonSchemaOf(schema: z.core.$ZodType): z.core.JSONSchema.JSONSchema {
  return z.toJSONSchema(schema, {
    target: 'draft-07',
    io: 'input',
    // Maps: zod has no JSON Schema for them, `override` does.
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const { def } = zodSchema._zod;
      if (def.type !== 'map') return;
      const { $schema: _, ...items } = jsonSchemaOf(def.valueType);
      const names = { propertyNames: { minLength: 1 }, minProperties: 1 };
      Object.assign(jsonSchema, { type: 'object', additionalProperties: items, ...names });
    },
  });
}
