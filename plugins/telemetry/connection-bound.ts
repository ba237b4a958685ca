/** A bound on the connections of a server that keeps nobody out who asks for something. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Keeps at most `most` connections. One that comes beyond takes the place of the one that has waited longest without a request: for its first, for the
 * rest of it, or for another after the answer. It is closed itself where all others are being answered.
 */
export function boundConnections(server: Server, most: number): void {
  /** Those that no request is answered on, the longest idle first. */
  const idle = new Set<Socket>();
  let count = 0;
  server.on('connection', (socket: Socket) => {
    count += 1;
    socket.once('close', () => {
      count -= 1;
      idle.delete(socket);
    });
    if (count > most) (idle.values().next().value ?? socket).destroy();
    if (!socket.destroyed) idle.add(socket);
  });
  server.on('request', ({ socket }, response) => {
    idle.delete(socket);
    response.once('close', () => {
      if (!socket.destroyed) idle.add(socket);
    });
  });
}
