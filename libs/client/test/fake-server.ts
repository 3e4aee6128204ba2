import type {
  ConversationHead,
  ConversationSync,
  DurableEvent,
  MessageSendInput,
  PresenceView,
  SendResult,
  SocketRequestName,
  SocketRequests,
  StoredEvent,
} from '@parley/contracts/wire';
import type { Closing, Connection, Transport, TransportHandlers } from '../src/index';
import { ParleyError, connectionLost, connectionTimeout } from '../src/parley-error';

interface FakeConversation {
  log: DurableEvent[];
  visibleFrom: number;
  leftSeq: number | undefined;
  keys: Map<string, SendResult>;
}

/** What becomes of one request: answered, refused, carried out but unanswered, or never carried out. */
export type RequestFate = 'answer' | 'unanswered' | 'unheard' | ParleyError;

/** How often one live event arrives, each time after so many milliseconds. */
export type EventFate = number[];

/** A server in memory for one user, with faults at will. Everything takes a little (fake) time. */
export class FakeServer implements Transport {
  readonly userId = 'ada';
  epoch = 'epoch-1';
  /** Tokens of all handshakes, in order. */
  readonly tokens: string[] = [];
  readonly requests: { name: SocketRequestName; input: unknown; at: number }[] = [];
  /** Set: handshakes end like this. */
  refuse: Closing | undefined;
  latencyMs = 5;
  syncMax = 500;
  headsPage = 500;
  /** Set: the next sync sees only so many events, as a read that began before the others were written. */
  staleSync: number | undefined;
  fateOfRequest: (name: SocketRequestName, input: unknown) => RequestFate = () => 'answer';
  fateOfEvent: (event: DurableEvent) => EventFate = () => [1];
  private readonly liveAnswers: Partial<Record<SocketRequestName, (input: unknown) => unknown>> = {
    'conversation.open': (input: unknown) => ({ ...(input as { conversationId: string }), lastSeq: 0 }),
    'conversation.close': () => ({ closed: true }),
    'typing.start': () => ({ expiresAfterMs: 3_000 }),
    'typing.stop': () => ({ stopped: true }),
    'presence.set': (input: unknown) => input,
    'presence.watch': (input: unknown) => ({
      presence: presenceOf((input as { userIds: string[] }).userIds),
    }),
    'auth.refresh': (input: unknown) => ({ expiresAt: endOf((input as { token: string }).token) }),
  };
  private readonly conversations = new Map<string, FakeConversation>();
  private handlers: TransportHandlers | undefined;

  get connected(): boolean {
    return this.handlers !== undefined;
  }

  connect(token: string, handlers: TransportHandlers): Connection {
    this.tokens.push(token);
    let open = true;
    const close = () => {
      open = false;
      if (this.handlers === handlers) this.handlers = undefined;
    };
    setTimeout(() => {
      if (!open) return;
      if (this.refuse) return handlers.closed(this.refuse);
      handlers.opened();
      this.handlers = handlers;
      handlers.event('ready', { userId: this.userId, connectionId: 'c', serverTime: '', epoch: this.epoch });
    }, this.latencyMs);
    return { request: (name, input, timeoutMs) => this.answer(() => open, name, input, timeoutMs), close };
  }

  /** Ends the connection from the server's side. */
  cut(closing: Closing = { kind: 'lost', message: 'transport close' }): void {
    const { handlers } = this;
    this.handlers = undefined;
    handlers?.closed(closing);
  }

  emit(name: string, payload: unknown): void {
    this.handlers?.event(name, payload);
  }

  open(conversationId: string, options: { visibleFrom?: number } = {}): void {
    this.conversations.set(conversationId, {
      log: [],
      visibleFrom: options.visibleFrom ?? 1,
      leftSeq: undefined,
      keys: new Map(),
    });
  }

  /** The next event of the conversation, stored and sent. */
  append(conversationId: string, event: Partial<StoredEvent> | 'void' = {}): DurableEvent {
    const conversation = this.conversation(conversationId);
    const seq = conversation.log.length + 1;
    const stored = (
      event === 'void'
        ? { type: 'void', conversationId, seq }
        : {
            id: `${conversationId}-${seq}`,
            type: 'message.created',
            conversationId,
            seq,
            actor: 'bo',
            at: '',
            data: {},
            ...event,
          }
    ) as DurableEvent;
    conversation.log.push(stored);
    this.deliver(stored);
    return stored;
  }

  /** The user leaves: its last event there. */
  leave(conversationId: string): void {
    const conversation = this.conversation(conversationId);
    conversation.leftSeq = conversation.log.length + 1;
    this.append(conversationId, {
      type: 'participant.left',
      data: { userId: this.userId, reason: 'removed' },
    });
  }

  /** The user is a participant again; no event tells. */
  comeBack(conversationId: string): void {
    this.conversation(conversationId).leftSeq = undefined;
  }

