/** The memory of the audio library: pages of the usual size, of which only those are there that it uses. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Prints the mappings for which somebody asked the kernel for huge pages (`hg`). A process of its own: the library looks at its environment. */
const PLAYER = `
const { webAudio } = require(${JSON.stringify(join(__dirname, '../../../plugins/audio/output/web-audio.js'))});
const { AudioContext } = webAudio();
const context = new AudioContext({ latencyHint: 'playback', sampleRate: 48000, sinkId: { type: 'none' } });
context.createBuffer(2, 48000, 48000).copyToChannel(new Float32Array(48000), 0);
const mappings = require('node:fs').readFileSync('/proc/self/smaps', 'latin1').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
const huge = mappings.filter((mapping) => /^VmFlags:.* hg( |$)/m.test(mapping)).map((mapping) => mapping.split('\\n')[0]);
process.stdout.write(JSON.stringify({ looked: mappings.length > 0, huge }));
context.close();
`;

it('is asked for without huge pages', () => {
  const found: unknown = JSON.parse(execFileSync(process.execPath, ['-e', PLAYER], { encoding: 'utf8' }));
  expect(found).toEqual({ looked: true, huge: [] });
});
