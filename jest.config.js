const { availableParallelism } = require('node:os');

/** Tests run compiled, as the program does: `npm run build` comes first. */
module.exports = {
  rootDir: __dirname,
  roots: ['<rootDir>/dist/test'],
  testMatch: ['**/*.test.js'],
  testEnvironment: '<rootDir>/dist/test/support/plain-context.js',
  injectGlobals: true,
  globalSetup: '<rootDir>/dist/test/support/state-setup.js',
  globalTeardown: '<rootDir>/dist/test/support/state-teardown.js',
  // A limit against hanging, not a measure of speed: tests run whole programs, on machines that do other things too.
  testTimeout: 60_000,
  // Many wait for programs and clocks, so that a processor has time for more than one.
  maxWorkers: Math.max(3, Math.min(8, availableParallelism())),
  // A child begins as a copy of the page tables of its parent: 45 ms a GiB. A worker that has grown is replaced.
  workerIdleMemoryLimit: '300MB',
  // Not in the temporary folder, where nothing is left.
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
};
