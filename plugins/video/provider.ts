/** Video's part in one session: the reels of the scenes that show clips, over one library. */
import type { Clock } from '../../runtime/core/clock';
import type { ErrorLog } from '../../runtime/core/error-log';
import type { Log } from '../../runtime/core/log';
import { provide, type SessionPart, type SessionPlan } from '../../runtime/core/plugin';
import type { Scope } from '../../runtime/core/scope';
import { Library } from '../../runtime/library/library';
import type { PlayOrder } from '../../runtime/library/play-order';
import { scenePlan } from '../../runtime/library/scene-plan';
import type { MediaFiles } from '../../runtime/show/media-files';
import { SHOW, type Scene, type Show } from '../../runtime/show/types';
import { MEDIA_PROVIDER, type MediaProvider } from '../../runtime/stage/media';
import { PANEL } from '../../runtime/stage/panel';
import type { ClipBank } from './clip-bank';
import { ClipReel, clipUsable, type ReelParts } from './reel';

export interface SessionServices {
  readonly files: MediaFiles;
  readonly order: PlayOrder;
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
  const themes = new Set(scenes.flatMap(([, scene]) => scene.themes));
  const order = services.order.claim(plan.sessionId, 'videos');
  scope.defer('place in the order', () => order.close());
  const doubtful = { waitedFor: 0 };
  const fill = (): void => {
    // The library tells of its first files before there are reels.
    if (reels.size === 0) return;
    const { repeatHorizon: horizon } = bank.now;
    const usable = clipUsable({ bank, doubtful });
    for (const theme of themes) order.fill(theme, { files: library.files(theme), horizon, usable });
  };
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
      onChange: fill,
    },
    scope,
  );
  const parts: ReelParts = {
    bank,
    panel: plan.get(PANEL),
    session: plan.sessionId,
    doubtful,
    folder: show.folder,
    lose: (path) => library.lose(path),
  };
  for (const [name, scene] of scenes) {
    const { fit, playsOut, media } = scene;
    const planner = order.planner(scenePlan(name, scene, show));
    reels.set(name, new ClipReel({ name, fit, playsOut, hasPictures: media === 'both' }, planner, parts));
  }
  fill();
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
