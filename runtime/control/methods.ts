/** The methods of a running instance: what each takes, and the part of the session that answers it. */
import { issuesError, type Issue } from '../core/errors';
import { parseSeek, type Seek } from '../stage/seek';
import type { Params } from './protocol';

/** How a reload went: `result` of `reload`. */
export interface Receipt {
  /** False where nothing has changed: the show goes on undisturbed. */
  readonly swapped: boolean;
  readonly unchanged?: true;
  readonly session: string;
  /** `sha256:…` of the show file. */
  readonly showHash: string;
  readonly readyMs: number;
  readonly swapFrame: number;
  readonly blackFrames: number;
}

/**
 * What the session side implements. Whatever cannot be done now rejects with a `VitrineError` (VITRINE_E_REFUSED,
 * VITRINE_E_SHOW, …) and leaves everything as it was. Results are plain data. Main thread.
 */
export interface InstanceControls {
  status(): unknown;
  next(): Promise<unknown>;
  previous(): Promise<unknown>;
  /** A cue by name, or by its number from 1. */
  goto(cue: string): Promise<unknown>;
  /** Moves what plays to another place, also in a pause. */
  seek(seek: Seek): Promise<unknown>;
  pause(): Promise<unknown>;
  resume(): Promise<unknown>;
  /** Switches the display itself; the show goes on meanwhile. */
  display(on: boolean): Promise<unknown>;
  /** Switches between sound as it is and mastered sound; without `on` says which of both is heard. */
  mastering(on?: boolean): Promise<unknown>;
  /** Sets the volume of a role or of all (`master`), 0 to 1; without them says what the volumes are. */
  volume(role?: string, volume?: number): Promise<unknown>;
  /** What the caches of sound hold, or that after they were emptied. */
  cache(act: 'stats' | 'clear'): Promise<unknown>;
  /** Begins the end and resolves; the reply still goes out. */
  stop(): Promise<unknown>;
  /** `show` is absolute; without it the show file in use is read again. Resolves when the new session is on the screen. */
  reload(params: { readonly show?: string }): Promise<Receipt>;
  /** The picture on the screen as PNG. */
  screenshot(): Promise<Buffer>;
  /** Tells `listener` of every event from now on. Returns the act of not listening any more. */
  on(listener: (name: string, event: unknown) => void): () => void;
}

/** What `screenshot` answers. */
export interface Screenshot {
  /** Base64. */
  readonly png: string;
  readonly widthPx: number;
  readonly heightPx: number;
}

interface Method {
  /** Names of the parameters it takes; all of them texts, or numbers that are read as text. */
  readonly takes: Readonly<Record<string, 'required' | 'optional'>>;
  call(controls: InstanceControls, params: Readonly<Record<string, string>>): unknown;
}

export const METHODS: Readonly<Record<string, Method>> = {
  status: { takes: {}, call: (controls) => controls.status() },
  next: { takes: {}, call: (controls) => controls.next() },
  previous: { takes: {}, call: (controls) => controls.previous() },
  goto: { takes: { cue: 'required' }, call: (controls, { cue = '' }) => controls.goto(cue) },
  seek: { takes: { time: 'required' }, call: seek },
  pause: { takes: {}, call: (controls) => controls.pause() },
  resume: { takes: {}, call: (controls) => controls.resume() },
  display: { takes: { state: 'required' }, call: display },
  mastering: { takes: { state: 'optional' }, call: mastering },
  volume: { takes: { role: 'optional', volume: 'optional' }, call: volume },
  cache: { takes: { act: 'required' }, call: cache },
  stop: { takes: {}, call: (controls) => controls.stop() },
  reload: { takes: { show: 'optional' }, call: reload },
  screenshot: { takes: {}, call: screenshot },
};

/** The one method the server answers itself: it turns a connection into a subscription. */
export const WATCH = 'watch';

