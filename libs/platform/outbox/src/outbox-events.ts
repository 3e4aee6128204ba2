import type { Db, Tx } from '@parley/platform/database';
import { outboxBury, outboxDead, outboxRedrive, type ClearedRow } from './outbox.functions';

/** An event with jobs that failed for good. */
export interface DeadLetter {
  tenantId: string;
  id: string;
  event: string;
  jobs: string[];
  reason: string | null;
  /** When it happened. */
  at: string;
}

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

  /** The newest of what failed for good, in all tenants. */
  async dead(limit: number): Promise<DeadLetter[]> {
    const rows = await this.db.system.call(outboxDead, limit);
    return rows.map(({ tenant_id, id, event, dead, dead_reason, created_at }) => ({
      tenantId: tenant_id,
      id,
      event,
      jobs: dead,
      reason: dead_reason,
      at: created_at.toISOString(),
    }));
  }

  /** Gives all dead letters of a handler back to the relay. Returns how many they were. */
  async redrive(handler: string): Promise<number> {
    const [row] = await this.db.system.call(outboxRedrive, handler);
    return row?.redriven ?? 0;
  }
}
