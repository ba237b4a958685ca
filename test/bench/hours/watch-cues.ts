/** Listens to the events of a running show, for when its cues and sounds begin. */
import { connect, type Socket } from 'node:net';
import { sleep } from '../player';

export interface Beginnings {
  cue(name: string): void;
  /** The first samples of a sound are on the clock. */
  sound(): void;
}

/** Resolves, once a show that is about to start can be listened to, with what ends that. */
export async function watchCues(socketPath: string, begun: Beginnings): Promise<() => void> {
  const socket = await reach(socketPath);
  let text = '';
  socket.on('error', () => socket.destroy());
  socket.on('data', (data) => {
    text += data.toString();
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      const { params } = JSON.parse(text.slice(0, end)) as { params?: { name: string; event: { cue?: string } } };
      text = text.slice(end + 1);
      if (params?.name === 'cue-start' && params.event.cue !== undefined) begun.cue(params.event.cue);
      if (params?.name === 'sound') begun.sound();
    }
  });
  socket.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'watch', params: {} })}\n`);
  return () => socket.destroy();
}

/** Resolves with a connection as soon as the program listens. */
async function reach(socketPath: string): Promise<Socket> {
  for (;;) {
    const socket = connect(socketPath);
    const isReached = await new Promise<boolean>((done) =>
      socket.once('connect', () => done(true)).once('error', () => done(false)),
    );
    if (isReached) return socket;
    socket.destroy();
    await sleep(10);
  }
}
