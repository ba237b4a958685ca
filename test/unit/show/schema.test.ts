/** The published JSON Schema and the reader are one source. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { showJsonSchema, showSchemaText, type JsonSchema } from '../../../runtime/show/json-schema';
import { issuesWith } from './shows';

describe('schema/show.schema.json', () => {
  it('is up to date (else: node dist/runtime/show/schema-main.js)', () => {
    const file = join(__dirname, '../../../../schema/show.schema.json');
    expect(readFileSync(file, 'utf8')).toBe(showSchemaText());
  });

  it('describes every field', () => {
    expect(propertiesBelow(showJsonSchema()).filter(([, schema]) => schema['description'] === undefined)).toEqual([]);
  });

  it('states defaults that the reader accepts', () => {
    const scene = propertyAt(['scenes', '*']);
    const stated = Object.entries(scene['properties'] as Record<string, JsonSchema>).filter(([, { default: d }]) => d);
    expect(stated.map(([name]) => name)).toEqual(['media', 'order', 'fit', 'motion', 'background']);
    for (const [name, schema] of stated) expect(issuesWith(['scenes', 'slides', name], schema['default'])).toEqual([]);
  });

  it('lets no unknown field through', () => {
    const open = propertiesBelow(showJsonSchema()).filter(
      ([, schema]) => schema['properties'] !== undefined && schema['additionalProperties'] !== false,
    );
    expect(open).toEqual([]);
  });
});

function propertiesBelow(schema: JsonSchema): [string, JsonSchema][] {
  const own = Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>);
  const inner = [schema['items'], schema['additionalProperties']].filter((part) => typeof part === 'object');
  return [...own, ...[...own.map(([, part]) => part), ...(inner as JsonSchema[])].flatMap(propertiesBelow)];
}

function propertyAt(path: readonly string[]): JsonSchema {
  return path.reduce<JsonSchema>((schema, step) => {
    const next = step === '*' ? schema['additionalProperties'] : (schema['properties'] as JsonSchema)[step];
    return next as JsonSchema;
  }, showJsonSchema());
}
