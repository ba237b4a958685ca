/**
 * Who may import whom. A folder may always import itself; what is not listed is forbidden; the first row that holds a file counts.
 * The reasons: parts below can be understood and tested without the parts above, the render thread never carries a plugin,
 * and plugins know nothing of each other.
 */

const CORE = 'runtime/core';
/** The words everything above shares: option rows, facts, the show, the stage, and the shared pixel memory. */
const WORDS = [CORE, 'runtime/options', 'runtime/hardware', 'runtime/show', 'runtime/stage', 'runtime/arena'];

module.exports.LAYERS = [
  { folder: 'runtime/core', mayImport: [] },
  { folder: 'runtime/options', mayImport: [CORE] },
  { folder: 'runtime/hardware', mayImport: [CORE] },
  // A check reads pictures exactly as playing does.
  { folder: 'runtime/show', mayImport: [CORE, 'runtime/media/picture'] },
  { folder: 'runtime/stage', mayImport: [CORE] },
  { folder: 'runtime/library', mayImport: [CORE, 'runtime/show'] },
  { folder: 'runtime/demo', mayImport: [CORE, 'runtime/media'] },
  { folder: 'runtime/media', mayImport: [CORE] },
  { folder: 'runtime/arena', mayImport: [CORE, 'runtime/stage'] },
  { folder: 'runtime/display', mayImport: [...WORDS, 'runtime/gl'] },
  { folder: 'runtime/gl', mayImport: [CORE] },
  { folder: 'runtime/render', mayImport: [...WORDS, 'runtime/gl', 'runtime/display'] },
  { folder: 'runtime/control', mayImport: WORDS },
  // A session starts the render thread, speaks its messages, and is what the control socket steers. Captures are turned by the library that decodes.
  {
    folder: 'runtime/session',
    mayImport: [
      ...WORDS,
      'runtime/gl',
      'runtime/display',
      'runtime/render',
      'runtime/control',
      'runtime/media/picture',
    ],
  },
  {
    folder: 'plugins/*',
    mayImport: [
      CORE,
      'runtime/options/row',
      // The needs of media: the account plans them, and the decoders keep to them.
      'runtime/options/clip-need',
      'runtime/options/picture-need',
      'runtime/options/sound-need',
      'runtime/stage',
      'runtime/library',
      // The programs that decode: how they are found, started and ended.
      'runtime/media',
      // How a thread of a plugin writes the ring that the render thread shows.
      'runtime/arena/clip-table',
      'runtime/show/types',
      'runtime/show/media-files',
      'runtime/show/random',
      'runtime/show/joins',
      'runtime/show/clip-finding',
      'runtime/show/sound-finding',
    ],
  },
  { folder: 'runtime/cli', mayImport: ['runtime', 'plugins'] },
  // What stands in runtime/ itself: main.ts and compose.ts.
  { folder: 'runtime', mayImport: ['runtime', 'plugins'] },
  { folder: 'test', mayImport: ['runtime', 'plugins', 'scripts'] },
];

/** The row a file belongs to, with its folder filled in (`plugins/*` becomes `plugins/video`); undefined outside the table. */
function layerOf(file, layers) {
  for (const layer of layers) {
    const parts = layer.folder.split('/');
    const own = file.split('/').slice(0, parts.length);
    if (parts.every((part, i) => part === '*' || part === own[i])) return { ...layer, folder: own.join('/') };
  }
  return undefined;
}

function within(file, place) {
  return file === place || file.startsWith(`${place}/`);
}

/**
 * Why `from` may not import `to`, or undefined when it may. Both are paths below the repository with forward slashes, `to`
 * without extension.
 */
module.exports.forbidden = function forbidden(from, to, layers = module.exports.LAYERS) {
  const layer = layerOf(from, layers);
  if (layer === undefined || within(to, layer.folder)) return undefined;
  if (layer.mayImport.some((place) => within(to, place))) return undefined;
  const may = layer.mayImport.length === 0 ? 'nothing else of ours' : layer.mayImport.join(', ');
  return `${layer.folder} may import ${may}; not ${to}`;
};
