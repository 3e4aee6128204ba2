import {
  limits,
  type ConversationHead,
  type ConversationView,
  type DeleteResult,
  type DurableEvent,
  type DurableEventType,
  type EditResult,
  type PinResult,
  type ReactionResult,
  type ReadState,
  type ReadyData,
  type ReadUpdatedData,
  type SendResult,
  type SocketRequestName,
  type SocketRequests,
  type StoredEvent,
  type ThreadState,
  type UnpinResult,
} from '@parley/contracts/wire';
import type { ClientEvents, MessageContent, MessageEdit, ParleyClientOptions } from './client.types';
import type { Random } from './connection/backoff';
import { deviceNetwork } from './connection/network';
import { requestPersistently, requestTimeoutMs } from './connection/persistent-request';
import { SocketIoTransport } from './connection/socket-io.transport';
import { Supervisor, type ConnectionState } from './connection/supervisor';
import { TokenRenewal } from './connection/token-renewal';
import { TokenSource } from './connection/token-source';
import type { Connection } from './connection/transport';
import { Emitter } from './emitter';
import { ReadStates } from './inbox/read-states';
import { Live } from './live/live';
import { Outbox } from './outbox/outbox';
import { MemoryOutboxStorage } from './outbox/outbox.storage';
import type { PendingMessage } from './outbox/outbox.types';
import { randomId } from './outbox/random-id';
import { connectionLost, type ParleyError } from './parley-error';
import { ParleyRest } from './rest/rest';
import { isDurable } from './timelines/durable-events';
import { Synchronizer } from './timelines/synchronizer';
import { Timelines, type Cursors } from './timelines/timelines';

const pingEveryMs = 30_000;

/**
 * One user's live connection: sends until the outcome is known, and gives every event of every conversation once, in
 * order, over any number of reconnects.
 */
export class ParleyClient {
  /** The REST API with the same token. */
  readonly rest: ParleyRest;
  /** What is on the screen, who types, who is here. */
  readonly live: Live;
  private readonly events = new Emitter<ClientEvents>();
  private readonly supervisor: Supervisor;
  private readonly timelines: Timelines;
  private readonly synchronizer: Synchronizer;
  private readonly outbox: Outbox;
  private readonly reads: ReadStates;
  private readonly random: Random;
  private readonly tokens: TokenSource;
  private readonly renewal: TokenRenewal;
  private connection: Connection | undefined;
  private pings: ReturnType<typeof setInterval> | undefined;
  private user: string | undefined;

  constructor(options: ParleyClientOptions) {
    const random = options.random ?? Math.random;
    this.random = random;
    this.reads = new ReadStates((state) => this.events.emit('unread', state));
    const tokens = new TokenSource(options.token);
    this.tokens = tokens;
    this.renewal = new TokenRenewal(tokens);
    this.live = new Live(
      {
        typing: (typing) => this.events.emit('typing', typing),
        presence: (presence) => this.events.emit('presence', presence),
      },
      random,
    );
    this.rest = new ParleyRest(options.url, tokens);
    this.outbox = new Outbox(
      options.outbox ?? new MemoryOutboxStorage(),
      options.pace ?? { burst: 20, perSecond: 10 },
      random,
      {
        tokenRefused: (error) => this.supervisor.reconnect(error),
        settled: (settled) => this.events.emit('message.settled', settled),
      },
    );
    this.timelines = new Timelines(
      {
        event: (event) => this.surface(event),
        gap: (gap) => this.events.emit('gap', gap),
        joined: (joined) => this.events.emit('conversation.joined', joined),
        left: (left) => this.leave(left),
      },
      options.from ?? 'head',
      options.cursors?.seqs,
    );
    this.synchronizer = new Synchronizer(
      this.timelines,
      {
        caughtUp: () => this.supervisor.caughtUp(),
        broken: (error) => this.supervisor.reconnect(error),
        head: (head) => this.reads.accept(head),
        reset: (epoch) => this.reset(epoch),
      },
      random,
      options.cursors?.epoch,
    );
    this.supervisor = new Supervisor(
      options.transport ?? new SocketIoTransport(options.url),
      tokens,
      options.network ?? deviceNetwork,
      random,
      {
        state: (state, error) => this.enter(state, error),
        ready: (connection, ready) => this.begin(connection, ready),
        event: (name, payload) => this.receive(name, payload),
        lost: () => this.lose(),
      },
    );
  }

