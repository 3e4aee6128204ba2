import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { Injectable } from '@nestjs/common';
import type { ImportUserDto } from '@parley/contracts/dto';
import type { Tx } from '@parley/platform/database';
import type { LockedHead } from '@parley/domain/timeline';
import type { PlannedConversation } from './import-plan';

/** Import's writes of users, conversations and participants, and the look-ups before them. */
@Injectable()
export class ImportRepository {
  /** Adds those who are missing, and leaves those who are there as they are. Returns how many it added. */
  async addUsers(tx: Tx, users: ImportUserDto[]): Promise<number> {
    const { count } = await tx.prisma.appUser.createMany({
      data: users.map(({ id, name }) => ({ tenantId: tx.tenantId, id, name: name ?? null })),
      skipDuplicates: true,
    });
    return count;
  }

  /** Those of the ids that are users of the tenant. */
  async knownUsers(tx: Tx, ids: string[]): Promise<Set<string>> {
    // One array as one parameter: a page may name more ids than a statement has parameters.
    const users = await tx.sql<{ id: string }>`
      SELECT id FROM app_user WHERE tenant_id = ${tx.tenantId}::uuid AND id = ANY (${ids}::text[])`;
    return new Set(users.map(({ id }) => id));
  }

  /** Ids of the conversations that were imported under these keys. */
  async findConversations(tx: Tx, keys: string[]): Promise<Map<string, string>> {
    const byHash = new Map(keys.map((key) => [Buffer.from(distinctKey(key)).toString('hex'), key]));
    const found = await tx.prisma.conversation.findMany({
      where: { tenantId: tx.tenantId, distinctKey: { in: keys.map(distinctKey) } },
      select: { id: true, distinctKey: true },
    });
    const named = new Map<string, string>();
    for (const { id, distinctKey: hash } of found) {
      const key = byHash.get(Buffer.from(hash ?? []).toString('hex'));
      if (key !== undefined) named.set(key, id);
    }
    return named;
  }

  /** Makes the conversation with its head; null: another import made it at the same time. */
  async createConversation(
    tx: Tx,
    key: string,
    described: NonNullable<PlannedConversation['described']>,
  ): Promise<string | null> {
    const id = uuidv7();
    const { count } = await tx.prisma.conversation.createMany({
      data: {
        tenantId: tx.tenantId,
        id,
        kind: described.kind,
        distinctKey: distinctKey(key),
        title: described.title ?? null,
        ...(described.createdAt === undefined ? {} : { createdAt: new Date(described.createdAt) }),
      },
      skipDuplicates: true,
    });
    if (count === 0) return null;
    await tx.prisma.conversationHead.create({ data: { tenantId: tx.tenantId, conversationId: id } });
    return id;
  }

  /** Adds those who never took part, with the whole history; somebody who left stays gone. Returns whom it added. */
  async addParticipants(
    tx: Tx,
    conversationId: string,
    userIds: string[],
    head: LockedHead,
  ): Promise<string[]> {
    const where = { tenantId: tx.tenantId, conversationId, userId: { in: userIds } };
    const present = await tx.prisma.participant.findMany({ where, select: { userId: true } });
    const known = new Set(present.map(({ userId }) => userId));
    const missing = userIds.filter((userId) => !known.has(userId));
    await tx.prisma.participant.createMany({
      data: missing.map((userId) => ({
        tenantId: tx.tenantId,
        conversationId,
        userId,
        visibleFrom: 1,
        // What was said before somebody came is not unread.
        readSeq: head.lastSeq,
        readOrdinal: head.messageCount,
        joinedAt: new Date(),
      })),
    });
    return missing;
  }
}

function distinctKey(key: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    createHash('sha256')
      .update(JSON.stringify(['import', key]))
      .digest(),
  );
}
