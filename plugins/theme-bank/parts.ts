/** The names under which the bank's parts find each other in the plugin's container. */
import type { LiveSettings } from './settings';

/** Something that took time, for diagnosis. */
export interface Span {
  readonly name: string;
  readonly category: 'lookup' | 'decode' | 'batch' | 'warm';
  readonly durationMs: number;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Told of every span as it ends; must not throw. */
export type Trace = (span: Span) => void;

export const SETTINGS = Symbol('theme-bank-settings');
export const TRACE = Symbol('theme-bank-trace');
export const LOG = Symbol('theme-bank-log');

export type { LiveSettings };
