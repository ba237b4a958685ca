// Bundles the program's entries: one file for the main thread and one for each thread, so that a start reads a few files
// instead of some four hundred (measured: loading modules was the largest part of the start). Modules stay lazy in it.
import { build } from 'esbuild';

await build({
  entryPoints: {
    main: 'runtime/main.ts',
    'render/thread': 'runtime/render/thread.ts',
    'render/cpu/band-worker': 'runtime/render/cpu/band-worker.ts',
  },
  outdir: 'dist/runtime',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20.9',
  // Names are kept: a stack trace has to say something. The rest is less to read at a start.
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  tsconfig: 'tsconfig.json',
  // Native parts find their binaries beside themselves; the others are needed after the first picture or not at all.
  external: ['sharp', 'koffi', 'fastify', 'pino', 'systeminformation'],
  // The ES module builds have no umbrella modules to evaluate.
  mainFields: ['module', 'main'],
  // Of ES modules that ask where they are: in the bundle.
  define: { 'import.meta.url': 'bundleUrl' },
  banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
  logLevel: 'warning',
});
