import type { BusEvent, MembershipDelta } from '@parley/contracts/internal';
import type {
  HistoryResetData,
  MessageView,
  ParticipantJoinedData,
  ParticipantLeftData,
  StoredEvent,
} from '@parley/contracts/wire';
import type { MessageRow, RangeRow } from './timeline.functions';

function ref(seq: number | null, id: string | null): { id: string; seq: number } | null {
  return seq === null || id === null ? null : { id, seq };
}

/** The fields of a message that leave; a tombstone keeps its place and loses its content. */
export function messageView(row: MessageRow): MessageView {
  const deleted = row.deleted_at !== null;
  return {
    id: row.id,
    conversationId: row.conversation_id,
    seq: row.seq,
    sender: row.sender,
    clientMessageId: row.client_message_id,
    kind: row.kind,
    text: deleted ? '' : row.text,
    replyTo: ref(row.reply_to, row.reply_to_id),
    threadRoot: ref(row.thread_root, row.thread_root_id),
    mentions: deleted ? [] : row.mentions,
    metadata: deleted ? {} : row.metadata,
    version: row.version,
    at: row.at.toISOString(),
    imported: row.imported,
    editedAt: row.edited_at?.toISOString() ?? null,
    deletedAt: row.deleted_at?.toISOString() ?? null,
  };
}

/** The event that told of a message when it was new. */
export function messageCreated(message: MessageView): StoredEvent {
  return {
    id: message.id,
    type: 'message.created',
    conversationId: message.conversationId,
    seq: message.seq,
    actor: message.sender,
    at: message.at,
    data: message,
  };
}

/** A row of a range as the event that it is. */
export function storedEvent(row: RangeRow): StoredEvent {
  if (row.type === 'message.created') return messageCreated(targetView(row));
  const data = row.type === 'message.updated' ? targetView(row) : row.payload;
  // The payload was written by `appendChanges` from the very type that it is read as.
  return {
    id: row.id,
    type: row.type,
    conversationId: row.conversation_id,
    seq: row.seq,
    actor: row.actor,
    at: row.at.toISOString(),
    data,
  } as unknown as StoredEvent;
}

function targetView(row: RangeRow): MessageView {
  return messageView({ ...row, id: row.message_id, seq: row.message_seq ?? row.seq, at: row.message_at });
}

/** Seq of the message that an event is about; null where it is about none. */
export function targetSeqOf(event: Pick<StoredEvent, 'type' | 'data'>): number | null {
  const { type, data } = event as StoredEvent;
  switch (type) {
    case 'message.created':
    case 'message.updated':
      return data.seq;
    case 'message.deleted':
    case 'reaction.added':
    case 'reaction.removed':
    case 'pin.added':
    case 'pin.removed':
      return data.messageSeq;
    case 'participant.joined':
    case 'participant.updated':
    case 'participant.left':
    case 'conversation.updated':
    case 'conversation.deleted':
    case 'history.reset':
      return null;
  }
}

/** What a change means for who may see what follows it. */
export function membershipDelta(event: StoredEvent): MembershipDelta | undefined {
  if (event.type === 'participant.joined') {
    const data: ParticipantJoinedData = event.data;
    return { joined: data.participants.map(({ userId, visibleFrom }) => ({ userId, visibleFrom })) };
  }
  if (event.type === 'participant.left') {
    const data: ParticipantLeftData = event.data;
    return { left: data.userId };
  }
  if (event.type === 'history.reset') {
    const data: HistoryResetData = event.data;
    return { reset: { userId: data.userId, visibleFrom: data.visibleFrom } };
  }
  if (event.type === 'conversation.deleted') return { ended: true };
  return undefined;
}

/** The one user that an event is for; undefined: everybody who may see its place. */
export function onlyForOf(event: StoredEvent): string | undefined {
  return event.type === 'history.reset' ? event.data.userId : undefined;
}

/** Encodes an event once for every socket and process that it goes to. */
export function busEvent(tenantId: string, event: StoredEvent): BusEvent {
  const membership = membershipDelta(event);
  const onlyFor = onlyForOf(event);
  return {
    tenantId,
    conversationId: event.conversationId,
    seq: event.seq,
    targetSeq: targetSeqOf(event) ?? event.seq,
    type: event.type,
    json: JSON.stringify(event),
    ...(membership === undefined ? {} : { membership }),
    ...(onlyFor === undefined ? {} : { onlyFor }),
  };
}
