export { ParleyClient } from './parley-client';
export { ParleyRest } from './rest/rest';
export { ParleyError } from './parley-error';
export { MessageList } from './timelines/message-list';
export { MemoryOutboxStorage } from './outbox/outbox.storage';
export { SocketIoTransport } from './connection/socket-io.transport';
export type { ClientEvents, MessageContent, MessageEdit, ParleyClientOptions } from './client.types';
export type { Closing, Connection, Transport, TransportHandlers } from './connection/transport';
export type { ConnectionState } from './connection/supervisor';
export type { ClientErrorCode, ParleyErrorCode } from './parley-error';
export type { Cursors, TimelineStart } from './timelines/timelines';
export type { OutboxRecord, OutboxStorage } from './outbox/outbox.storage';
export type { MessageSettled, PendingMessage } from './outbox/outbox.types';
export type { PaceOptions } from './outbox/pace';
export type {
  ConversationQuery,
  MessageQuery,
  NewConversation,
  NewMessage,
  NewParticipant,
  PageQuery,
} from './rest/rest';
