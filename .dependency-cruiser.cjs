/** The direction of imports and the walls between the parts; each rule says what to do instead. */

const spec = '[.]spec[.]ts$|/test/|^test/|^bench/|^chaos/|^conformance/|^libs/testing/';
// The part of the client that is for Node alone.
const clientOfNode = '^libs/client/src/node([.]ts$|/)';
const lib = '^libs/(domain|platform)/([^/]+)/';
const libEntrance = '^libs/(domain|platform)/[^/]+/src/index[.]ts$';

/** A rule for the code of the product; specs may do more. */
function forbid(name, comment, from, to) {
  return { name, comment, severity: 'error', from: { pathNot: spec, ...from }, to };
}

/** A package by its name, whether it could be resolved or not. */
function packages(...names) {
  return `(?:^|node_modules/)(?:${names.join('|')})(?:/|$)`;
}

module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'Two files need each other when they are loaded: move what both need into a third one.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      comment: 'The import leads nowhere: add the package to package.json, or correct the path.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'declared-package',
      comment: 'The package is not in package.json (or only for development): add it to the dependencies.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: spec },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },

    // ---- the tiers: apps → domain → platform → contracts
    forbid(
      'contracts-import-nothing',
      'Contracts are the lowest tier: move the shape into libs/contracts, or the code out of it.',
      { path: '^libs/contracts/' },
      { path: '^(apps/|libs/(?!contracts/))' },
    ),
    forbid(
      'platform-knows-no-product',
      'Platform is machinery that knows no product: move the product part into libs/domain, or pass it in from there.',
      { path: '^libs/platform/' },
      { path: '^(apps/|libs/(domain|client|react)/)' },
    ),
    forbid(
      'domain-knows-no-app',
      'A domain library is used by the apps and knows none: move what it needs into the library.',
      { path: '^libs/domain/' },
      { path: '^(apps/|libs/(client|react)/)' },
    ),
    forbid(
      'apps-are-apart',
      'Processes share code by libraries: move it into libs/domain or libs/platform.',
      { path: '^apps/([^/]+)/' },
      { path: '^apps/', pathNot: '^apps/$1/' },
    ),
    forbid(
      'only-tests-import-testing',
      'libs/testing is for specs, bench, chaos, conformance and test: move what the product needs into its own library.',
      { path: '^(apps|libs)/' },
      { path: '^libs/testing/' },
    ),
    forbid(
      'no-spec-import',
      'A spec is no library: move the helper into libs/testing or into a file beside.',
      {},
      { path: '[.]spec[.]ts$' },
    ),

    // ---- entrances
    {
      name: 'libraries-by-their-index',
      comment:
        'Import the library by its alias (@parley/domain/x, @parley/platform/x); export what you need from its index.ts.',
      severity: 'error',
      // Jest's global setup resolves no alias, so what it loads must not lead to one. A floor is built on Prisma's own client.
      from: {
        path: '^(apps|test|bench|chaos|conformance|libs)/',
        pathNot: [lib, '^libs/testing/src/test-servers[.]ts$', '^bench/floors/insert-store[.]ts$'],
      },
      to: { path: lib, pathNot: libEntrance },
    },
    {
      name: 'neighbours-by-their-index',
      comment:
        'Import the other library by its alias (@parley/domain/x, @parley/platform/x); export what you need from its index.ts.',
      severity: 'error',
      from: { path: lib },
      to: { path: lib, pathNot: [libEntrance, '^libs/$1/$2/'] },
    },
    {
      name: 'contracts-by-their-entrances',
      comment: 'Import @parley/contracts/wire, /dto or /internal; export what you need there.',
      severity: 'error',
      from: { path: '^(apps|libs|test|bench|chaos|conformance)/', pathNot: '^libs/contracts/' },
      to: {
        path: '^libs/contracts/',
        pathNot: '^libs/contracts/src/(wire/index|dto|internal/index)[.]ts$',
      },
    },
    {
      name: 'testing-by-its-index',
      comment: 'Import @parley/testing or @parley/testing/load; export what you need from its index.ts.',
      severity: 'error',
      from: { pathNot: '^libs/testing/' },
      to: { path: '^libs/testing/', pathNot: '^libs/testing/src/(load/)?index[.]ts$' },
    },
    {
      name: 'client-by-its-entrances',
      comment:
        'Import @parley/client, or one of the files directly in libs/client/src that it offers beside it.',
      severity: 'error',
      from: { pathNot: '^libs/client/' },
      to: { path: '^libs/client/', pathNot: '^libs/client/src/[^/]+[.]ts$' },
    },

    {
      name: 'redis-adapter-is-a-floor',
      comment: 'The Redis adapter is measured against, not used: events go through libs/platform/realtime.',
      severity: 'error',
      from: { pathNot: '^bench/floors/' },
      to: { path: packages('@socket[.]io/redis-adapter') },
    },

    // ---- what clients may see
    forbid(
      'wire-imports-itself',
      'contracts/wire is what clients import: plain types, codes and limits. Keep decorators in *.dto.ts and server shapes in contracts/internal.',
      { path: '^libs/contracts/src/wire/', pathNot: '[.]dto[.]ts$|^libs/contracts/src/wire/validation/' },
      { pathNot: '^libs/contracts/src/wire/(?!.*[.]dto[.]ts$|validation/decorators)' },
    ),
    forbid(
      'client-is-light',
      'The client SDK runs in browsers: it may use contracts/wire and socket.io-client, nothing else; what needs Node is in src/node, an entry of its own.',
      { path: '^libs/client/', pathNot: [spec, clientOfNode] },
      {
        pathNot: [
          '^libs/client/(?!src/node([.]ts$|/))',
          '^libs/contracts/src/wire/index[.]ts$',
          packages('socket[.]io-client'),
        ],
      },
    ),

    // ---- what a domain knows
    forbid(
      'domain-knows-no-transport',
      'A domain library knows no transport: throw an AppError, publish through libs/platform, write an outbox row; let the app speak HTTP, sockets and queues.',
      { path: '^libs/domain/' },
      {
        path: packages(
          'socket[.]io',
          'express',
          'bullmq',
          '@nestjs/bullmq',
          'ioredis',
          '@nestjs/platform-[^/]+',
          '@nestjs/websockets',
          'http',
        ),
      },
    ),
    forbid(
      'timeline-stands-alone',
      'The timeline imports no other domain: have its caller load what it needs and pass it in.',
      { path: '^libs/domain/timeline/' },
      { path: '^libs/domain/', pathNot: '^libs/domain/timeline/' },
    ),
    forbid(
      'requests-enqueue-nothing',
      'No request handler enqueues, and this import leads to BullMQ: write an outbox row in the transaction, the relay makes the job.',
      { path: '^apps/(api|gateway)/' },
      { path: packages('bullmq', '@nestjs/bullmq'), reachable: true },
    ),
  ],
  options: {
    doNotFollow: { path: ['node_modules', 'libs/platform/database/src/generated'] },
    exclude: { path: '^(dist|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json', '.mjs', '.cjs', '.d.ts'],
    },
    cache: false,
  },
};
