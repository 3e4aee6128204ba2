import type { Db, Tx } from '@parley/platform/database';
import { outboxBury, outboxRedrive, type ClearedRow } from './outbox.functions';

/** The reading end of the outbox: what a job does with its events. */
export class OutboxEvents {
  constructor(private readonly db: Db) {}

  /**
   * Takes this handler off the events, in the transaction that writes its effect, and returns those that still had it.
   * An event comes back to one transaction only, so that an effect written with it happens once, however often the job runs.
   */
  async clear(tx: Tx, ids: readonly string[], handler: string): Promise<Record<string, unknown>[]> {
    const rows = await tx.sql<ClearedRow>`
      SELECT * FROM outbox_clear_v1(${tx.tenantId}::uuid, ${ids}::uuid[], ${handler}::text)`;
    return rows.map(({ id, conversation_id, seq, payload }) => ({
      ...payload,
      ...(conversation_id === null ? {} : { conversationId: conversation_id }),
      ...(seq === null ? {} : { seq: Number(seq) }),
      id,
    }));
  }

  /** Puts one event's handler among the dead letters; false when it was done meanwhile. The reason carries no content. */
  async bury(tenantId: string, id: string, handler: string, reason: string): Promise<boolean> {
    const [row] = await this.db.hot.call(outboxBury, tenantId, id, handler, reason);
    return row?.buried ?? false;
  }

  /** Gives all dead letters of a handler back to the relay. Returns how many they were. */
  async redrive(handler: string): Promise<number> {
    const [row] = await this.db.system.call(outboxRedrive, handler);
    return row?.redriven ?? 0;
  }
}
