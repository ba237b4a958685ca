/** The theme bank's part in one session: the reels and texts of the show's scenes over one library. */
import type { Clock } from '../../runtime/core/clock';
import type { ErrorLog } from '../../runtime/core/error-log';
import type { Log } from '../../runtime/core/log';
import { provide, type SessionPart, type SessionPlan } from '../../runtime/core/plugin';
import type { Scope } from '../../runtime/core/scope';
import { MEDIA_NEWS, MEDIA_PROVIDER, type MediaNews, type MediaProvider } from '../../runtime/stage/media';
import { PANEL } from '../../runtime/stage/panel';
import type { MediaFiles } from '../../runtime/show/media-files';
import { SHOW, type Scene, type Show } from '../../runtime/show/types';
import type { Bank } from './bank';
import { Library } from '../../runtime/library/library';
import type { PlayOrder } from '../../runtime/library/play-order';
import { scenePlan } from '../../runtime/library/scene-plan';
import type { ThemeClaim } from './lookahead';
import { SceneReel, type ReelParts } from './reel';
import { loadSharp } from '../../runtime/media/picture/sharp-library';
import { targetOf } from './target';
import { SceneTexts } from './texts';

export interface SessionServices {
  readonly files: MediaFiles;
  readonly order: PlayOrder;
  readonly clock: Clock;
  readonly log: Log;
  readonly errors: ErrorLog;
}

/** Opens the part; it ends with the session's scope. Rejects only when the scope closes first. */
export async function openPart(
  bank: Bank,
  services: SessionServices,
  plan: SessionPlan,
  scope: Scope,
): Promise<SessionPart> {
  const show = plan.get(SHOW);
  const panel = plan.get(PANEL);
  const reels = new Map<string, SceneReel>();
  const texts = new Map<string, SceneTexts>();

  // A diagnosis has nobody to tell.
  const news = plan.get(MEDIA_NEWS) as MediaNews | undefined;
  let files = 0;
  const order = services.order.claim(plan.sessionId, 'images');
  scope.defer('place in the order', () => order.close());
  const fill = (): void => {
    // The library tells of its first files before there are reels.
    if (reels.size === 0) return;
    const { repeatHorizon: horizon } = bank.settings.now;
    const usable = (path: string): boolean => !bank.quarantine.blocks(path) && !bank.slow.blocks(path);
    for (const theme of globs.keys()) order.fill(theme, { files: library.files(theme), horizon, usable });
    for (const reel of reels.values()) reel.themes = claimsOf(show, show.scenes[reel.scene]!, library);
  };
  const onChange = (touched: readonly string[]): void => {
    fill();
    if (filesOf(reels) !== files) news?.filesChanged();
    files = filesOf(reels);
    void recheck(bank, [...reels.values()], touched).then(() => bank.lookahead.kick());
  };
  const globs = globsOf(show);
  const opening = Library.open(
    {
      ...services,
      folder: show.folder,
      globs,
      owner: { plugin: 'theme-bank', noun: 'picture' },
      quarantine: bank.quarantine,
      watch: bank.settings.now.watch,
      onChange: (touched) => onChange(touched),
    },
    scope,
  );
  // Its 40 ms pass while the disk is looked at; a show that begins with clips alone does not wait for it.
  if (beginsWithPictures(show)) loadSharp();
  const library = await opening;

  const parts: ReelParts = { ...bank, ...services, folder: show.folder, lose: (path) => library.lose(path) };
  const addTexts = (name: string, { text, themes }: Scene): void => {
    const lines = themes.flatMap((theme) => (show.themes[theme]?.texts ?? []).map((line) => ({ theme, text: line })));
    if (text !== undefined && lines.length > 0)
      texts.set(name, new SceneTexts(lines, text.position, panel, bank.printer));
  };
  let shrunk = false;
  for (const [name, scene] of Object.entries(show.scenes)) {
    addTexts(name, scene);
    if (scene.media === 'videos') continue;
    const sized = targetOf(scene, panel, bank.settings.now.entryBytes);
    shrunk ||= sized.shrunk;
    const reel = new SceneReel(
      name,
      order.planner(scenePlan(name, scene, show)),
      sized.target,
      parts,
      scene.media === 'both',
    );
    reel.cycleMs = scene.everyMs;
    reels.set(name, reel);
  }
  fill();
  files = filesOf(reels);
  if (shrunk)
    services.log.warn('pictures are stored smaller than the panel shows them', {
      entryBytes: bank.settings.now.entryBytes,
    });

  const first = [...new Set(show.cuelist.cues[0]?.scenes.map(({ scene }) => scene) ?? [])].flatMap(
    (name) => reels.get(name) ?? [],
  );
  for (const reel of first) reel.expected = true;
  for (const reel of reels.values()) scope.defer(`reel ${reel.scene}`, bank.lookahead.add(reel));
  scope.defer('pictures that were late', () => bank.slow.letGo());
  for (const reel of texts.values()) scope.defer('texts', () => reel.end());

  const provider: MediaProvider = {
    media: 'images',
    reel(sceneName) {
      const reel = reels.get(sceneName);
      if (reel === undefined) throw new Error(`the show has no scene ${sceneName}`);
      for (const other of first) other.expected = false;
      return reel.reopen();
    },
    texts: (sceneName) => texts.get(sceneName)?.open(),
  };
  return { provides: [provide(MEDIA_PROVIDER, provider)], warm: (deadlineMs) => warm(bank, first, deadlineMs, scope) };
}

/** Pictures that the reels can show, each as often as there are reels for it. */
function filesOf(reels: ReadonlyMap<string, SceneReel>): number {
  return [...reels.values()].reduce((sum, { size }) => sum + size, 0);
}

async function warm(
  bank: Bank,
  first: readonly SceneReel[],
  deadlineMs: number,
  scope: Scope,
): Promise<'warm' | 'cold'> {
  bank.lookahead.kick();
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), deadlineMs);
  try {
    const signal = AbortSignal.any([timeout.signal, scope.signal]);
    const ready = await Promise.all(first.map((reel) => reel.warm(signal)));
    return ready.every(Boolean) ? 'warm' : 'cold';
  } catch {
    return 'cold';
  } finally {
    clearTimeout(timer);
  }
}

/** Whether the first cue may show pictures, or texts, which are made into pictures. */
function beginsWithPictures({ cuelist, scenes }: Show): boolean {
  const first = cuelist.cues[0]?.scenes.map(({ scene }) => scenes[scene]) ?? [];
  return first.some((scene) => scene !== undefined && (scene.media !== 'videos' || scene.text !== undefined));
}

/** Looks at once at the files that may have been replaced. */
async function recheck(bank: Bank, reels: readonly SceneReel[], touched: readonly string[]): Promise<void> {
  for (const path of touched) {
    for (const { target } of reels) await bank.cache.recheck(path, target, true);
  }
}

function globsOf(show: Show): Map<string, readonly string[]> {
  const themes = Object.values(show.scenes)
    .filter(({ media }) => media !== 'videos')
    .flatMap((scene) => scene.themes);
  return new Map(themes.map((name) => [name, show.themes[name]?.images ?? []]));
}

function claimsOf(show: Show, scene: Scene, library: Library): ThemeClaim[] {
  return scene.themes.map((name) => ({
    name,
    weight: show.themes[name]?.weight ?? 1,
    files: library.files(name).length,
  }));
}
