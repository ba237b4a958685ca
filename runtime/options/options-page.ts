/** OPTIONS.md: every option with its default, range, names and reason, and the seeds' knobs that have no meaning here. Pure. */
import { describeRange, formatValue } from './formats';
import type { Entry, Table } from './table';

/** A knob of the seed documents that is no option here, and why not. */
interface GoneKnob {
  readonly seed: string;
  readonly was: string;
  readonly reason: string;
}

/** Every knob of the seeds' theme and image cache that is not a row's `seed`. */
const GONE_KNOBS: readonly GoneKnob[] = [
  {
    seed: '_cache_per_theme',
    was: 'derived',
    reason: 'the share of a theme follows from its `weight` in the show and its number of files',
  },
  {
    seed: '_cache_refill_interval',
    was: '5 frames',
    reason: 'the look-ahead follows each draw; nothing refills by counting frames',
  },
  {
    seed: '_gc_interval',
    was: '50 evictions',
    reason: 'pictures lie outside the collected heap and their slabs are used again; there is nothing to collect',
  },
  {
    seed: '_lookahead_interval',
    was: 'every call',
    reason: 'the look-ahead runs on every draw, at no cost when nothing is missing',
  },
  {
    seed: '_preload_initial_lookahead',
    was: 'min(look-ahead, batch)',
    reason: 'the first fill is min(15, cache), or all of it with `theme.preloadAll`',
  },
  {
    seed: 'preload_images(max_count)',
    was: 'min(15, cache)',
    reason: 'as above; the first pictures of the planned order, not of the folder',
  },
  {
    seed: 'MESMERGLASS_THEME_*',
    was: 'environment',
    reason: 'every option has an environment variable of its own, see above',
  },
  {
    seed: 'VideoStreamer(buffer_size)',
    was: '120 frames, twice',
    reason: 'belongs to video, which sizes its ring in bytes; 2.65 GB at 2560x1440 is no default for a kiosk',
  },
];

/** The page for a table, as Markdown; ends in a line feed. */
export function optionsPage(table: Table): string {
  const bySection = new Map<string, Entry[]>();
  for (const entry of table.entries.values()) {
    const section = entry.key.includes('.') ? entry.key.slice(0, entry.key.indexOf('.')) : '';
    bySection.set(section, [...(bySection.get(section) ?? []), entry]);
  }
  const lines = [
    '# Options',
    '',
    'Generated from the option rows by `node dist/runtime/cli/options-page-main.js`; a test fails when this page is stale.',
    '',
    'Weakest first, a value comes from: the default; the profile; `/etc/vitrine/config.yaml`; `/etc/vitrine/conf.d/*.yaml`;',
    '`/etc/vitrine/devices/ID.yaml`; files named with `--config`; the environment; arguments; `--set key=value`.',
    '`vitrine explain KEY` tells where a value came from. Durations read `800ms`, `6s`, `5m`, `1h`; sizes `64MiB`, `64MB`.',
    'A change applies `live`, with the next `session` (a reload), or after a `restart`.',
  ];
  for (const [section, entries] of bySection) {
    lines.push('', section === '' ? '## Top level' : `## \`${section}\` (${entries[0]?.owner ?? ''})`);
    for (const entry of entries) lines.push('', ...optionLines(entry));
  }
  lines.push('', "## The seeds' knobs that are no options", '', '| seed | was | why not here |', '|---|---|---|');
  for (const { seed, was, reason } of GONE_KNOBS) lines.push(`| \`${seed}\` | ${was} | ${cell(reason)} |`);
  return `${lines.join('\n')}\n`;
}

function optionLines({ key, row }: Entry): string[] {
  const flags = Object.entries(row.flags)
    .filter(([flag]) => flag !== row.arg)
    .map(([flag, template]) => (template.includes('%') ? `\`--${flag} N\`` : `\`--${flag}\``));
  const ownArgument = row.flags[row.arg] === undefined ? `\`--${row.arg} …\`` : `\`--${row.arg}\``;
  const facts: readonly (readonly [string, string])[] = [
    ['default', `\`${formatValue(row, row.default)}\``],
    ['unit', row.unit],
    ['range', describeRange(row)],
    ['environment', `\`${row.env}\``],
    ['argument', [ownArgument, ...flags].join(', ')],
    ['applies', row.applies],
    ['why', row.why],
    ...(row.seed === undefined ? [] : [['seed', `\`${row.seed}\``] as const]),
  ];
  return [`### \`${key}\``, '', row.doc, '', ...facts.map(([name, text]) => `- ${name}: ${text}`)];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
