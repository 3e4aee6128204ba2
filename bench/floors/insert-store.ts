import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
// The tutorial build talks to Prisma itself, whose client the product hides in its database library.
import { PrismaClient } from '../../libs/platform/database/src/generated/client';
import { Numbers } from './memory-store';
import type { FloorMessage, Store } from './room-server';

/** One INSERT per message through Prisma, as tutorials do. */
export function insertStore(databaseUrl: string): Store {
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: databaseUrl, max: 10 }) });
  const numbers = new Numbers();
  return async (message: FloorMessage) => {
    const { conversationId, clientMessageId, sender, text } = message;
    const seq = numbers.next(conversationId);
    const at = new Date();
    const { id } = await prisma.message.create({
      data: {
        tenantId: '00000000-0000-0000-0000-000000000000',
        conversationId,
        seq,
        id: randomUUID(),
        sender,
        clientMessageId,
        bodyHash: Buffer.alloc(0),
        kind: 'text',
        text,
        at,
        createdAt: at,
      },
      // The floor's table has the columns that it fills; what the product's has besides is none of its business.
      select: { id: true },
    });
    return { ...message, id, seq, at: at.toISOString() };
  };
}
