/** A display that passes everything on to a real X server, until it goes away: the server as a client sees it that dies. */
import { rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { socketOf } from '../../runtime/display/x11';
import { freeDisplay } from './x-server';

export interface XProxy {
  /** `:7` */
  readonly display: string;
  /** Goes away now. */
  cut(): void;
  close(): Promise<void>;
}

/** Opcode of CreateWindow (X.h): the first thing a client asks for that is connected. */
const CREATE_WINDOW = 1;
/** The beginning of a connection: byte order, version, and how long the name and data of the authorisation are. */
const SETUP_BYTES = 12;

/** How many of a client's bytes may pass until it has made `most` requests, counted from its first window on. */
function requestCounter(most: number): (bytes: Buffer) => { readonly pass: Buffer; readonly over: boolean } {
  let rest = Buffer.alloc(0);
  let begun = false;
  let made = -1;
  const lengthOf = (from: Buffer): number | undefined => {
    if (!begun) {
      if (from.length < SETUP_BYTES) return undefined;
      const padded = (at: number): number => (from.readUInt16LE(at) + 3) & ~3;
      return SETUP_BYTES + padded(6) + padded(8);
    }
    // Length 0 announces a long one in the next word.
    if (from.length < 8) return from.length < 4 || from.readUInt16LE(2) === 0 ? undefined : from.readUInt16LE(2) * 4;
    return (from.readUInt16LE(2) || from.readUInt32LE(4)) * 4;
  };
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    let at = 0;
    for (;;) {
      const left = rest.subarray(at);
      const length = lengthOf(left);
      if (length === undefined || left.length < length) break;
      if (begun && (made >= 0 || left[0] === CREATE_WINDOW)) made += 1;
      if (made >= most) return { pass: rest.subarray(0, at), over: true };
      begun = true;
      at += length;
    }
    const pass = rest.subarray(0, at);
    rest = rest.subarray(at);
    return { pass, over: false };
  };
}

/**
 * Goes away by itself when its first client has made so many requests from its first window on; later clients are refused. `cutAtFirst`:
 * clients that are cut when they have connected, as by a server that begins anew.
 */
export async function startXProxy(display: string, requests: number, cutAtFirst = 0): Promise<XProxy> {
  const own = await freeDisplay();
  const path = socketOf(own)!;
  const ends = new Set<Socket>();
  let gone = false;
  let clients = 0;
  const cut = (): void => {
    gone = true;
    for (const end of ends) end.destroy();
  };
  const server = createServer((client) => {
    if (gone) {
      client.destroy();
      return;
    }
    clients += 1;
    if (clients <= cutAtFirst) {
      client.on('error', () => {}).once('data', () => client.destroy());
      return;
    }
    const real = connect(socketOf(display)!);
    const count = requestCounter(requests);
    // One that never goes away by itself lives through clients that leave.
    const leave = requests === Infinity ? () => [client, real].forEach((end) => end.destroy()) : cut;
    for (const end of [client, real]) {
      ends.add(end);
      end.on('error', leave);
      end.once('close', leave);
    }
    client.on('data', (bytes: Buffer) => {
      const { pass, over } = count(bytes);
      if (pass.length > 0) real.write(pass);
      if (over) cut();
    });
    real.on('data', (bytes) => client.write(bytes));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return {
    display: own,
    cut,
    close: () =>
      new Promise((resolve) => {
        cut();
        server.close(() => {
          rmSync(path, { force: true });
          resolve();
        });
      }),
  };
}
