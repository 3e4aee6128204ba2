import { EventEmitter } from 'node:events';
import { Client } from 'pg';
import { testDatabase, testRedis } from './test-environment';
import { waitFor } from './wait-for';

async function scalar(url: string, sql: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ value: unknown }>(sql);
    return rows[0]?.value;
  } finally {
    await client.end();
  }
}

describe('the environment of the specs', () => {
  it('gives every caller a database of its own, with the migrations applied', async () => {
    const [first, second] = await Promise.all([testDatabase(), testDatabase()]);
    await scalar(first.adminUrl, 'CREATE TABLE only_here ()');
    expect(await scalar(first.appUrl, 'SELECT session_user AS value')).toBe('parley_app');
    expect(await scalar(first.systemUrl, 'SELECT session_user AS value')).toBe('parley_system');
    expect(await scalar(first.adminUrl, `SELECT to_regclass('_prisma_migrations')::text AS value`)).toBe(
      '_prisma_migrations',
    );
    expect(await scalar(second.adminUrl, `SELECT to_regclass('only_here') AS value`)).toBeNull();
    await first.drop();
    await expect(scalar(first.appUrl, 'SELECT 1 AS value')).rejects.toMatchObject({ code: '3D000' });
    await second.drop();
  });

  it('gives every caller a Redis database of its own', async () => {
    const [first, second] = await Promise.all([testRedis(), testRedis()]);
    expect(first.url).toMatch(/^redis:\/\/127\.0\.0\.1:\d+\/\d+$/);
    expect(first.url).not.toBe(second.url);
    expect(first.prefix).not.toBe(second.prefix);
  });

  it('waits for a condition and says what it waited for', async () => {
    const emitter = new EventEmitter();
    let heard = 0;
    emitter.on('word', () => (heard += 1));
    setImmediate(() => emitter.emit('word'));
    await expect(waitFor(() => heard)).resolves.toBe(1);
    await expect(waitFor(() => heard > 1, { timeoutMs: 30, message: 'a second word' })).rejects.toThrow(
      'a second word',
    );
  });
});
