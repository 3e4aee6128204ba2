import { createConversation, createTenant, openDb, testDatabase } from '@parley/testing';

describe('what the tables take', () => {
  it('is no participant with a role, notification level or first seq that there is not', async () => {
    const database = await testDatabase();
    const db = openDb(database);
    const tenantId = await createTenant(db);
    const conversationId = await createConversation(db, tenantId, ['ada']);
    const where = { tenantId_conversationId_userId: { tenantId, conversationId, userId: 'ada' } };
    const update = (data: object) =>
      db.tx(tenantId, ({ prisma }) => prisma.participant.update({ where, data }));
    const before = await update({ role: 'guest', notificationLevel: 'mentions', visibleFrom: 2n });

    await expect(update({ role: 'king' })).rejects.toThrow('participant has no role');
    await expect(update({ notificationLevel: 'loud' })).rejects.toThrow(
      'participant has no notification level',
    );
    await expect(update({ visibleFrom: 0n })).rejects.toThrow('seq 0 is never visible');
    await expect(
      db.tx(tenantId, async ({ prisma }) => {
        await prisma.participant.delete({ where });
        await prisma.participant.create({ data: { ...before, role: 'king' } });
      }),
    ).rejects.toThrow('participant has no role');

    expect(await db.tx(tenantId, ({ prisma }) => prisma.participant.findMany())).toEqual([before]);
    await db.close();
    await database.drop();
  });

  it('is no message of a third kind', async () => {
    const database = await testDatabase();
    const db = openDb(database);
    const tenantId = await createTenant(db);
    const conversationId = await createConversation(db, tenantId, ['ada']);
    const kinds = ['text', 'system', 'text\n', 'a text'];
    const outcomes = await Promise.allSettled(
      kinds.map((kind, index) =>
        db.tx(
          tenantId,
          ({ sql }) => sql`
            INSERT INTO message (tenant_id, conversation_id, seq, id, sender, client_message_id, body_hash, kind, text, at,
                                 created_at)
            VALUES (${tenantId}::uuid, ${conversationId}::uuid, ${index + 1}, gen_random_uuid(), 'ada', ${`key-${index}`}, '',
                    ${kind}, '', now(), now()) RETURNING seq`,
        ),
      ),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
    await db.close();
    await database.drop();
  });
});
