/** The ESLint rule that holds every import, of values and of types, against the table of layers. */
const path = require('node:path');
const { forbidden } = require('./layers.js');

const ROOT = path.resolve(__dirname, '../..');

function belowRoot(file) {
  return path.relative(ROOT, file).split(path.sep).join('/');
}

module.exports = {
  meta: {
    type: 'problem',
    docs: { description: 'holds imports against scripts/lint/layers.js' },
    schema: [],
    messages: { forbidden: '{{why}} (scripts/lint/layers.js)' },
  },
  create(context) {
    const check = (source) => {
      if (typeof source?.value !== 'string' || !source.value.startsWith('.')) return;
      const to = belowRoot(path.resolve(path.dirname(context.filename), source.value)).replace(/\.(js|ts|json)$/, '');
      const why = forbidden(belowRoot(context.filename), to);
      if (why !== undefined) context.report({ node: source, messageId: 'forbidden', data: { why } });
    };
    return {
      ImportDeclaration: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      TSImportType: (node) => check(node.source ?? node.argument?.literal),
      TSExternalModuleReference: (node) => check(node.expression),
      'CallExpression[callee.name="require"]': (node) => check(node.arguments[0]),
      'CallExpression[callee.object.name="require"][callee.property.name="resolve"]': (node) =>
        check(node.arguments[0]),
    };
  },
};
