/** How `check` looks at clips: with the ffmpeg, the panel and the hardware that `run` would play them with. */
import { expectedPanel } from '../options/panel';
import type { ClipInspector } from '../show/clip-finding';
import { mostDecoderBytes } from '../options/clip-need';
import { loadSettings, memoryBudgetOf, type SettingsRequest } from './settings';

const decoderBytesOf = (chosen: unknown, budgetBytes: number): number =>
  typeof chosen === 'number' ? chosen : mostDecoderBytes(budgetBytes);

/** The settings are only read when there are clips; then it rejects with VITRINE_E_CONFIG where they are wrong. */
export function clipInspector(request: SettingsRequest): ClipInspector {
  return async (files) => {
    const { values, facts } = loadSettings(request);
    const { inspectClips } =
      require('../../plugins/video/check/inspect') as typeof import('../../plugins/video/check/inspect');
    const { findTools } = require('../media/tools') as typeof import('../media/tools');
    const tools = findTools(values['video.ffmpeg'] as string | null, request.env);
    const hardware = values['video.hardware'] === 'auto';
    const decoderBytes = decoderBytesOf(values['video.decoderBytes'], memoryBudgetOf({ values, facts }));
    return inspectClips({ tools, panel: expectedPanel(facts, values), hardware, decoderBytes }, files);
  };
}
