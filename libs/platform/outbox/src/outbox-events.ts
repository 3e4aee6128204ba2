import { v7 as uuidv7 } from 'uuid';
import type { Db, Tx } from '@parley/platform/database';
import { OutboxAppend, type NewOutboxEvent } from './outbox-append';
import {
  outboxBury,
  outboxDead,
  outboxRedrive,
  type ClearedRow,
  type OutboxPayload,
} from './outbox.functions';

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
   * That of a batch of sends comes back as one for each of its messages.
   */
  async clear(tx: Tx, ids: readonly string[], handler: string): Promise<Record<string, unknown>[]> {
    const rows = await tx.sql<ClearedRow>`
      SELECT * FROM outbox_clear_v1(${tx.tenantId}::uuid, ${ids}::uuid[], ${handler}::text)`;
    return rows.flatMap(({ id, conversation_id, seq, payload }) => {
      const { places, rest } = readPayload(payload);
      const own = {
        ...rest,
        ...(conversation_id === null ? {} : { conversationId: conversation_id }),
        ...(seq === null ? {} : { seq: Number(seq) }),
        id,
      };
      return places?.map((place) => ({ ...own, ...place })) ?? [own];
    });
  }

  /**
   * Makes one event for each message of a batch, of this handler alone, so that what fails for good is one message and not
   * all of them. False where the event is about a single one, or the handler is done with it.
   */
  async split(tenantId: string, id: string, handler: string): Promise<boolean> {
    return this.db.tx(tenantId, async (tx) => {
      const found = await tx.prisma.outbox.findUnique({ where: { tenantId_id: { tenantId, id } } });
      if (found === null) return false;
      const { places = [], rest } = readPayload(found.payload as OutboxPayload);
      if (places.length < 2) return false;
      if ((await this.clear(tx, [id], handler)).length === 0) return false;
      const payload = rest as NonNullable<NewOutboxEvent['payload']>;
      const parts = places.map((place) => ({ ...place, id: uuidv7(), event: found.event, payload }));
      await new OutboxAppend().append(tx, parts, [handler]);
      return true;
    });
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

interface Place {
  conversationId: string;
  seq: number;
}

/** `places`: those of a batch of sends; undefined where the event is about one thing. */
function readPayload({ conversationIds = [], seqs, ...rest }: OutboxPayload): {
  places: Place[] | undefined;
  rest: Record<string, unknown>;
} {
  // Where one were too short, the handler's schema refuses the id.
  const places = seqs?.map((seq, index) => ({ conversationId: conversationIds[index] ?? '', seq }));
  return { places, rest };
}
