/** Writes `schema/show.schema.json`: `node dist/runtime/show/schema-main.js [FILE]`. */
import { writeFileSync } from 'node:fs';
import { showSchemaText } from './json-schema';

writeFileSync(process.argv[2] ?? 'schema/show.schema.json', showSchemaText());