  /** The keys of the messages that are stored, in the order of the timeline. */
  keysOf(conversationId: string): string[] {
    return this.conversation(conversationId).log.flatMap((event) =>
      event.type === 'message.created' ? [event.data.clientMessageId] : [],
    );
  }

  private deliver(event: DurableEvent): void {
    const { handlers } = this;
    if (!handlers) return;
    for (const ms of this.fateOfEvent(event)) {
      setTimeout(() => {
        if (this.handlers === handlers) handlers.event(event.type, event);
      }, ms);
    }
  }

  private answer<N extends SocketRequestName>(
    isOpen: () => boolean,
    name: N,
    input: SocketRequests[N]['input'],
    timeoutMs: number,
  ): Promise<SocketRequests[N]['output']> {
    this.requests.push({ name, input, at: Date.now() });
    const fate = this.fateOfRequest(name, input);
    return new Promise((resolve, reject) => {
      const heard = isOpen() && fate !== 'unheard' && !(fate instanceof ParleyError);
      const output = heard ? this.carryOut(name, input) : undefined;
      const late = fate === 'unanswered' || fate === 'unheard';
      setTimeout(
        () => {
          if (!isOpen()) reject(connectionLost());
          else if (late) reject(connectionTimeout());
          else if (fate instanceof ParleyError) reject(fate);
          else resolve(output as SocketRequests[N]['output']);
        },
        late ? timeoutMs : this.latencyMs,
      );
    });
  }

  private carryOut(name: SocketRequestName, input: unknown): unknown {
    const live = this.liveAnswers[name];
    if (live !== undefined) return live(input);
    switch (name) {
      case 'message.send':
        return this.send(input as MessageSendInput);
      case 'heads':
        return this.heads((input as { cursor?: string }).cursor);
      case 'sync':
        return this.sync(input as SocketRequests['sync']['input']);
      case 'ping':
        return { serverTime: '' };
      default:
        throw new Error(`the fake server does not know ${name}`);
    }
  }

  private send(input: MessageSendInput): SendResult {
    const { keys } = this.conversation(input.conversationId);
    const known = keys.get(input.clientMessageId);
    if (known) return { ...known, duplicate: true };
    const data = { text: input.text, clientMessageId: input.clientMessageId } as SendResult['message'];
    const event = this.append(input.conversationId, { actor: this.userId, data });
    const result = { message: { ...data, seq: event.seq }, duplicate: false };
    keys.set(input.clientMessageId, result);
    return result;
  }

  private heads(cursor: string | undefined): SocketRequests['heads']['output'] {
    const all: ConversationHead[] = [...this.conversations]
      .filter(([, conversation]) => conversation.leftSeq === undefined)
      .map(([conversationId, { log, visibleFrom }]) => ({
        conversationId,
        lastSeq: log.length,
        visibleFrom,
        readSeq: 0,
        unreadFromSeq: null,
        unread: 0,
        mentions: 0,
        threadUnread: 0,
        ownVersion: 0,
      }));
    const from = Number(cursor ?? 0);
    const next = from + this.headsPage < all.length ? String(from + this.headsPage) : null;
    return { epoch: this.epoch, heads: all.slice(from, from + this.headsPage), next };
  }

  private sync({ epoch, cursors }: SocketRequests['sync']['input']): SocketRequests['sync']['output'] {
    if (epoch !== this.epoch) {
      throw new ParleyError({ code: 'epoch.changed', message: 'another epoch', retryable: false });
    }
    if (cursors.length > 200) throw new Error('too many cursors');
    let room = this.syncMax;
    const seen = this.staleSync ?? Infinity;
    this.staleSync = undefined;
    const conversations = cursors.map(([conversationId, seq]): ConversationSync => {
      const { log: whole, visibleFrom, leftSeq: left } = this.conversation(conversationId);
      const log = whole.slice(0, seen);
      const leftSeq = left !== undefined && left <= seen ? left : undefined;
      const head = leftSeq ?? log.length;
      const from = Math.max(seq, visibleFrom - 1);
      const events = log.slice(from, Math.min(head, from + room));
      room -= events.length;
      return {
        conversationId,
        events,
        head,
        more: from + events.length < head,
        ...(from > seq ? { gap: { from: seq + 1, to: from, reason: 'history' as const } } : {}),
        ...(leftSeq === undefined ? {} : { left: leftSeq }),
      };
    });
    return { epoch: this.epoch, conversations };
  }

  private conversation(id: string): FakeConversation {
    const found = this.conversations.get(id);
    if (!found) throw new Error(`no conversation ${id}`);
    return found;
  }
}

function presenceOf(userIds: string[]): PresenceView[] {
  return userIds.map((userId) => ({ userId, status: 'online', lastSeenAt: null }));
}

function endOf(token: string): string {
  const claims = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
  return new Date((JSON.parse(claims) as { exp: number }).exp * 1_000).toISOString();
}
