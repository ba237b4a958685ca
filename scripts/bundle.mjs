// Bundles the program's entries: one file for the main thread and one for each thread, so that a start reads a few files
// instead of some four hundred (measured: loading modules was the largest part of the start). Modules stay lazy in it.
import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';

/** sharp looks for a binary that was compiled on the spot in its own folder, which is not where the bundle is. */
const sharpCompiledHere = {
  name: 'sharp-compiled-here',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]sharp[\\/]dist[\\/]sharp\.cjs$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = source.replaceAll('require(`../src/build', 'requireOfSharp(`../src/build');
      if (contents === source) throw new Error('sharp looks for its binaries in another way than it did');
      const sharpsOwn =
        "const { createRequire } = require('node:module');\nconst requireOfSharp = createRequire(createRequire(bundleUrl).resolve('sharp'));\n";
      return { contents: sharpsOwn + contents };
    });
  },
};

const bundleUrl = "const bundleUrl = require('node:url').pathToFileURL(__filename).href;";

/** @type {import('esbuild').BuildOptions} */
const options = {
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
  // sharp's JavaScript is bundled: most of its 60 ms went into looking for seventy small files.
  external: ['@img/sharp-*', 'koffi', 'fastify', 'pino', 'systeminformation'],
  // The ES module builds have no umbrella modules to evaluate.
  mainFields: ['module', 'main'],
  // Of ES modules that ask where they are: in the bundle.
  define: { 'import.meta.url': 'bundleUrl' },
  banner: { js: bundleUrl },
  logLevel: 'warning',
  plugins: [sharpCompiledHere],
};

await build({
  ...options,
  entryPoints: {
    'render/thread': 'runtime/render/thread.ts',
    'render/cpu/band-worker': 'runtime/render/cpu/band-worker.ts',
    'show/parse-thread': 'runtime/show/parse-thread.ts',
    'display/gl-trial-main': 'runtime/display/gl-trial-main.ts',
  },
});

// The program is no module but a script whose value is a module's function: runtime/main.ts runs it, with V8's compiled code of
// it where that was kept. Scripts have no import().
await build({
  ...options,
  entryPoints: { vitrine: 'runtime/vitrine.ts' },
  banner: { js: `(function (exports, require, module, __filename, __dirname) {\n${bundleUrl}` },
  footer: { js: '})' },
  supported: { 'dynamic-import': false },
});
