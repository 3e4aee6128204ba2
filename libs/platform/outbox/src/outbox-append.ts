import type { Tx } from '@parley/platform/database';

/** Something that happened, as a transaction leaves it in the outbox. */
export interface NewOutboxEvent {
  /** A UUIDv7; a repeat of it is refused. */
  id: string;
  event: string;
  conversationId?: string;
  seq?: number;
  /** Ids only, never content. */
  payload?: Record<string, string | number>;
}

/** The writing end of the outbox: the only way in which a request causes a job. */
export class OutboxAppend {
  /** Leaves events for these handlers, in the caller's transaction; without a handler there is nothing to leave. */
  async append(tx: Tx, events: NewOutboxEvent[], handlers: readonly string[]): Promise<void> {
    if (events.length === 0 || handlers.length === 0) return;
    await tx.prisma.outbox.createMany({
      data: events.map(({ id, event, conversationId, seq, payload }) => ({
        tenantId: tx.tenantId,
        id,
        event,
        conversationId: conversationId ?? null,
        seq: seq ?? null,
        payload: payload ?? {},
        handlers: [...handlers],
      })),
    });
  }
}
