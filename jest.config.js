/** One configuration for all tiers; tools/test.mjs picks the files of a tier by their names. */
module.exports = {
  testEnvironment: 'node',
  rootDir: '.',
  roots: ['apps', 'libs', 'test', 'chaos', 'bench', 'conformance', 'load-test'].map(
    (folder) => `<rootDir>/${folder}`,
  ),
  testMatch: ['**/*.spec.ts'],
  transform: {
    '^.+\\.[tj]s$': [
      '@swc/jest',
      {
        module: { type: 'commonjs' },
        jsc: {
          target: 'es2023',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
      },
    ],
  },
  transformIgnorePatterns: [
    '/node_modules/(?!(@nestjs|file-type|strtok3|token-types|uint8array-extras|@tokenizer|@borewit|jose|@prisma/schema-engine-wasm)/)',
  ],
  moduleNameMapper: {
    '^@parley/contracts/wire$': '<rootDir>/libs/contracts/src/wire/index.ts',
    '^@parley/contracts/dto$': '<rootDir>/libs/contracts/src/dto.ts',
    '^@parley/contracts/internal$': '<rootDir>/libs/contracts/src/internal/index.ts',
    '^@parley/platform/([^/]+)$': '<rootDir>/libs/platform/$1/src/index.ts',
    '^@parley/domain/([^/]+)$': '<rootDir>/libs/domain/$1/src/index.ts',
    '^@parley/client$': '<rootDir>/libs/client/src/index.ts',
    '^@parley/client/(.+)$': '<rootDir>/libs/client/src/$1.ts',
    '^@parley/testing/load$': '<rootDir>/libs/testing/src/load/index.ts',
    '^@parley/testing$': '<rootDir>/libs/testing/src/index.ts',
  },
  globalSetup: '<rootDir>/libs/testing/src/jest-global-setup.ts',
  globalTeardown: '<rootDir>/libs/testing/src/jest-global-teardown.ts',
  testSequencer: '<rootDir>/tools/long-specs-first.cjs',
  testTimeout: 30_000,
  coverageProvider: 'v8',
};
