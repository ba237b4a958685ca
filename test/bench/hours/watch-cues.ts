/** Listens to the events of a running show, for when its cues begin. */
import { connect } from 'node:net';

/** Calls `begun` with the name of each cue as it begins. Returns what ends it. */
export function watchCues(socketPath: string, begun: (cue: string) => void): () => void {
  const socket = connect(socketPath);
  let text = '';
  socket.on('error', () => socket.destroy());
  socket.on('data', (data) => {
    text += data.toString();
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      const { params } = JSON.parse(text.slice(0, end)) as { params?: { name: string; event: { cue?: string } } };
      text = text.slice(end + 1);
      if (params?.name === 'cue-start' && params.event.cue !== undefined) begun(params.event.cue);
    }
  });
  socket.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'watch', params: {} })}\n`);
  return () => socket.destroy();
}