  get state(): ConnectionState {
    return this.supervisor.state;
  }

  /** The user of the token; undefined before the first connection. */
  get userId(): string | undefined {
    return this.user;
  }

  /** Messages without an answer yet. */
  get pending(): number {
    return this.outbox.size;
  }

  /** Connects, and keeps connected until `close`. After `failed` it starts again. */
  connect(): void {
    this.outbox.open();
    this.supervisor.start();
  }

  /**
   * Ends the connection; messages without an answer reject with `client.closed`, and are sent after the next `connect` of
   * this client, or of another one with the same outbox.
   */
  close(): void {
    this.supervisor.stop();
    this.lose();
    this.outbox.close();
  }

  /** Calls the listener at every such event; the returned function ends that. */
  on<K extends keyof ClientEvents>(name: K, listener: (payload: ClientEvents[K]) => void): () => void {
    return this.events.on(name, listener);
  }

  /**
   * Sends a message, also while there is no connection: it is kept in the outbox first, waits, and is repeated with the
   * same key until the server has answered. Messages of one conversation keep their order. Rejects with a ParleyError when
   * the server definitely refused it, with `message.cancelled`, with `outbox.failed` when it could not be kept, or with
   * `client.closed` (then it may have been stored: the same `clientMessageId` may be sent again).
   */
  send(conversationId: string, content: MessageContent): Promise<SendResult> {
    const clientMessageId = content.clientMessageId ?? randomId();
    this.live.stopTyping(conversationId);
    return this.outbox.add({ ...content, conversationId, clientMessageId });
  }

  /**
   * Takes a message back that was never tried: true means that it will never be sent. False when it may have reached the
   * server, or is not there (any more). Rejects with `outbox.failed`.
   */
  cancel(conversationId: string, clientMessageId: string): Promise<boolean> {
    return this.outbox.cancel(conversationId, clientMessageId);
  }

  /** The messages without an answer yet, those of an earlier process first. Rejects with `outbox.failed`. */
  pendingMessages(): Promise<PendingMessage[]> {
    return this.outbox.pending();
  }

  /**
   * Edits a message of the user's own; what is absent stays. Needs a connection, as the other changes do: rejects with
   * `connection.lost` without one, and may be repeated then without harm.
   */
  edit(conversationId: string, messageId: string, change: MessageEdit): Promise<EditResult> {
    return this.request('message.edit', { ...change, conversationId, messageId });
  }

  /** Deletes a message; its place stays. */
  delete(conversationId: string, messageId: string): Promise<DeleteResult> {
    return this.request('message.delete', { conversationId, messageId });
  }

  /** Reacts with an emoji or a name; once more with the same key changes nothing. */
  react(conversationId: string, messageId: string, key: string): Promise<ReactionResult> {
    return this.request('reaction.add', { conversationId, messageId, key });
  }

  /** Takes a reaction back. */
  unreact(conversationId: string, messageId: string, key: string): Promise<ReactionResult> {
    return this.request('reaction.remove', { conversationId, messageId, key });
  }

  pin(conversationId: string, messageId: string): Promise<PinResult> {
    return this.request('pin.add', { conversationId, messageId });
  }

  unpin(conversationId: string, messageId: string): Promise<UnpinResult> {
    return this.request('pin.remove', { conversationId, messageId });
  }

  /** What is unread in a conversation, as far as this client knows; undefined before the first connection. */
  unread(conversationId: string): ReadState | undefined {
    return this.reads.get(conversationId);
  }

