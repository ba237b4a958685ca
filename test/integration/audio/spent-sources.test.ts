/** The memory of what was heard: the audio library holds the samples of each source until the collector finds it. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const MIB = 2 ** 20;
const PIECES = 160;
/** Of the samples of a piece: a second of stereo, in both states. */
const PIECE_BYTES = 48_000 * 2 * 2 * 4;
/** Less than half of all that was heard; a busy machine frees some of it late. */
const MOST_BYTES = 56 * MIB;
/** The pieces of a show come at longer intervals. */
const BETWEEN_MS = 20;
/** Nothing is collected that nobody asks for: neither because much was allocated nor because nothing else is to do. */
const LAZY = ['--min-semi-space-size=64', '--max-semi-space-size=64', '--no-memory-reducer'];

/** Plays pieces one after the other, each off the clock some blocks later. Prints by how much the memory that is no file's grew at most. */
const PLAYER = `
const play = (file) => require(${JSON.stringify(join(__dirname, '../../../plugins/audio'))} + '/' + file);
const { webAudio } = play('output/web-audio.js');
const { BufferPool } = play('play/buffer-pool.js');
const { Pieces } = play('play/pieces.js');
const { SpentSources } = play('play/spent-sources.js');
const { AudioContext } = webAudio();
const context = new AudioContext({ latencyHint: 'playback', sampleRate: 48000, sinkId: { type: 'none' } });
const spent = new SpentSources();
const pool = new BufferPool(context, 48000, spent);
const pieces = new Pieces(pool);
const second = [new Float32Array(48000).fill(0.1), new Float32Array(48000).fill(0.1)];
const bytes = () => Number(/Anonymous: *(\\d+)/.exec(require('node:fs').readFileSync('/proc/self/smaps_rollup', 'latin1'))[1]) * 1024;
const rendered = async () => {
  const fromS = context.currentTime;
  while (context.currentTime < fromS + 0.006) await new Promise((resolve) => setTimeout(resolve, 2));
};
function piece() {
  const buffers = [pool.take(second, 48000), pool.take(second, 48000)];
  const sources = buffers.map((buffer) => {
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(context.destination);
    source.start(context.currentTime);
    return source;
  });
  pieces.add(0, sources, buffers);
}
(async () => {
  for (let at = 0; at < 8; at++) { piece(); await rendered(); pieces.tidy(Infinity, Infinity); }
  const before = bytes();
  let most = 0;
  for (let at = 0; at < ${PIECES}; at++) {
    piece();
    await rendered();
    pieces.tidy(Infinity, Infinity);
    await new Promise((resolve) => setTimeout(resolve, ${BETWEEN_MS}));
    most = Math.max(most, bytes() - before);
  }
  spent.close();
  await context.close();
  process.stdout.write(String(most));
})();
`;

// A limit against hanging.
jest.setTimeout(120_000);

it('does not grow with the number of pieces that were heard', () => {
  expect(PIECES * PIECE_BYTES).toBeGreaterThan(2 * MOST_BYTES);
  const most = Number(execFileSync(process.execPath, [...LAZY, '-e', PLAYER], { encoding: 'utf8' }));
  expect(most).toBeLessThan(MOST_BYTES);
});
