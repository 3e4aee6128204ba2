import type { Config } from 'jest';
import { TestServers } from './test-servers';

declare global {
  var parleyTestServers: TestServers | undefined;
}

/** Settings of the developer's own databases: no spec may ever reach them, not even by a mistake. */
const foreignSettings = [
  'DATABASE_URL',
  'DATABASE_SYSTEM_URL',
  'DATABASE_ADMIN_URL',
  'REDIS_URL',
  'REDIS_QUEUE_URL',
];

async function startTestServers(config: Pick<Config, 'rootDir'>): Promise<void> {
  for (const name of foreignSettings) delete process.env[name];
  // PARLEY_TEST_POSTGRES_BIN runs the whole suite against another PostgreSQL than the embedded one.
  const { servers, address } = await TestServers.listen(
    config.rootDir ?? '.',
    process.env.PARLEY_TEST_POSTGRES_BIN || undefined,
  );
  process.env.PARLEY_TEST_SERVERS = address;
  globalThis.parleyTestServers = servers;
}

export = startTestServers;
