/** config/OPTIONS.md is what the rows say now. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { BUILT_IN_SECTIONS } from '../../../runtime/cli/built-in-sections';
import { optionsPage } from '../../../runtime/options/options-page';
import { RUNTIME_SECTIONS } from '../../../runtime/options/runtime-rows';
import { assembleTable } from '../../../runtime/options/table';

const table = assembleTable([...RUNTIME_SECTIONS, ...BUILT_IN_SECTIONS]);

it('is committed as it is generated (run `node dist/runtime/cli/options-page-main.js` after changing a row)', () => {
  expect(readFileSync(resolve(__dirname, '../../../../config/OPTIONS.md'), 'utf8')).toBe(optionsPage(table));
});

it('names each knob of the seeds, as an option or with the reason why it is none', () => {
  const page = optionsPage(table);
  for (const knob of [
    'image_cache_size',
    '_cache_per_theme',
    'preload_aggressively',
    'LAST_IMAGE_COUNT',
    '_cache_refill_interval',
    '_gc_interval',
    'lookahead_count',
    'lookahead_batch_size',
    'lookahead_sleep_ms',
    'max_preload_ms',
    'loader_queue_size',
    'sync_warning_ms',
    'background_warning_ms',
    '_lookahead_interval',
    '_preload_initial_lookahead',
  ])
    expect(page).toContain(`\`${knob}\``);
});
