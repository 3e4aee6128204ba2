import { randomUUID } from 'node:crypto';
import { createTenant, openDb, testDatabase } from '@parley/testing';

describe('message_search_write', () => {
  it('rests between its pieces, and no longer than it may', async () => {
    const database = await testDatabase();
    const db = openDb(database);
    const tenantId = await createTenant(db);
    const pieces = JSON.stringify([1, 2, 3].map((seq) => [{ c: randomUUID(), s: seq, w: null }]));
    const tookMs = await db.tx(tenantId, async ({ sql }) => {
      const begunAt = performance.now();
      await sql`SELECT message_search_write_v4(${tenantId}::uuid, ${pieces}::json, ${1e6}, ${40})::text`;
      return performance.now() - begunAt;
    });
    expect(tookMs).toBeGreaterThanOrEqual(80);
    // A million times as long as a piece takes would be minutes.
    expect(tookMs).toBeLessThan(4_000);
    await db.close();
    await database.drop();
  });
});
