import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

const specs = ['**/*.spec.ts', '**/test/**/*.ts', 'libs/testing/**/*.ts'];

const readsEnvironment = {
  object: 'process',
  property: 'env',
  message:
    'Declare the setting in <lib>.config.ts and take its value from the configuration (libs/platform/config).',
};

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', '.parley/', '**/generated/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/prefer-nullish-coalescing': [
        'error',
        { ignorePrimitives: { string: true, boolean: true } },
      ],
      // Whoever implements an asynchronous interface need not wait for anything.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      // An exhaustive switch names every member; a default may stand beside an open-ended type.
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      complexity: ['error', 15],
      eqeqeq: 'error',
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 6],
      'no-console': 'error',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
      'no-restricted-properties': ['error', readsEnvironment],
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' },
        {
          selector: 'CallExpression[callee.name="forwardRef"]',
          message: 'A forwardRef marks a wrong boundary: move what both need into a third place.',
        },
      ],
    },
  },
  {
    files: ['libs/domain/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['@nestjs/common'],
              importNamePattern: '(Exception|^HttpStatus|^Controller)$',
              message: 'A domain library knows no transport: throw an AppError with a code of the catalogue.',
            },
          ],
        },
      ],
    },
  },
  {
    // An empty class is what a Nest module is.
    files: ['**/*.module.ts'],
    rules: { '@typescript-eslint/no-extraneous-class': 'off' },
  },
  {
    files: ['libs/platform/config/src/load-config.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    // They talk to a person on a terminal.
    files: ['apps/cli/**/*.ts', 'apps/launcher/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    // A framework's or a tool's own entry asks for a default export, or for the environment before anything is loaded.
    files: ['prisma.config.ts', 'libs/testing/src/jest-global-*.ts'],
    rules: { 'no-restricted-exports': 'off', 'no-restricted-properties': 'off' },
  },
  {
    files: specs,
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Jest types its matchers (expect.any, expect.stringContaining) as any.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'max-lines-per-function': 'off',
      'no-restricted-properties': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: {
        clearTimeout: 'readonly',
        console: 'readonly',
        process: 'readonly',
        performance: 'readonly',
        setTimeout: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
      },
    },
  },
  {
    files: ['**/*.{js,cjs}'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { module: 'writable', require: 'readonly', __dirname: 'readonly' },
    },
  },
  {
    // k6 runs it as a module, with globals of its own, and asks for a default export.
    files: ['load-test.js'],
    languageOptions: { sourceType: 'module', globals: { __ENV: 'readonly', open: 'readonly' } },
    rules: { 'no-restricted-exports': 'off' },
  },
  {
    files: ['load-test/findings.ts'],
    rules: { 'no-console': 'off' },
  },
  prettier,
);
