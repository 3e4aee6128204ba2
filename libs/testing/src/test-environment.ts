import type { DatabaseUrls, RedisAnswer } from './test-servers';

export interface TestDatabase extends DatabaseUrls {
  /** Drops the database, whoever is still connected. */
  drop: () => Promise<void>;
}

/** A fresh database with all migrations applied, for one spec file alone. The first call of a run starts the server (about 2 s). */
export async function testDatabase(): Promise<TestDatabase> {
  const urls = (await ask('POST', '/database')) as DatabaseUrls;
  const name = new URL(urls.adminUrl).pathname.slice(1);
  return {
    ...urls,
    drop: async () => {
      await ask('DELETE', `/database/${name}`);
    },
  };
}

export interface TestRedis extends RedisAnswer {
  /** A logical database of its own. */
  url: string;
  /** For names of pub/sub channels, which all logical databases share. */
  prefix: string;
}

/** A part of the run's Redis for one spec file alone. A spec that stops Redis starts one of its own with `EmbeddedRedis`. */
export async function testRedis(): Promise<TestRedis> {
  return (await ask('POST', '/redis')) as RedisAnswer;
}

async function ask(method: string, path: string): Promise<unknown> {
  const address = process.env.PARLEY_TEST_SERVERS;
  if (!address) throw new Error('PARLEY_TEST_SERVERS is not set: is globalSetup missing in jest.config.js?');
  const response = await fetch(`${address}${path}`, { method });
  if (!response.ok) throw new Error(`The test servers failed: ${await response.text()}`);
  return response.json();
}
