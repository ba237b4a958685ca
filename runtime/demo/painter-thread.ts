/** A worker that paints the pictures whose numbers it is sent, and answers each with its number. */
import { parentPort, workerData } from 'node:worker_threads';
import { PICTURES } from './pictures';
import { storePicture } from './store-picture';

const port = parentPort;
const { folder } = workerData as { readonly folder: string };

// A rejection ends the thread with an error, which is how the sender hears of it.
port?.on('message', (index: number) => {
  const picture = PICTURES[index];
  if (picture !== undefined) void storePicture(picture, folder).then(() => port.postMessage(index));
});
