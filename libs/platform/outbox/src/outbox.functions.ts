import { hotFunction } from '@parley/platform/database';

/** The SQL functions of prisma/sql around the outbox, with the rows that they return. */

export interface ClaimedRow {
  tenant_id: string;
  id: string;
  event: string;
  handlers: string[];
  /** How many messages the event is about. */
  size: number;
  /** When it was queued before; null: never. */
  queued_before: Date | null;
  queued_at: Date;
}
export const outboxClaim = hotFunction<ClaimedRow>('system_outbox_claim_v4', ['int', 'bigint']);
export const outboxRelease = hotFunction('system_outbox_release_v1', ['timestamptz']);

export interface AgeRow {
  pending: number;
  oldest_seconds: number;
  dead: number;
}
export const outboxAge = hotFunction<AgeRow>('system_outbox_age_v2', []);
export interface DeadRow {
  tenant_id: string;
  id: string;
  event: string;
  dead: string[];
  dead_reason: string | null;
  created_at: Date;
}
export const outboxDead = hotFunction<DeadRow>('system_outbox_dead_v1', ['int']);
export const outboxRedrive = hotFunction<{ redriven: number }>('system_outbox_redrive_v1', ['text']);
export const outboxBury = hotFunction<{ buried: boolean }>('outbox_bury_v1', [
  'uuid',
  'uuid',
  'text',
  'text',
]);

/** One event of outbox_clear_v1, as Prisma returns it; that of a batch of sends has its messages in the payload. */
export interface ClearedRow {
  id: string;
  conversation_id: string | null;
  seq: bigint | null;
  payload: OutboxPayload;
}

/** Ids only. The messages of a batch of sends share the event: their places are two lists of one length. */
export interface OutboxPayload {
  conversationIds?: string[];
  seqs?: number[];
  [name: string]: unknown;
}
