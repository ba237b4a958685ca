/** Lint: what the compiler cannot see. Types are checked by the build, layout by prettier. */
const tseslint = require('typescript-eslint');
const layersRule = require('./scripts/lint/layers-rule.js');

const NO_DEFAULT_EXPORT = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name: a thing is called the same wherever it is used.',
};
const NO_BARREL = {
  // Types may be handed on: that is how a contract file names what it is made of.
  selector: ':matches(ExportAllDeclaration, ExportNamedDeclaration[source][exportKind!="type"])',
  message: 'No barrels: import a thing from the file that makes it.',
};

module.exports = tseslint.config(
  {
    // The kernels are AssemblyScript, which only looks like TypeScript; asc checks them.
    ignores: ['dist*/**', 'node_modules/**', 'media/**', 'coverage/**', 'runtime/render/cpu/kernels/**'],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    plugins: { vitrine: { rules: { layers: layersRule } } },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: __dirname } },
    rules: {
      'vitrine/layers': 'error',
      eqeqeq: ['error', 'always'],
      'no-var': 'error',
      'prefer-const': 'error',
      'no-console': 'error',
      'no-restricted-syntax': ['error', NO_DEFAULT_EXPORT, NO_BARREL],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-floating-promises': ['error', { checkThenables: true }],
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/no-deprecated': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Parts answer promises because their contract says so, whether or not they wait for something today.
      '@typescript-eslint/require-await': 'off',
      // An aborted signal's reason is whatever the caller gave.
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
      // Parts are closures more often than classes; that an interface writes a member as a method says nothing about `this`.
      '@typescript-eslint/unbound-method': 'off',
      // Modules that cost start-up time are required where they are used.
      '@typescript-eslint/no-require-imports': 'off',
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // Tests look into JSON.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      'no-console': 'off',
    },
  },
);