  /** Marks a conversation read, up to a seq or up to its newest message. Rejects with a ParleyError. */
  async markRead(conversationId: string, seq?: number): Promise<ReadState> {
    const state =
      this.connection === undefined
        ? await this.rest.conversations.markRead(conversationId, seq)
        : await this.request('read.mark', { conversationId, ...(seq === undefined ? {} : { seq }) });
    this.reads.accept(state);
    return state;
  }

  /** Follows a thread by the id of its root, or follows it no longer. */
  followThread(conversationId: string, messageId: string, following = true): Promise<ThreadState> {
    return this.request(following ? 'thread.follow' : 'thread.unfollow', { conversationId, messageId });
  }

  /** Marks a followed thread read, up to a seq or up to its newest reply. */
  markThreadRead(conversationId: string, messageId: string, seq?: number): Promise<ThreadState> {
    return this.request('thread.read', { conversationId, messageId, ...(seq === undefined ? {} : { seq }) });
  }

  /** Where the app stands, to continue there with another client; null before the first connection. */
  cursors(): Cursors | null {
    const epoch = this.synchronizer.currentEpoch;
    return epoch === undefined ? null : { epoch, seqs: this.timelines.seqs() };
  }

  // What these ask is so or becomes so: a repeat is without harm.
  private request<N extends SocketRequestName>(
    name: N,
    input: SocketRequests[N]['input'],
  ): Promise<SocketRequests[N]['output']> {
    if (this.connection === undefined) return Promise.reject(connectionLost());
    return requestPersistently(this.connection, name, input, this.random);
  }

  private begin(connection: Connection, ready: ReadyData): void {
    this.connection = connection;
    this.user = ready.userId;
    this.pings = setInterval(() => this.ping(connection), pingEveryMs);
    this.synchronizer.start(connection, ready.userId);
    this.outbox.resume(connection);
    this.live.begin(connection, ready.userId);
    this.renewal.start(connection, this.tokens.last ?? '');
  }

  private lose(): void {
    this.connection = undefined;
    clearInterval(this.pings);
    this.synchronizer.stop();
    this.outbox.pause();
    this.live.lose();
    this.renewal.stop();
  }

  private enter(state: ConnectionState, error?: ParleyError): void {
    this.events.emit('state', { state, ...(error ? { error } : {}) });
  }

  private receive(name: string, payload: unknown): void {
    if (isDurable(name)) this.synchronizer.receiveEvent(payload as DurableEvent);
    else if (name === 'heads')
      this.synchronizer.receiveHeads((payload as { heads: ConversationHead[] }).heads);
    else if (name === 'drain') this.supervisor.reconnectAfter((payload as { afterMs: number }).afterMs);
    else if (name === 'conversation.created') {
      this.events.emit('conversation.created', (payload as { data: ConversationView }).data);
    } else if (name === 'read.updated') {
      const { at, data } = payload as { at: string; data: ReadUpdatedData };
      this.reads.acceptUpdate(data, at);
      this.events.emit('read.updated', data);
    } else if (name === 'thread.updated') {
      this.events.emit('thread.updated', (payload as { data: ThreadState }).data);
    } else this.live.receive(name, payload);
  }

  private leave(left: { conversationId: string; seq: number }): void {
    this.reads.forget(left.conversationId);
    this.live.left(left.conversationId);
    this.events.emit('conversation.left', left);
  }

  private reset(epoch: string): void {
    this.reads.clear();
    this.events.emit('reset', { epoch });
  }

  private surface(event: StoredEvent): void {
    this.reads.acceptEvent(event, this.user ?? '');
    this.live.acceptEvent(event);
    this.events.emit('event', event);
    // Each durable event's payload is the event itself; TypeScript cannot follow that through the union.
    (this.events.emit as (name: DurableEventType, event: StoredEvent) => void).call(
      this.events,
      event.type,
      event,
    );
  }

  private ping(connection: Connection): void {
    if (this.state !== 'live') return;
    const lastSeqs = this.timelines.takeMoved(limits.syncMaxConversations);
    // Its only use is to tell the server; a dead connection is found by the transport's own heartbeat.
    connection.request('ping', { lastSeqs }, requestTimeoutMs).catch(() => undefined);
  }
}
