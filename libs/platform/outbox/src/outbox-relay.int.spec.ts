import { Client } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { defineJob } from '@parley/contracts/internal';
import type { Db } from '@parley/platform/database';
import { Metrics, createLogger } from '@parley/platform/telemetry';
import { createTenant, openDb, testDatabase, waitFor, type TestDatabase } from '@parley/testing';
import { JobSink, OutboxAppend, OutboxEvents, OutboxRelay, type NewJob } from '.';
import { outboxAge, outboxClaim } from './outbox.functions';

const job = defineJob({
  name: 'test.note',
  on: ['message.created'],
  queue: 'test',
  schema: z.object({}),
  batch: 500,
  dedupe: 'none',
  why: 'a test',
});
const fiveMinutesMs = 300_000;

class RecordingSink extends JobSink {
  ready = true;
  failures = 0;
  readonly jobs: NewJob[] = [];

  override add(jobs: readonly NewJob[]): Promise<void> {
    if (this.failures > 0) {
      this.failures -= 1;
      return Promise.reject(new Error('the queue is away'));
    }
    this.jobs.push(...jobs);
    return Promise.resolve();
  }

  get events(): string[] {
    return this.jobs.flatMap(({ data }) => data.events).sort();
  }
}

describe('the outbox and its relay', () => {
  const log = createLogger({ process: 'test', level: 'error', format: 'json' });
  let database: TestDatabase;
  let db: Db;
  let admin: Client;
  let tenantId: string;
  const running: OutboxRelay[] = [];

  beforeAll(async () => {
    database = await testDatabase();
    db = openDb(database);
    admin = new Client(database.adminUrl);
    await admin.connect();
    tenantId = await createTenant(db);
  });
  afterEach(async () => {
    for (const relay of running.splice(0)) await relay.stop();
    await admin.query('DELETE FROM outbox');
  });
  afterAll(async () => {
    await admin.end();
    await db.close();
    await database.drop();
  });

  function start(sink: JobSink, { requeueMs = fiveMinutesMs, metrics = new Metrics('test'), on = db } = {}) {
    const relay = new OutboxRelay(on, sink, log, metrics, { definitions: [job], requeueMs });
    relay.start();
    running.push(relay);
    return relay;
  }

  async function append(count: number, handlers = [job.name]): Promise<string[]> {
    const ids = Array.from({ length: count }, () => uuidv7());
    await db.tx(tenantId, (tx) =>
      new OutboxAppend().append(
        tx,
        ids.map((id) => ({ id, event: 'message.created', seq: 1 })),
        handlers,
      ),
    );
    return ids.sort();
  }

  async function rows(): Promise<Record<string, unknown>[]> {
    return (await admin.query<Record<string, unknown>>('SELECT * FROM outbox ORDER BY id')).rows;
  }

  it('packs what it claims into jobs that carry ids alone, each row once', async () => {
    const ids = await append(1_200);
    const sink = new RecordingSink();
    start(sink);
    await waitFor(() => sink.events.length >= 1_200);
    expect(sink.events).toEqual(ids);
    for (const { id, data } of sink.jobs) {
      expect(id).toBe(`${data.events[0]}-test.note`);
      expect(Object.keys(data)).toEqual(['tenantId', 'events']);
    }
  });

  it('leaves nothing where no job wants the event', async () => {
    await append(3, []);
    expect(await rows()).toEqual([]);
  });

  it('F23: finds the row of a transaction that began earlier and committed later', async () => {
    const sink = new RecordingSink();
    start(sink);
    const [early, late] = [uuidv7(), uuidv7()];
    const insert = `INSERT INTO outbox (tenant_id, id, event, handlers) VALUES ($1, $2, 'message.created', '{test.note}')`;
    await admin.query('BEGIN');
    await admin.query(insert, [tenantId, early]);
    await db.tx(tenantId, (tx) =>
      new OutboxAppend().append(tx, [{ id: late, event: 'message.created' }], [job.name]),
    );
    await waitFor(() => sink.events.includes(late));
    expect(sink.events).toEqual([late]);
    await admin.query('COMMIT');
    await waitFor(() => sink.events.includes(early));
  });

  it('F2: adds again, under the same id, what was queued long ago and is not done', async () => {
    const ids = await append(5);
    const sink = new RecordingSink();
    start(sink);
    await waitFor(() => sink.jobs.length === 1);
    await admin.query(`UPDATE outbox SET queued_at = queued_at - interval '4 minutes 50 seconds'`);
    const marker = await append(1);
    await waitFor(() => sink.events.includes(marker[0] ?? ''));
    expect(sink.jobs).toHaveLength(2);
    await admin.query(`UPDATE outbox SET queued_at = queued_at - interval '11 seconds' WHERE id <> $1`, [
      marker[0],
    ]);
    await waitFor(() => sink.jobs.length === 3);
    expect(sink.jobs[2]).toMatchObject({ id: sink.jobs[0]?.id, data: { events: ids } });
  });

  it('F2: a relay that dies between the claim and the job leaves the rows to the next one', async () => {
    const ids = await append(3);
    const claimed = await db.system.call(outboxClaim, 500, fiveMinutesMs);
    expect(claimed).toHaveLength(3);
    const sink = new RecordingSink();
    start(sink, { requeueMs: 100 });
    await waitFor(() => sink.jobs.length > 0);
    expect(sink.jobs[0]?.data.events).toEqual(ids);
  });

  it('F3: claims nothing for a queue that is away, and gives back at once what it could not add', async () => {
    const sink = new RecordingSink();
    sink.ready = false;
    const ids = await append(3);
    const metrics = new Metrics('test');
    const relay = start(sink, { metrics });
    await waitFor(async () => (await metrics.render()).includes('outbox_pending{process="test"} 3'));
    expect(relay.active).toBe(true);
    expect((await rows()).map(({ queued_at }) => queued_at)).toEqual([null, null, null]);
    sink.failures = 1;
    sink.ready = true;
    await waitFor(() => sink.failures === 0);
    await waitFor(() => sink.events.length === 3, { timeoutMs: 10_000 });
    expect(sink.events).toEqual(ids);
  });

  it('reads its age by the index: most of the table are rows that are gone', async () => {
    await append(3);
    const scans = async (): Promise<string> => {
      await admin.query('SELECT pg_stat_force_next_flush()');
      const { rows: found } = await admin.query<{ seq_scan: string }>(
        `SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'outbox'`,
      );
      return found[0]?.seq_scan ?? '';
    };
    const before = await scans();
    const { rows: ages } = await admin.query<{ pending: string }>(outboxAge.text);
    expect(Number(ages[0]?.pending)).toBe(3);
    expect(await scans()).toBe(before);
  });

  it('has one active relay, and another one when that dies', async () => {
    const [firstSink, secondSink] = [new RecordingSink(), new RecordingSink()];
    const first = start(firstSink);
    await waitFor(() => first.active);
    const second = start(secondSink);
    const before = await append(20);
    await waitFor(() => firstSink.events.length === 20);
    expect(second.active).toBe(false);
    expect(firstSink.events).toEqual(before);
    // As after a kill: PostgreSQL ends the session, and with it the lock.
    await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_locks
        WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    await waitFor(() => first.active !== second.active);
    const after = await append(20);
    await waitFor(() => firstSink.events.length + secondSink.events.length === 40);
    expect([...firstSink.events, ...secondSink.events].sort()).toEqual([...before, ...after].sort());
    await first.stop();
    await waitFor(() => second.active);
  });

  it('two transactions that clear the same events share them out: each event to one', async () => {
    const ids = await append(200, [job.name, 'test.other']);
    const events = new OutboxEvents(db);
    const clear = (handler: string) => db.tx(tenantId, (tx) => events.clear(tx, ids, handler));
    const both = await Promise.all([clear(job.name), clear(job.name), clear(job.name)]);
    expect(both.flat().map(({ id }) => id)).toHaveLength(200);
    expect(await rows()).toHaveLength(200);
    expect((await clear('test.other')).length).toBe(200);
    expect(await rows()).toEqual([]);
  });

  it('a rollback leaves the events as they were, and another tenant cannot clear them', async () => {
    const ids = await append(2);
    const events = new OutboxEvents(db);
    const failing = db.tx(tenantId, async (tx) => {
      await events.clear(tx, ids, job.name);
      throw new RangeError('the effect failed');
    });
    await expect(failing).rejects.toThrow('the effect failed');
    const stranger = await createTenant(db);
    expect(await db.tx(stranger, (tx) => events.clear(tx, ids, job.name))).toEqual([]);
    expect(await rows()).toHaveLength(2);
  });

  it('F20: dead letters are claimed no more until they are redriven', async () => {
    const [id = ''] = await append(1);
    const events = new OutboxEvents(db);
    expect(await events.bury(tenantId, id, job.name, 'SQLSTATE 22000')).toBe(true);
    expect(await events.bury(tenantId, id, job.name, 'again')).toBe(false);
    const sink = new RecordingSink();
    const metrics = new Metrics('test');
    start(sink, { requeueMs: 1, metrics });
    await waitFor(async () => (await metrics.render()).includes('outbox_dead{process="test"} 1'));
    expect(sink.jobs).toEqual([]);
    expect(await events.redrive(job.name)).toBe(1);
    await waitFor(() => sink.events.includes(id));
    expect((await rows())[0]).toMatchObject({ dead: [], handlers: [job.name] });
  });

  it('claims by the index, whatever the table looks like', async () => {
    await append(1);
    await admin.query(
      `INSERT INTO outbox (tenant_id, id, event, handlers, queued_at)
       SELECT $1, gen_random_uuid(), 'message.created', '{test.note}', now() FROM generate_series(1, 50000)`,
      [tenantId],
    );
    const rowsWalked = async (): Promise<number> => {
      await admin.query('SELECT pg_stat_force_next_flush()');
      const { rows: found } = await admin.query<{ seq_tup_read: string }>(
        `SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = 'outbox'`,
      );
      return Number(found[0]?.seq_tup_read);
    };
    const before = await rowsWalked();
    const claimed = await admin.query('SELECT * FROM system_outbox_claim_v4(500, 300000)');
    expect(claimed.rows).toHaveLength(1);
    expect((await rowsWalked()) - before).toBeLessThan(50_000);
  });
});
