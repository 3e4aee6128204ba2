import type {
  ConversationView,
  MessageEditInput,
  MessageSendInput,
  PresenceView,
  ReadState,
  ReadUpdatedData,
  ServerEvents,
  StoredEvent,
  ThreadState,
  SyncGap,
  DurableEventType,
} from '@parley/contracts/wire';
import type { Network } from './connection/network';
import type { Random } from './connection/backoff';
import type { ConnectionState } from './connection/supervisor';
import type { Transport } from './connection/transport';
import type { OutboxStorage } from './outbox/outbox.storage';
import type { MessageSettled } from './outbox/outbox.types';
import type { PaceOptions } from './outbox/pace';
import type { ParleyError } from './parley-error';
import type { Cursors, TimelineStart } from './timelines/timelines';

export interface ParleyClientOptions {
  /** The server's entrance, such as `https://chat.example.com`. */
  url: string;
  /** A user's token, or a function that gets one; with a function an expired token is replaced by itself. */
  token: string | (() => Promise<string>);
  /** What `cursors()` gave before: the timelines continue there. */
  cursors?: Cursors;
  /** Where a conversation without a cursor begins; default `head`. */
  from?: TimelineStart;
  /** Keeps what is not sent yet; default in memory. In Node `FileOutboxStorage` outlives the process. */
  outbox?: OutboxStorage;
  /** How fast queued messages go out; default 20 at once, then 10 a second. */
  pace?: PaceOptions;
  /** The way to the server; default Socket.IO. */
  transport?: Transport;
  network?: Network;
  random?: Random;
}

/** What the app can listen to. Durable events come under their own names, and all of them as `event`. */
export type ClientEvents = Pick<ServerEvents, DurableEventType> & {
  event: StoredEvent;
  /** With the error that caused it, where there is one. */
  state: { state: ConnectionState; error?: ParleyError };
  /** These seqs cannot be given (any more): read what you need by REST. */
  gap: SyncGap & { conversationId: string };
  /** What became of a message, also of one that an earlier process sent. */
  'message.settled': MessageSettled;
  'conversation.created': ConversationView;
  /** Somebody read on, the user itself included. */
  'read.updated': ReadUpdatedData;
  /** How a thread that the user follows, or followed, stands now. */
  'thread.updated': ThreadState;
  /** What is unread in a conversation is another number now. */
  unread: ReadState;
  /** The conversation is followed from behind this seq on; older messages come by REST. */
  'conversation.joined': { conversationId: string; seq: number };
  /** Others who type in an open conversation: all of them at this moment. */
  typing: { conversationId: string; userIds: string[] };
  /** A watched user came, went, or is away. */
  presence: PresenceView;
  /** The user's part in it is over: nothing comes after this seq. */
  'conversation.left': { conversationId: string; seq: number };
  /** The server was restored to an earlier time: drop what you keep, and read it again. */
  reset: { epoch: string };
};

/** What a message says. */
export type MessageContent = Omit<MessageSendInput, 'conversationId' | 'clientMessageId'> & {
  /** Made by the client when absent. It names the message to `cancel` and in `message.settled`. */
  clientMessageId?: string;
};

/** What an edit changes; what is absent stays. */
export type MessageEdit = Omit<MessageEditInput, 'conversationId' | 'messageId'>;
