import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { createTenant, openDb, rowsTouched, testDatabase, type TestDatabase } from '@parley/testing';

const underWay = 3_000;
const fresh = 40;

/**
 * The outbox is empty most of the time, and a vacuum tells the planner so. What was planned then is used for as long as its
 * connection lives, also when thousands of events are under way: the table's own counters tell what a claim touches.
 */
describe('a claim planned while the outbox was empty', () => {
  let database: TestDatabase;
  let tenantId: string;
  let admin: Client;
  const planned: Client[] = [];

  beforeAll(async () => {
    database = await testDatabase();
    const db = openDb(database);
    tenantId = await createTenant(db);
    await db.close();
    admin = new Client(database.adminUrl);
    await admin.connect();
    planned.push(await plan());
    await admin.query('VACUUM (ANALYZE) outbox');
    planned.push(await plan());
    await admin.query(
      `INSERT INTO outbox (tenant_id, id, event, handlers, queued_at)
       SELECT $1, gen_random_uuid(), 'message.created', '{search.index}', now() FROM generate_series(1, $2)`,
      [tenantId, underWay],
    );
    planned.push(await plan());
  });
  afterAll(async () => {
    for (const client of [admin, ...planned]) await client.end();
    await database.drop();
  });

  const claim = (client: Client) =>
    client.query<{ id: string; queued_before: Date | null }>(
      'SELECT * FROM system_outbox_claim_v4(2000, 300000)',
    );

  async function plan(): Promise<Client> {
    const client = new Client(database.systemUrl);
    await client.connect();
    await claim(client);
    return client;
  }

  it.each([
    ['before the first vacuum', 0],
    ['and vacuumed', 1],
    ['and filled since', 2],
  ])('touches what it returns: %s', async (_, index) => {
    const client = planned[index];
    if (client === undefined) throw new RangeError('no such connection');
    const ids = Array.from({ length: fresh }, () => randomUUID());
    await admin.query(
      `INSERT INTO outbox (tenant_id, id, event, handlers)
       SELECT $1, unnest($2::uuid[]), 'message.created', '{search.index}'`,
      [tenantId, ids],
    );
    const before = await rowsTouched(client, 'outbox');
    const { rows } = await claim(client);
    expect(rows.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect((await rowsTouched(client, 'outbox')) - before).toBeLessThanOrEqual(10 * fresh);
  });
});
