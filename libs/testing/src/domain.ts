import { randomBytes } from 'node:crypto';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { v7 as uuidv7 } from 'uuid';
import type { BlockChange, BusEvent, Revocation, UserEvent } from '@parley/contracts/internal';
import { keyScopes, type KeyScope, type UserRole } from '@parley/contracts/wire';
import { SecretsModule, type ServerActor, type UserActor } from '@parley/platform/auth';
import { DatabaseModule, Db } from '@parley/platform/database';
import { Publisher } from '@parley/platform/realtime';
import { AuditModule } from '@parley/domain/audit';
import { BlocksModule } from '@parley/domain/blocks';
import { ConversationsModule } from '@parley/domain/conversations';
import { InboxModule } from '@parley/domain/inbox';
import { MessagesModule } from '@parley/domain/messages';
import { ParticipantsModule } from '@parley/domain/participants';
import { SyncModule } from '@parley/domain/sync';
import { TenantService } from '@parley/domain/tenants';
import { TimelineModule } from '@parley/domain/timeline';
import { dbOptions } from './factories';
import { testDatabase, type TestDatabase } from './test-environment';

/** Keeps what was published. */
export class RecordingPublisher extends Publisher {
  readonly events: BusEvent[] = [];
  readonly userEvents: UserEvent[] = [];
  readonly revocations: Revocation[] = [];
  readonly blockChanges: BlockChange[] = [];

  override publish(events: readonly BusEvent[]): void {
    this.events.push(...events);
  }

  override publishToUsers(event: UserEvent): void {
    this.userEvents.push(event);
  }

  override publishRevocations(revocations: Revocation[]): void {
    this.revocations.push(...revocations);
  }

  override publishBlockChanges(changes: BlockChange[]): void {
    this.blockChanges.push(...changes);
  }

  /** The events of one conversation, parsed. */
  of<T = { type: string; seq: number; actor: string | null; data: unknown }>(conversationId: string): T[] {
    return this.events
      .filter((event) => event.conversationId === conversationId)
      .map(({ json }) => JSON.parse(json) as T);
  }
}

/** Import it as `{ module: RecordingPublisherModule, global: true }`. */
@Module({
  providers: [RecordingPublisher, { provide: Publisher, useExisting: RecordingPublisher }],
  exports: [RecordingPublisher, Publisher],
})
export class RecordingPublisherModule {}

/** The domain libraries wired as in a process, on a database of their own, with a publisher that records. */
export class Domain {
  private constructor(
    private readonly app: INestApplicationContext,
    readonly database: TestDatabase,
  ) {}

  /** `through`: other URLs for the same database, such as those of a proxy before it. */
  static async start(
    through: (database: TestDatabase) => Promise<TestDatabase> = (database) => Promise.resolve(database),
  ): Promise<Domain> {
    const database = await through(await testDatabase());
    const module = await Test.createTestingModule({
      imports: [
        DatabaseModule.forRoot(dbOptions(database)),
        SecretsModule.forRoot({ secretsKey: randomBytes(32).toString('base64') }),
        { module: RecordingPublisherModule, global: true },
        TimelineModule,
        AuditModule,
        BlocksModule,
        ConversationsModule,
        ParticipantsModule,
        MessagesModule,
        InboxModule,
        SyncModule,
      ],
    }).compile();
    return new Domain(await module.init(), database);
  }

  get<T>(token: abstract new (...args: never[]) => T): T {
    return this.app.get<T>(token, { strict: false });
  }

  get published(): RecordingPublisher {
    return this.get(RecordingPublisher);
  }

  /** A tenant with these users. */
  async tenant(...userIds: string[]): Promise<string> {
    const tenantId = uuidv7();
    await this.get(TenantService).ensure(tenantId, `tenant ${tenantId}`);
    await this.get(Db).tx(tenantId, ({ prisma }) =>
      prisma.appUser.createMany({ data: userIds.map((id) => ({ tenantId, id })) }),
    );
    return tenantId;
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.database.drop();
  }
}

/** A person, as a verified token gives it. */
export function userActor(tenantId: string, userId: string, role: UserRole = 'member'): UserActor {
  const issuedAt = Date.now() / 1000;
  const expiresAt = issuedAt + 3600;
  return { kind: 'user', tenantId, userId, role, issuedAt, expiresAt, keyId: uuidv7(), invisible: false };
}

/** A server key with all scopes, for nobody. */
export function serverActor(tenantId: string, scopes: readonly KeyScope[] = keyScopes): ServerActor {
  return { kind: 'server', tenantId, keyId: uuidv7(), scopes, userId: null };
}
