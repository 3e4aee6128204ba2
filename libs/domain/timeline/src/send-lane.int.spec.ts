import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Db } from '@parley/platform/database';
import { createConversation, createTenant, openDb, testDatabase, type TestDatabase } from '@parley/testing';
import { Timeline } from './timeline';

describe('a lane that cannot keep up', () => {
  let database: TestDatabase;
  let db: Db;
  let timeline: Timeline;
  let tenantId: string;
  let conversationId: string;

  beforeAll(async () => {
    database = await testDatabase();
    db = openDb(database);
    timeline = new Timeline(db);
    tenantId = await createTenant(db);
    conversationId = await createConversation(db, tenantId, ['ann']);
  });
  afterAll(async () => {
    await db.close();
    await database.drop();
  });

  function send(): Promise<{ outcome: string }> {
    const row = { c: conversationId, s: 'ann', k: randomUUID(), h: 'aa', kind: 'text', t: 'hello' };
    return timeline.send(tenantId, row);
  }

  it('F13: refuses at once what would wait longer than two seconds, loses nothing that it took, and goes on', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const locked = new Promise<void>((resolve) => {
      void db.tx(tenantId, async (tx) => {
        await timeline.lock(tx, conversationId);
        resolve();
        await held;
      });
    });
    await locked;
    const underWay = send();
    // More than one batch, behind one that waits for the lock.
    await delay(50);
    const waiting = Array.from({ length: 70 }, () => send());
    await delay(1_100);
    const startedAt = performance.now();
    await expect(send()).rejects.toMatchObject({
      code: 'service.overloaded',
      retryable: true,
      retryAfterMs: expect.any(Number) as number,
    });
    expect(performance.now() - startedAt).toBeLessThan(500);
    release();
    const outcomes = await Promise.all([underWay, ...waiting]);
    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['created']));
    expect((await send()).outcome).toBe('created');
  });

  it('bounds how many wait', async () => {
    const sends = Array.from({ length: 6_000 }, () =>
      send().then(
        ({ outcome }) => outcome,
        (error: { code: string }) => error.code,
      ),
    );
    const outcomes = await Promise.all(sends);
    const refused = outcomes.filter((outcome) => outcome === 'service.overloaded').length;
    expect(refused).toBeGreaterThan(0);
    expect(refused + outcomes.filter((outcome) => outcome === 'created').length).toBe(6_000);
  }, 60_000);
});
