/** How `check` looks at sounds: with the ffmpeg that `run` would play them with. */
import type { SoundInspector } from '../show/sound-finding';
import { loadSettings, type SettingsRequest } from './settings';

/** The settings are only read when there are sounds; then it rejects with VITRINE_E_CONFIG where they are wrong. */
export function soundInspector(request: SettingsRequest): SoundInspector {
  return async (files) => {
    const { values } = loadSettings(request);
    const { inspectSounds } =
      require('../../plugins/audio/check/inspect') as typeof import('../../plugins/audio/check/inspect');
    const { findTools } = require('../media/tools') as typeof import('../media/tools');
    const about = { media: 'sounds', section: 'audio' } as const;
    return inspectSounds(findTools(values['audio.ffmpeg'] as string | null, request.env, about), files, request.env);
  };
}
