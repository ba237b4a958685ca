/** Tests run compiled, as the program does: `npm run build` comes first. */
module.exports = {
  rootDir: __dirname,
  roots: ['<rootDir>/dist/test'],
  testMatch: ['**/*.test.js'],
  testEnvironment: 'node',
  injectGlobals: true,
};
