import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Global, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import {
  createTenant,
  openDb,
  slackHistory,
  testDatabase,
  zipFolder,
  type TestDatabase,
} from '@parley/testing';
import type { ServerActor } from '@parley/platform/auth';
import { Db } from '@parley/platform/database';
import { ImportService, ImportsModule } from '@parley/domain/imports';
import { TenantService, TenantsModule } from '@parley/domain/tenants';
import { Timeline, TimelineModule } from '@parley/domain/timeline';
import type { ImportApi } from './import-api';
import { SlackArchive } from './slack-archive';
import { readExport } from './slack-export';
import { SlackImport, type ConversationResult, type SlackImportResult } from './slack-import';
import { survey, type SlackSurvey } from './slack-reader';

const bodyHashKey = randomBytes(32);

@Module({
  providers: [{ provide: TenantService, useValue: { bodyHashKey: () => Promise.resolve(bodyHashKey) } }],
  exports: [TenantService],
})
class TenantsWithOneKey {}

describe('an import of a Slack export into the timeline', () => {
  let database: TestDatabase;
  let db: Db;
  let app: TestingModule;
  let folder: string;
  let tenantId: string;
  let api: ImportApi;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slack-import-'));
    database = await testDatabase();
    db = openDb(database);
    @Global()
    @Module({ providers: [{ provide: Db, useValue: db }], exports: [Db] })
    class OneDatabase {}
    app = await Test.createTestingModule({ imports: [OneDatabase, TimelineModule, ImportsModule] })
      .overrideModule(TenantsModule)
      .useModule(TenantsWithOneKey)
      .compile();
  }, 60_000);

  beforeEach(async () => {
    tenantId = await createTenant(db);
    const actor: ServerActor = { kind: 'server', tenantId, keyId: 'key', scopes: ['imports'], userId: null };
    const service = app.get(ImportService);
    api = { post: (page) => service.importPage(actor, page) };
  });

  afterAll(async () => {
    await app?.close();
    await db?.close();
    await database?.drop();
    rmSync(folder, { recursive: true });
  });

  async function importFile(path: string): Promise<{ surveyed: SlackSurvey; result: SlackImportResult }> {
    const archive = await SlackArchive.open(path);
    try {
      const surveyed = await survey(archive, await readExport(archive));
      return { surveyed, result: await new SlackImport(api, archive, surveyed, () => undefined).run() };
    } finally {
      archive.close();
    }
  }

  function write(zip: Buffer): string {
    const path = join(folder, 'export.zip');
    writeFileSync(path, zip);
    return path;
  }

  const created = (conversations: ConversationResult[]): Record<string, number> =>
    Object.fromEntries(conversations.map((c) => [c.title, c.created]));

  const counts = async (): Promise<unknown> =>
    (
      await db.tx(
        tenantId,
        ({ sql }) => sql`
          SELECT (SELECT count(*)::int FROM message) AS messages,
                 (SELECT count(*)::int FROM message WHERE thread_root IS NOT NULL) AS replies,
                 (SELECT count(*)::int FROM message WHERE ordinal IS NOT NULL) AS counted,
                 (SELECT count(*)::int FROM app_user) AS users,
                 (SELECT count(*)::int FROM conversation_head h
                   WHERE h.last_seq <> (SELECT count(*) FROM message m WHERE m.conversation_id = h.conversation_id)
                                     + (SELECT count(*) FROM change c WHERE c.conversation_id = h.conversation_id)) AS holes`,
      )
    )[0];

  it('brings the small export in, and adds nothing the second time (I3, I4)', async () => {
    const path = write(zipFolder(resolve('test/fixtures/slack-export')));
    const { result } = await importFile(path);
    expect(result.users).toEqual({ created: 5, existing: 0 });
    expect(created(result.conversations)).toEqual({
      '#general': 6,
      '#garden-club': 1,
      G00000002: 1,
      D00000001: 1,
    });
    const stored = { messages: 9, replies: 2, counted: 0, users: 5, holes: 0 };
    expect(await counts()).toEqual(stored);
    const again = await importFile(path);
    expect(again.result.users).toEqual({ created: 0, existing: 5 });
    expect(again.result.conversations.map((c) => [c.created, c.duplicate])).toEqual([
      [0, 6],
      [0, 1],
      [0, 1],
      [0, 1],
    ]);
    expect(await counts()).toEqual(stored);
  });

  it('keeps times, threads and mentions in the timeline', async () => {
    await importFile(write(zipFolder(resolve('test/fixtures/slack-export'))));
    const [row] = await db.tx(
      tenantId,
      ({ sql }) => sql<{ id: string }>`SELECT id::text FROM conversation WHERE title = 'general'`,
    );
    const timeline = app.get(Timeline);
    const page = { low: 1, high: 99, newestFirst: false, limit: 50 };
    const messages = await timeline.page(tenantId, row?.id ?? '', page);
    expect(messages[0]).toMatchObject({
      seq: 2,
      sender: 'U00000001',
      at: '2017-07-14T02:40:10.000Z',
      mentions: [{ userId: 'U00000002' }],
      imported: true,
    });
    const thread = await timeline.page(tenantId, row?.id ?? '', { ...page, threadRoot: 2 });
    expect(
      thread.filter(({ threadRoot }) => threadRoot?.seq === 2).map(({ clientMessageId }) => clientMessageId),
    ).toEqual(['slack.C00000001.1500000020.000200', 'slack.C00000001.1500086400.000200']);
  });

  it('brings a generated history in without a hole, page after page', async () => {
    const { surveyed, result } = await importFile(
      write(slackHistory(3, { messages: 3_000, users: 600, channels: 2 })),
    );
    expect(result.conversations.map((c) => c.created)).toEqual([1_500, 1_500]);
    expect(await counts()).toEqual({
      messages: 3_000,
      replies: surveyed.replies,
      counted: 0,
      users: 600,
      holes: 0,
    });
  }, 60_000);

  const real = process.env.PARLEY_SLACK_EXPORT;
  if (real) {
    it('brings the real export in, and adds nothing the second time (PARLEY_SLACK_EXPORT)', async () => {
      const { surveyed, result } = await importFile(real);
      expect(surveyed.records).toBe(36_682);
      expect(Object.fromEntries(surveyed.skipped)).toEqual({ empty: 1 });
      expect(result.users).toEqual({ created: 951, existing: 0 });
      expect(result.conversations.map((c) => [c.created, c.skipped.size]).sort()).toEqual([
        [14_510, 0],
        [22_171, 0],
      ]);
      const stored = { messages: 36_681, replies: 19_807, counted: 0, users: 951, holes: 0 };
      expect(await counts()).toEqual(stored);
      const again = await importFile(real);
      expect(again.result.conversations.map((c) => c.created)).toEqual([0, 0]);
      expect(await counts()).toEqual(stored);
    }, 180_000);
  }
});
