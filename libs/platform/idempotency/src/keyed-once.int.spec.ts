import { randomBytes, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { SecretBox } from '@parley/platform/auth';
import type { Db, Tx } from '@parley/platform/database';
import { createTenant, openDb, testDatabase, type TestDatabase } from '@parley/testing';
import { forgetAnswers } from './forget-answers';
import { KeyedOnce } from './keyed-once';

const box = new SecretBox(randomBytes(32).toString('base64'));

describe('an Idempotency-Key', () => {
  let database: TestDatabase;
  let db: Db;
  let admin: Client;
  let tenantId: string;

  beforeAll(async () => {
    database = await testDatabase();
    db = openDb(database);
    admin = new Client(database.adminUrl);
    await admin.connect();
    tenantId = await createTenant(db);
  });

  afterAll(async () => {
    await db.close();
    await admin.end();
    await database.drop();
  });

  function request(key = randomUUID(), body = 'body'): KeyedOnce {
    return new KeyedOnce(box, { actor: 'user ada', route: 'POST /x', key, hash: Buffer.from(body) });
  }

  const effect = (tx: Tx, id: string) => async () => {
    await tx.prisma.appUser.create({ data: { tenantId, id } });
    return { answer: { id }, news: 'told' };
  };

  async function count(sql: string, ...values: unknown[]): Promise<number> {
    const { rows } = await admin.query<{ count: string }>(`SELECT count(*) FROM ${sql}`, values);
    return Number(rows[0]?.count);
  }

  it('tells the news of the first request alone', async () => {
    const key = randomUUID();
    const run = () => db.tx(tenantId, (tx) => request(key).run(tx, effect(tx, key)));
    expect(await run()).toEqual({ answer: { id: key }, news: 'told' });
    expect(await run()).toEqual({ answer: { id: key }, news: null });
  });

  it('commits with the effect or not at all', async () => {
    const key = randomUUID();
    const failing = db.tx(tenantId, async (tx) => {
      await request(key).run(tx, effect(tx, key));
      throw new Error('after the work, before the commit');
    });
    await expect(failing).rejects.toThrow('before the commit');
    expect(await count('idempotency_key WHERE key = $1', key)).toBe(0);
    expect(await count('app_user WHERE id = $1', key)).toBe(0);
    await db.tx(tenantId, (tx) => request(key).run(tx, effect(tx, key)));
    expect(await count('idempotency_key WHERE key = $1', key)).toBe(1);
  });

  it('does the work when the one that it waited for failed', async () => {
    const key = randomUUID();
    let second: Promise<unknown> = Promise.resolve();
    const first = db.tx(tenantId, async (tx) => {
      await request(key).run(tx, effect(tx, key));
      second = db.tx(tenantId, (other) => request(key).run(other, effect(other, key)));
      throw new Error('too bad');
    });
    await expect(first).rejects.toThrow('too bad');
    expect(await second).toEqual({ answer: { id: key }, news: 'told' });
  });

  it('is refused for another body', async () => {
    const key = randomUUID();
    await db.tx(tenantId, (tx) => request(key).run(tx, effect(tx, key)));
    const other = request(key, 'another');
    const conflict = { code: 'idempotency.key_conflict' };
    await expect(db.tx(tenantId, (tx) => other.run(tx, effect(tx, 'x')))).rejects.toMatchObject(conflict);
    await expect(db.tx(tenantId, (tx) => other.recall(tx))).rejects.toMatchObject(conflict);
  });

  it('S13: is another one in another tenant', async () => {
    const key = randomUUID();
    const elsewhere = await createTenant(db);
    await db.tx(tenantId, (tx) => request(key).run(tx, effect(tx, key)));
    expect(await db.tx(elsewhere, (tx) => request(key).recall(tx))).toBeNull();
  });

  it('is forgotten after a day, and not before', async () => {
    const [old, young] = [randomUUID(), randomUUID()];
    for (const key of [old, young]) await db.tx(tenantId, (tx) => request(key).run(tx, effect(tx, key)));
    const age = (key: string, hours: number) =>
      admin.query(`UPDATE idempotency_key SET created_at = now() - $2 * interval '1 hour' WHERE key = $1`, [
        key,
        hours,
      ]);
    await age(old, 24.1);
    await age(young, 23.9);
    expect(await forgetAnswers(db)).toBe(1);
    expect(await db.tx(tenantId, (tx) => request(old).recall(tx))).toBeNull();
    expect(await db.tx(tenantId, (tx) => request(young).recall(tx))).toEqual({ id: young });
  });
});
