/** Tokens: the typed names under which services are offered and asked for. */

/** A named service. `key` is what tsyringe registers it under: `@inject(CLOCK.key)`. */
export interface Token<T> {
  readonly name: string;
  readonly key: symbol;
  /** `process`: one for the life of the program. `session`: one for each running show. */
  readonly lifetime: 'process' | 'session';
  /** Carries the type only; never set. */
  readonly type?: T;
}

/** Names to tokens, as a plugin declares what it needs or offers. */
export type TokenMap = Readonly<Record<string, Token<unknown>>>;

/** The services behind a token map, under the same names. */
export type Resolved<M extends TokenMap> = {
  readonly [K in keyof M]: M[K] extends Token<infer T> ? T : never;
};

/** Makes a token. Its name is its identity, also for a plugin that brings a copy of this module of its own. */
export function token<T>(name: string, lifetime: Token<T>['lifetime'] = 'process'): Token<T> {
  return Object.freeze({ name, key: Symbol.for(`vitrine ${name}`), lifetime });
}
