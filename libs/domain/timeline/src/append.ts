import { v7 as uuidv7 } from 'uuid';
import type { BusEvent } from '@parley/contracts/internal';
import type { DurableEventData, DurableEventType, StoredEvent } from '@parley/contracts/wire';
import type { Tx } from '@parley/platform/database';
import { busEvent, targetSeqOf } from './event.view';

/** Events that tell of a message by what it is now: their content is never stored twice. */
type MessageEventType = 'message.created' | 'message.updated';

/** A change to append: its type decides its data. */
export type NewChange = {
  [T in Exclude<DurableEventType, MessageEventType>]: {
    type: T;
    actor: string | null;
    data: DurableEventData[T];
  };
}[Exclude<DurableEventType, MessageEventType>];

/** A change as it is stored. */
export interface ChangeRow {
  type: DurableEventType;
  actor: string | null;
  messageSeq: number | null;
  payload: object;
}

/** Where and when a change was put. */
export interface ChangePlace {
  id: string;
  seq: number;
  at: Date;
}

/** Gives changes their seqs, in their order; the caller holds the head's lock. */
export async function takePlaces(tx: Tx, conversationId: string, rows: ChangeRow[]): Promise<ChangePlace[]> {
  const named = rows.map((row) => ({ id: uuidv7(), ...row }));
  const places = await tx.sql<{ seq: bigint; at: Date }>`
    SELECT * FROM timeline_append_v1(${tx.tenantId}::uuid, ${conversationId}::uuid, ${JSON.stringify(named)}::json)`;
  return named.map(({ id }, index) => {
    const place = places[index];
    if (place === undefined) throw new RangeError('a change got no seq');
    return { id, seq: Number(place.seq), at: place.at };
  });
}

/** An appended change: its event, to publish after the commit, and the time that it got. */
export interface Appended {
  event: BusEvent;
  at: Date;
}

/** Appends changes; the caller holds the head's lock. */
export async function appendChanges(
  tx: Tx,
  conversationId: string,
  changes: NewChange[],
): Promise<Appended[]> {
  const rows = changes.map((change) => ({
    type: change.type,
    actor: change.actor,
    messageSeq: targetSeqOf(change),
    payload: change.data,
  }));
  const places = await takePlaces(tx, conversationId, rows);
  return places.map(({ id, seq, at }, index) => {
    const event = { id, conversationId, seq, at: at.toISOString(), ...changes[index] } as StoredEvent;
    return { event: busEvent(tx.tenantId, event), at };
  });
}