/** Checks the parameters of `name` and carries it out. Rejects with a `VitrineError`; undefined when there is no such method. */
export function findMethod(
  name: string,
): ((controls: InstanceControls, params: Params) => Promise<unknown>) | undefined {
  const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
  if (method === undefined) return undefined;
  return async (controls, params) => method.call(controls, checkParams(name, method.takes, params));
}

/** Throws VITRINE_E_USAGE with one issue for every parameter that is wrong. */
export function checkParams(method: string, takes: Method['takes'], params: Params): Record<string, string> {
  const names = Object.keys(takes);
  const issues: Issue[] = [];
  const checked: Record<string, string> = {};
  for (const [name, value] of Object.entries(params)) {
    if (!names.includes(name)) {
      const remedy = `it takes ${names.join(', ') || 'none'}`;
      issues.push({ path: `params.${name}`, message: `is not a parameter of ${method}`, remedy });
    } else if (typeof value === 'number' || (typeof value === 'string' && value !== '')) {
      checked[name] = String(value);
    } else {
      issues.push({ path: `params.${name}`, message: 'must be a text that is not empty' });
    }
  }
  for (const name of names) {
    if (takes[name] === 'required' && !(name in params)) issues.push({ path: `params.${name}`, message: 'is missing' });
  }
  if (issues.length > 0) throw issuesError('VITRINE_E_USAGE', issues);
  return checked;
}

async function seek(controls: InstanceControls, { time = '' }: Readonly<Record<string, string>>): Promise<unknown> {
  const parsed = parseSeek(time);
  if (parsed === undefined) {
    const message = 'must be a position such as 1m30s, or a distance such as +10s or -10s';
    throw issuesError('VITRINE_E_USAGE', [{ path: 'params.time', message }]);
  }
  return controls.seek(parsed);
}

async function display(controls: InstanceControls, { state }: Readonly<Record<string, string>>): Promise<unknown> {
  if (state !== 'on' && state !== 'off')
    throw issuesError('VITRINE_E_USAGE', [{ path: 'params.state', message: 'must be on or off' }]);
  return controls.display(state === 'on');
}

async function mastering(controls: InstanceControls, { state }: Readonly<Record<string, string>>): Promise<unknown> {
  if (state === undefined) return controls.mastering();
  if (state !== 'on' && state !== 'off')
    throw issuesError('VITRINE_E_USAGE', [{ path: 'params.state', message: 'must be on or off' }]);
  return controls.mastering(state === 'on');
}

async function volume(
  controls: InstanceControls,
  { role, volume: written }: Readonly<Record<string, string>>,
): Promise<unknown> {
  if (role === undefined && written === undefined) return controls.volume();
  if (role === undefined || written === undefined) {
    const missing = role === undefined ? 'role' : 'volume';
    throw issuesError('VITRINE_E_USAGE', [{ path: `params.${missing}`, message: 'is missing' }]);
  }
  const value = Number(written);
  if (!(value >= 0 && value <= 1))
    throw issuesError('VITRINE_E_USAGE', [{ path: 'params.volume', message: 'must be a number from 0 to 1' }]);
  return controls.volume(role, value);
}

async function cache(controls: InstanceControls, { act }: Readonly<Record<string, string>>): Promise<unknown> {
  if (act !== 'stats' && act !== 'clear')
    throw issuesError('VITRINE_E_USAGE', [{ path: 'params.act', message: 'must be stats or clear' }]);
  return controls.cache(act);
}

async function reload(controls: InstanceControls, { show }: Readonly<Record<string, string>>): Promise<Receipt> {
  if (show === undefined) return controls.reload({});
  if (!show.startsWith('/')) {
    throw issuesError('VITRINE_E_USAGE', [{ path: 'params.show', message: 'must be an absolute path' }]);
  }
  return controls.reload({ show });
}

async function screenshot(controls: InstanceControls): Promise<Screenshot> {
  const png = await controls.screenshot();
  // PNG begins with 8 bytes of signature, then the IHDR chunk: length, type, width, height (PNG specification, 5.2 and 11.2.1).
  return { png: png.toString('base64'), widthPx: png.readUInt32BE(16), heightPx: png.readUInt32BE(20) };
}
