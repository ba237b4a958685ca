/** A session: one running show, from its opening beside another one to its end. */
import { formatPath } from '../core/document';
import { issuesError, messageOf, VitrineError } from '../core/errors';
import type { PluginHostRuntime, SessionOrder } from '../core/host';
import { limited } from '../core/limited';
import type { GuardedPart } from '../core/opened-plugin';
import type { ErrorLog } from '../core/error-log';
import type { Scope } from '../core/scope';
import type { Log } from '../core/log';
import { issueAt, parseShow } from '../show/parse';
import { SHOW, type Show } from '../show/types';
import { MEDIA_NEWS, type MediaNews, type MediaProvider, type StageItem } from '../stage/media';
import { isClip } from '../stage/layer';
import { PANEL, type Panel } from '../stage/panel';
import { SOUND_NEWS, STAGE_TIME, type SoundDesk, type SoundNews, type StageTime } from '../stage/sound';
import { Director, type DirectorParts } from './director';
import { lacksOf, type Brought } from './lacks';
import { providersOf, soundOf } from './session-parts';

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
  readonly errors: ErrorLog;
  readonly log: Log;
  /** A required plugin failed after the session was open. */
  failed(error: VitrineError): void;
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
  let isOpen = false;
  let fault: VitrineError | undefined;
  const failed = (error: VitrineError): void => {
    if (isOpen) request.failed(error);
    else fault ??= error;
  };
  const check = (): void => {
    scope.check();
    if (fault !== undefined) throw fault;
  };
  try {
    const parts = await plugins.openSession(orderOf(request), scope, failed);
    check();
    const providers = providersOf(parts);
    const sound = soundOf(parts, request.errors);
    requireMedia(request, {
      media: new Set(providers.map(({ media }) => media)),
      sound: sound !== undefined,
      plugins: plugins.states,
    });
    const director = new Director(directorParts(providers, sound));
    scope.defer('director', () => director.close());
    const limitMs = request.beside ? FIRST_PICTURE_BESIDE_MS : FIRST_PICTURE_MS;
    const first = await limited(scope.signal, limitMs, (signal) => director.prepare(signal));
    check();
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
    const isHeld = parts.some(({ holdsStart }) => holdsStart);
    if (isStill && isHeld && !request.beside) director.beginAfter(warm);
    else await warm;
    check();
    isOpen = true;
    return {
      id: request.id,
      show: request.show,
      director,
      async takeFirst() {
        if (!request.beside || first?.retake === undefined || first.retake()) return first;
        const other = await limited(scope.signal, OTHER_PICTURE_MS, (signal) => director.prepare(signal));
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
async function warmed(parts: readonly GuardedPart[], beside: boolean): Promise<void> {
  const waits = parts.map(({ holdsStart }) => beside || holdsStart);
  const warm = parts.map((part) => part.warm(part.holdsStart && !beside ? HELD_START_MS : WARM_MS));
  await Promise.all(warm.filter((_, at) => waits[at]));
}

/** Throws VITRINE_E_SHOW where nobody shows what the show asks for; says what is left out of it. */
function requireMedia({ show, log }: SessionRequest, brought: Brought): void {
  const { refused, told } = lacksOf(show, brought);
  for (const text of told) log.warn(text);
  if (refused.length === 0) return;
  // Only now are the lines needed. Of a file that has another show by now they would be wrong.
  const { document, show: now } = parseShow(show.file);
  const isSame = now?.hash === show.hash;
  throw issuesError(
    'VITRINE_E_SHOW',
    refused.map(({ path, message, remedy }) =>
      isSame ? issueAt(document, path, message, remedy) : { file: show.file, path: formatPath(path), message, remedy },
    ),
  );
}

function orderOf({ id, show, panel, seed, time, soundNews, mediaNews }: SessionRequest): SessionOrder {
  const services = new Map<symbol, unknown>([
    [SHOW.key, show],
    [PANEL.key, panel],
    [STAGE_TIME.key, time],
    [SOUND_NEWS.key, soundNews],
    [MEDIA_NEWS.key, mediaNews],
  ]);
  return { sessionId: id, seed, services };
}
