/** Video's part in one session: the reels of the scenes that show clips, over one library. */
import type { Clock } from '../../runtime/core/clock';
import type { ErrorLog } from '../../runtime/core/error-log';
import type { Log } from '../../runtime/core/log';
import { provide, type SessionPart, type SessionPlan } from '../../runtime/core/plugin';
import type { Scope } from '../../runtime/core/scope';
import { Library } from '../../runtime/library/library';
import { openPlanner, type ThemeFiles } from '../../runtime/library/planner';
import { createRandom } from '../../runtime/show/random';
import type { MediaFiles } from '../../runtime/show/media-files';
import { SHOW, type Scene, type Show } from '../../runtime/show/types';
import { MEDIA_PROVIDER, type MediaProvider } from '../../runtime/stage/media';
import { PANEL } from '../../runtime/stage/panel';
import type { ClipBank } from './clip-bank';
import { ClipReel, type ReelParts } from './reel';

export interface SessionServices {
  readonly files: MediaFiles;
  readonly clock: Clock;
  readonly log: Log;
  readonly errors: ErrorLog;
}

/** Whether any scene of the show plays clips. */
export function hasClips(show: Show): boolean {
  return clipScenes(show).length > 0;
}

/** Opens the part; it ends with the session's scope. Rejects only when the scope closes first. */
export async function openPart(
  bank: ClipBank,
  services: SessionServices,
  plan: SessionPlan,
  scope: Scope,
): Promise<SessionPart> {
  const show = plan.get(SHOW);
  const scenes = clipScenes(show);
  const reels = new Map<string, ClipReel>();
  const refill = (): void => {
    for (const [name, scene] of scenes) {
      // The library tells of its first files before there are reels.
      reels.get(name)?.setFiles(themesOf(show, scene, library));
    }
  };
  const themes = new Set(scenes.flatMap(([, scene]) => scene.themes));
  bank.warm();
  const library = await Library.open(
    {
      files: services.files,
      quarantine: bank.quarantine,
      errors: services.errors,
      log: services.log,
      folder: show.folder,
      globs: new Map([...themes].map((name) => [name, show.themes[name]?.videos ?? []])),
      owner: { plugin: 'video', noun: 'clip' },
      watch: bank.now.watch,
      onChange: refill,
    },
    scope,
  );
  const parts: ReelParts = {
    bank,
    panel: plan.get(PANEL),
    session: plan.sessionId,
    folder: show.folder,
    lose: (path) => library.lose(path),
  };
  for (const [name, { order, fit, playsOut, media }] of scenes) {
    const random = createRandom(`${plan.seed} ${name} clips`);
    const planner = openPlanner({ order, repeatHorizon: bank.now.repeatHorizon, random });
    reels.set(name, new ClipReel({ name, fit, playsOut, hasPictures: media === 'both' }, planner, parts));
  }
  refill();
  const provider: MediaProvider = {
    media: 'videos',
    reel(sceneName) {
      const reel = reels.get(sceneName);
      if (reel === undefined) throw new Error(`the show has no clips in scene ${sceneName}`);
      return reel;
    },
  };
  // The first clip is made ready by who asks for it; more than that would take its decoders.
  return { provides: [provide(MEDIA_PROVIDER, provider)], warm: () => Promise.resolve('cold') };
}

function clipScenes(show: Show): [string, Scene][] {
  return Object.entries(show.scenes).filter(([, { media }]) => media !== 'images');
}

function themesOf(show: Show, scene: Scene, library: Library): ThemeFiles[] {
  return scene.themes.map((name) => ({ name, weight: show.themes[name]?.weight ?? 1, files: library.files(name) }));
}
