/** The configuration sections of the plugins that come with the program; their rows load without the plugins. */
import { themeOptions } from '../../plugins/theme-bank/options';
import { audioOptions } from '../../plugins/audio/options';
import { videoOptions } from '../../plugins/video/options';
import { telemetryOptions } from '../../plugins/telemetry/options';
import type { Section } from '../options/table';

export const BUILT_IN_SECTIONS: readonly Section[] = [
  { section: 'theme', owner: 'theme-bank', rows: themeOptions },
  { section: 'video', owner: 'video', rows: videoOptions },
  { section: 'audio', owner: 'audio', rows: audioOptions },
  { section: 'telemetry', owner: 'telemetry', rows: telemetryOptions },
];
