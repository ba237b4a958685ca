/** Writes config/OPTIONS.md anew from the option rows: `node dist/runtime/cli/options-page-main.js`. */
import { writeFileSync } from 'node:fs';
import { packageFile } from '../core/paths';
import { optionsPage } from '../options/options-page';
import { RUNTIME_SECTIONS } from '../options/runtime-rows';
import { assembleTable } from '../options/table';
import { BUILT_IN_SECTIONS } from './built-in-sections';

writeFileSync(
  packageFile('config', 'OPTIONS.md'),
  optionsPage(assembleTable([...RUNTIME_SECTIONS, ...BUILT_IN_SECTIONS])),
);
