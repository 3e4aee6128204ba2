import { Test } from '@nestjs/testing';
import { randomBytes } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import { AuthModule, TokenVerifier, ServerKeyVerifier } from '@parley/platform/auth';
import { DatabaseModule, Db } from '@parley/platform/database';
import { EgressModule } from '@parley/platform/egress';
import { AuditModule, AuditService } from '@parley/domain/audit';
import { TenantService, TenantsModule } from '@parley/domain/tenants';
import {
  dbOptions,
  QuietTelemetryModule,
  RecordingPublisher,
  RecordingPublisherModule,
  serverActor,
  testDatabase,
  userActor,
  waitFor,
  type TestDatabase,
} from '@parley/testing';
import { UserBanService } from './user-ban.service';
import { UserService } from './user.service';
import { UsersModule } from './users.module';

describe('UserBanService', () => {
  let database: TestDatabase;
  let app: INestApplicationContext;
  let bans: UserBanService;
  let tenantId: string;
  let serverKey: string;

  beforeAll(async () => {
    database = await testDatabase();
    const module = await Test.createTestingModule({
      imports: [
        DatabaseModule.forRoot(dbOptions(database)),
        { module: QuietTelemetryModule, global: true },
        EgressModule.forRoot(),
        AuthModule.forRoot({ secretsKey: randomBytes(32).toString('base64') }),
        { module: RecordingPublisherModule, global: true },
        TenantsModule,
        UsersModule,
        AuditModule,
      ],
    }).compile();
    app = await module.init();
    bans = app.get(UserBanService);
    const created = await app.get(TenantService).create('Acme');
    tenantId = created.id;
    serverKey = created.serverKey.secret;
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const server = () => serverActor(tenantId);
  const token = (userId: string) => app.get(UserService).issueToken(server(), { userId });

  it('I13, S4: tokens are refused with user.banned, on this process within two seconds, and hold again after it', async () => {
    const { token: held } = await token('mallory');
    await app.get(TokenVerifier).verify(held);
    await bans.ban(server(), { userId: 'mallory', reason: 'fraud' });
    expect(app.get(RecordingPublisher).revocations.at(-1)).toMatchObject({ userId: 'mallory', banned: true });
    const verdict = () =>
      app
        .get(TokenVerifier)
        .verify(held)
        .then(
          () => 'in',
          (error: { code: string }) => error.code,
        );
    await waitFor(async () => (await verdict()) === 'user.banned', { timeoutMs: 2_500 });
    await expect(token('mallory')).rejects.toMatchObject({ code: 'user.banned' });
    await expect(app.get(ServerKeyVerifier).verify(serverKey, 'mallory')).rejects.toMatchObject({
      code: 'user.banned',
    });
    await bans.lift(server(), 'mallory');
    await waitFor(async () => (await verdict()) === 'in', { timeoutMs: 2_500 });
    await expect(bans.lift(server(), 'mallory')).rejects.toMatchObject({ code: 'ban.not_found' });
  });

  it('ends by itself, also for the tokens', async () => {
    const { token: held } = await token('temp');
    await bans.ban(server(), { userId: 'temp', until: new Date(Date.now() + 60_000).toISOString() });
    await app
      .get(Db)
      .tx(tenantId, ({ prisma }) =>
        prisma.userBan.updateMany({ where: { userId: 'temp' }, data: { until: new Date(Date.now() - 1) } }),
      );
    expect((await bans.list(server(), {})).data).toEqual([]);
    await expect(app.get(TokenVerifier).verify(held)).resolves.toMatchObject({ userId: 'temp' });
  });

  it('is for those who moderate, is listed by user and written down', async () => {
    for (const userId of ['ann', 'bob']) await token(userId);
    const moderator = userActor(tenantId, 'mod', 'moderator');
    await expect(bans.ban(userActor(tenantId, 'ann'), { userId: 'bob' })).rejects.toMatchObject({
      code: 'permission.denied',
    });
    await expect(bans.ban(moderator, { userId: 'nobody' })).rejects.toMatchObject({ code: 'user.not_found' });
    await bans.ban(moderator, { userId: 'bob', reason: 'spam' });
    await bans.ban(moderator, { userId: 'ann' });
    const first = await bans.list(moderator, { limit: 1 });
    const second = await bans.list(moderator, { limit: 1, cursor: first.page.next ?? '' });
    expect([...first.data, ...second.data].map(({ userId }) => userId)).toEqual(['ann', 'bob']);
    const { data } = await app.get(AuditService).list(server(), { target: 'bob' });
    expect(data).toMatchObject([{ action: 'ban.create', reason: 'spam', actor: { userId: 'mod' } }]);
  });
});
