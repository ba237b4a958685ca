/** A session: one running show, from its opening beside another one to its end. */
import { messageOf, VitrineError } from '../core/errors';
import type { PluginHostRuntime } from '../core/host';
import type { SessionPart, SessionPlan } from '../core/plugin';
import type { Scope } from '../core/scope';
import type { Token } from '../core/token';
import { SHOW, type Show } from '../show/types';
import { MEDIA_NEWS, MEDIA_PROVIDER, type MediaNews, type MediaProvider, type StageItem } from '../stage/media';
import { isClip } from '../stage/layer';
import { PANEL, type Panel } from '../stage/panel';
import { SOUND_DESK, SOUND_NEWS, STAGE_TIME, type SoundDesk, type SoundNews, type StageTime } from '../stage/sound';
import { Director, type DirectorParts } from './director';

/** Time the parts get to ready their first items; beyond it the show starts with what there is. */
const WARM_MS = 5_000;
/**
 * Time that an empty screen waits for parts that hold the start. Sounds are prepared beside the first picture: mostly they are ready with it.
 */
const HELD_START_MS = 3_000;
/** Time the first picture gets on top of an empty screen, where files are slow or many are broken. */
const FIRST_PICTURE_MS = 10_000;
/** Beside a show that plays nothing is in a hurry, and a busy machine decodes for that show first. */
const FIRST_PICTURE_BESIDE_MS = 45_000;
/** Time another first picture gets where the show before has shown the one that was ready. */
const OTHER_PICTURE_MS = 1_000;
/** Time each release step of a session gets. */
const CLOSE_MS = 2_000;

export interface SessionRequest {
  readonly id: string;
  readonly show: Show;
  readonly panel: Panel;
  readonly seed: number;
  readonly time: StageTime;
  readonly soundNews: SoundNews;
  readonly mediaNews: MediaNews;
  /** Whether another session is on the screen meanwhile. */
  readonly beside: boolean;
}

export interface Session {
  readonly id: string;
  readonly show: Show;
  readonly director: Director;
  /** Takes the first picture, decoded and held; undefined when there is none now. */
  takeFirst(): Promise<StageItem | undefined>;
  readonly scope: Scope;
  close(): Promise<void>;
}

/**
 * Opens a session and readies its first picture; nothing of it is on the stage yet. Rejects, with everything given back,
 * when a required part fails or the show has nothing to begin with.
 */
export async function openSession(
  request: SessionRequest,
  plugins: PluginHostRuntime,
  directorParts: (providers: readonly MediaProvider[], sound: SoundDesk | undefined) => DirectorParts,
  parent: Scope,
): Promise<Session> {
  const scope = parent.child(`session ${request.id}`);
  try {
    const parts = await plugins.openSession(planOf(request), scope);
    const director = new Director(directorParts(providersOf(parts), soundOf(parts)));
    scope.defer('director', () => director.close());
    const limitMs = request.beside ? FIRST_PICTURE_BESIDE_MS : FIRST_PICTURE_MS;
    const first = await firstPicture(director, scope.signal, limitMs);
    scope.check();
    // An empty screen waits for a picture; a show that plays is not given up for one that has none.
    if (first === undefined && request.beside)
      throw new VitrineError('VITRINE_E_SHOW', `none of its pictures was ready within ${limitMs / 1000} s`);
    const held = (item: StageItem | undefined): void => {
      if (item !== undefined) scope.defer('first picture', () => item.release());
    };
    held(first);
    // The show on the screen goes on meanwhile: the turn is not taken before the swap.
    if (request.beside) first?.takeBack?.();
    const warm = warmed(parts, request.beside);
    // A still picture is shown at once, and its cue begins with its sounds; a clip moves on from its first frame, so it waits for them.
    const isStill = first !== undefined && !isClip(first.picture);
    const isHeld = parts.some(({ holdsStart = false }) => holdsStart);
    if (isStill && isHeld && !request.beside) director.beginAfter(warm);
    else await warm;
    scope.check();
    return {
      id: request.id,
      show: request.show,
      director,
      async takeFirst() {
        if (!request.beside || first?.retake === undefined || first.retake()) return first;
        const other = await firstPicture(director, scope.signal, OTHER_PICTURE_MS);
        if (other === undefined) return first;
        held(other);
        first.release();
        return other;
      },
      scope,
      close: async () => void (await scope.close(CLOSE_MS)),
    };
  } catch (cause) {
    await scope.close(CLOSE_MS);
    parent.check();
    throw cause instanceof VitrineError ? cause : new VitrineError('VITRINE_E_SHOW', messageOf(cause), { cause });
  }
}

/** A show that takes another one's place has time to ready all its first items; one that starts has little, and only for some. */
async function warmed(parts: readonly SessionPart[], beside: boolean): Promise<void> {
  const waits = parts.map(({ holdsStart = false }) => beside || holdsStart);
  const warm = parts.map((part) => part.warm(part.holdsStart === true && !beside ? HELD_START_MS : WARM_MS));
  await Promise.all(warm.filter((_, at) => waits[at]));
}

async function firstPicture(
  director: Director,
  signal: AbortSignal,
  deadlineMs: number,
): Promise<StageItem | undefined> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), deadlineMs);
  try {
    return await director.prepare(AbortSignal.any([signal, deadline.signal]));
  } catch (cause) {
    signal.throwIfAborted();
    if (deadline.signal.aborted) return undefined;
    throw cause;
  } finally {
    clearTimeout(timer);
  }
}

function planOf({ id, show, panel, seed, time, soundNews, mediaNews }: SessionRequest): SessionPlan {
  const services = new Map<symbol, unknown>([
    [SHOW.key, show],
    [PANEL.key, panel],
    [STAGE_TIME.key, time],
    [SOUND_NEWS.key, soundNews],
    [MEDIA_NEWS.key, mediaNews],
  ]);
  return {
    sessionId: id,
    seed,
    get<T>(token: Token<T>): T {
      if (!services.has(token.key)) throw new VitrineError('VITRINE_E_INTERNAL', `a session has no ${token.name}`);
      return services.get(token.key) as T;
    },
  };
}

function providersOf(parts: readonly SessionPart[]): MediaProvider[] {
  return parts
    .flatMap((part) => part.provides ?? [])
    .filter(({ token }) => token.key === MEDIA_PROVIDER.key)
    .map(({ value }) => value as MediaProvider);
}

function soundOf(parts: readonly SessionPart[]): SoundDesk | undefined {
  const desks = parts.flatMap((part) => part.provides ?? []).filter(({ token }) => token.key === SOUND_DESK.key);
  return desks[0]?.value as SoundDesk | undefined;
}
