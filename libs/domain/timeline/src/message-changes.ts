import { handlersOf, type BusEvent, type OutboxEventType } from '@parley/contracts/internal';
import type { Mention, MessageDeletedData, MessageView } from '@parley/contracts/wire';
import type { Tx } from '@parley/platform/database';
import { OutboxAppend } from '@parley/platform/outbox';
import { takePlaces, type ChangePlace, type ChangeRow } from './append';
import { busEvent, messageView } from './event.view';
import type { MessageRow } from './timeline.functions';

/** What an edit may change of a message. */
export interface MessageContent {
  text: string;
  mentions: Mention[];
  metadata: Record<string, unknown>;
}

/** A message that was changed, as it is now, and the events to publish after the commit. */
export interface ChangedMessage {
  message: MessageView;
  events: BusEvent[];
}

const outbox = new OutboxAppend();

/** A message as this transaction sees it; under the head's lock it stays so until the commit. */
export async function findMessage(
  tx: Tx,
  conversationId: string,
  messageId: string,
): Promise<MessageView | null> {
  const [row] = await tx.sql<MessageRow>`
    SELECT * FROM timeline_find_v1(${tx.tenantId}::uuid, ${conversationId}::uuid, ${messageId}::uuid)`;
  return row === undefined ? null : messageView(plain(row));
}

/** Gives a message other content, by a change; the caller holds the head's lock and has allowed it. */
export async function editMessage(
  tx: Tx,
  { conversationId, seq, version }: MessageView,
  content: MessageContent,
  actor: string | null,
): Promise<ChangedMessage> {
  // The change holds no content: whoever reads it later gets the message as it is then.
  const place = await takePlace(tx, conversationId, {
    type: 'message.updated',
    actor,
    messageSeq: seq,
    payload: { version: version + 1 },
  });
  const [row] = await tx.sql<MessageRow>`
    SELECT * FROM timeline_edit_v2(${tx.tenantId}::uuid, ${conversationId}::uuid, ${seq}::bigint, ${content.text},
      ${JSON.stringify(content.mentions)}::jsonb, ${JSON.stringify(content.metadata)}::jsonb, ${actor}::text,
      ${place.at}::timestamptz)`;
  const message = changedView(row);
  await leaveWork(tx, 'message.updated', place.id, message);
  const envelope = { ...place, at: place.at.toISOString(), conversationId, actor };
  return {
    message,
    events: [busEvent(tx.tenantId, { ...envelope, type: 'message.updated', data: message })],
  };
}

/** Makes a message a tombstone, by a change that carries ids only; the caller holds the head's lock and has allowed it. */
export async function deleteMessage(
  tx: Tx,
  { conversationId, id, seq }: MessageView,
  keepDays: number,
  actor: string | null,
): Promise<ChangedMessage> {
  const type = 'message.deleted';
  const data: MessageDeletedData = { messageId: id, messageSeq: seq };
  const place = await takePlace(tx, conversationId, { type, actor, messageSeq: seq, payload: data });
  const [row] = await tx.sql<MessageRow>`
    SELECT * FROM timeline_delete_v2(${tx.tenantId}::uuid, ${conversationId}::uuid, ${seq}::bigint, ${actor}::text,
      ${place.at}::timestamptz, ${keepDays}::int)`;
  const message = changedView(row);
  await leaveWork(tx, type, place.id, message);
  const envelope = { ...place, at: place.at.toISOString(), conversationId, actor };
  return { message, events: [busEvent(tx.tenantId, { ...envelope, type, data })] };
}

async function takePlace(tx: Tx, conversationId: string, change: ChangeRow): Promise<ChangePlace> {
  const [place] = await takePlaces(tx, conversationId, [change]);
  if (place === undefined) throw new RangeError('a change got no place');
  return place;
}

function changedView(row: MessageRow | undefined): MessageView {
  if (row === undefined) throw new RangeError('there is no message to change');
  return messageView(plain(row));
}

async function leaveWork(
  tx: Tx,
  event: OutboxEventType,
  id: string,
  { conversationId, seq }: MessageView,
): Promise<void> {
  await outbox.append(tx, [{ id, event, conversationId, seq }], handlersOf(event));
}

// Prisma gives a bigint where the hot path gives a number.
function plain(row: MessageRow): MessageRow {
  const entries = Object.entries(row).map(([column, value]: [string, unknown]) => [
    column,
    typeof value === 'bigint' ? Number(value) : value,
  ]);
  return Object.fromEntries(entries) as MessageRow;
}
