/** Which addresses the status page may have, and which callers may name it. Pure. */
import { isIPv4, isIPv6 } from 'node:net';
import { VitrineError } from '../../runtime/core/errors';

export interface ListenAddress {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

/**
 * Reads `HOST:PORT`. Throws VITRINE_E_HTTP for anything but loopback: whoever reaches the page sees the screen, and
 * nothing asks who it is.
 */
export function loopbackAddress(text: string): ListenAddress {
  const at = text.lastIndexOf(':');
  const host = text.slice(0, at);
  const port = Number(text.slice(at + 1));
  if (!isLoopback(host)) {
    const remedy = 'use 127.0.0.1, and from elsewhere an SSH tunnel (ssh -L 8640:127.0.0.1:8640 DEVICE)';
    throw new VitrineError('VITRINE_E_HTTP', `telemetry.http: ${host} can be reached from other machines; ${remedy}`);
  }
  // A name could be given another meaning by /etc/hosts; the address cannot.
  return { host: host === 'localhost' ? '127.0.0.1' : bare(host), port };
}

/** The page's address for people. */
export function pageUrl({ host, port }: ListenAddress): string {
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}/`;
}

/**
 * Whether a request's `Host` names this machine. A page of another site that had its name resolve to 127.0.0.1 (DNS
 * rebinding) still sends its own name. The port may differ: a tunnel has its own.
 */
export function namesLoopback(hostHeader: string | undefined): boolean {
  const host = /^(\[[^\]]*\]|[^:]*)(?::\d+)?$/.exec(hostHeader ?? '')?.[1];
  return host !== undefined && isLoopback(host.toLowerCase());
}

function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  return isIPv4(host) ? host.startsWith('127.') : bare(host) === '::1' && host !== '::1';
}

function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
