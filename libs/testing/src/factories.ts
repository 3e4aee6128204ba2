import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { bucketNames, tenantLimitMaxima, type TenantLimits } from '@parley/contracts/wire';
import { Db, hotFunction, type DbOptions } from '@parley/platform/database';
import type { TestDatabase } from './test-environment';

const tenantCreate = hotFunction('system_tenant_create_v1', ['uuid', 'text', 'bytea']);

/** Limits under which load can be made: a tenant sets them as its own, for nothing switches limits off. */
export const loadLimits: TenantLimits = {
  ...(Object.fromEntries(
    bucketNames.map((name) => [
      name,
      { perMinute: tenantLimitMaxima.perMinute, burst: tenantLimitMaxima.burst },
    ]),
  ) as Omit<TenantLimits, 'socketsPerUser'>),
  socketsPerUser: tenantLimitMaxima.socketsPerUser,
};

/** How a process under test reaches its database. */
export function dbOptions(database: TestDatabase): DbOptions {
  return {
    url: database.appUrl,
    systemUrl: database.systemUrl,
    poolMax: 5,
    hotConnections: 2,
    sendLanes: 4,
    applicationName: 'test',
  };
}

/** A Db as a process has it, on a test database. Close it. */
export function openDb(database: TestDatabase): Db {
  return new Db(dbOptions(database));
}

/** A tenant's bare row: enough for what needs no keys. */
export async function createTenant(db: Db): Promise<string> {
  const tenantId = uuidv7();
  await db.system.call(tenantCreate, tenantId, `tenant ${tenantId}`, randomBytes(32));
  return tenantId;
}

/** A group whose participants see everything, with a timeline that is still empty; users are made as needed. */
export async function createConversation(db: Db, tenantId: string, userIds: string[]): Promise<string> {
  const id = uuidv7();
  await db.tx(tenantId, async ({ prisma }) => {
    await prisma.appUser.createMany({
      data: userIds.map((userId) => ({ tenantId, id: userId })),
      skipDuplicates: true,
    });
    await prisma.conversation.create({ data: { tenantId, id, kind: 'group' } });
    await prisma.conversationHead.create({ data: { tenantId, conversationId: id } });
    await prisma.participant.createMany({
      data: userIds.map((userId) => ({
        tenantId,
        conversationId: id,
        userId,
        visibleFrom: 1n,
        joinedAt: new Date(),
      })),
    });
  });
  return id;
}
