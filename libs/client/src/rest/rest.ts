import type {
  ConversationKind,
  ConversationSubject,
  ConversationStatus,
  ConversationView,
  DraftView,
  ConversationVisibility,
  HistoryMode,
  MeView,
  MessagePage,
  MessageSendInput,
  Page,
  ParticipantAddInput,
  ParticipantView,
  PersonalSettings,
  PinView,
  ReactionEntryView,
  ReaderView,
  ReadState,
  RevisionView,
  SendResult,
  ThreadView,
  TokenView,
  UnreadTotals,
  UserView,
} from '@parley/contracts/wire';
import { TokenSource } from '../connection/token-source';
import { Http } from './http';

export type NewParticipant = ParticipantAddInput['participants'][number];

export interface NewConversation {
  kind: ConversationKind;
  participants?: NewParticipant[];
  title?: string;
  subject?: ConversationSubject;
  distinct?: boolean;
  history?: HistoryMode;
  visibility?: ConversationVisibility;
  metadata?: Record<string, unknown>;
}

export interface PageQuery {
  limit?: number;
  /** `page.next` of the page before. */
  cursor?: string;
}

export interface ConversationQuery extends PageQuery {
  kind?: ConversationKind;
  subjectType?: string;
  subjectId?: string;
  status?: ConversationStatus;
  pinned?: boolean;
  archived?: boolean;
  /** True: the hidden ones alone; otherwise the others alone. */
  hidden?: boolean;
  unread?: boolean;
  /** A part of the title. */
  q?: string;
}

/** At most one of before, after and around, each a seq; none gives the newest messages. */
export interface MessageQuery {
  before?: number;
  after?: number;
  around?: number;
  limit?: number;
}

export type NewMessage = Omit<MessageSendInput, 'conversationId' | 'clientMessageId'> & {
  clientMessageId?: string;
};

/**
 * The REST API, one method per request. Every method rejects with a ParleyError.
 * `token` is a user's token or, on a back end, a server key.
 */
export class ParleyRest {
  private readonly http: Http;

  constructor(url: string, token: string | (() => Promise<string>) | TokenSource) {
    this.http = new Http(url, token instanceof TokenSource ? token : new TokenSource(token));
  }

  /** Who the token belongs to, and its limits. */
  me(): Promise<MeView> {
    return this.http.request('GET', '/me');
  }

  readonly conversations = {
    create: (input: NewConversation): Promise<ConversationView> =>
      this.http.request('POST', '/conversations', { body: input }),
    get: (id: string): Promise<ConversationView> => this.http.request('GET', conversation(id)),
    /** The user's own, the last active first. */
    list: (query: ConversationQuery = {}): Promise<Page<ConversationView>> =>
      this.http.request('GET', '/conversations', { query: { ...query } }),
    /** Up to a seq, or up to the newest message. */
    markRead: (id: string, seq?: number): Promise<ReadState> =>
      this.http.request('POST', `${conversation(id)}/read`, { body: seq === undefined ? {} : { seq } }),
    /** From the message at this seq on, until the next mark. */
    markUnread: (id: string, seq: number): Promise<ReadState> =>
      this.http.request('POST', `${conversation(id)}/unread`, { body: { seq } }),
    /** The user's own settings; what is absent stays. */
    updateSettings: (id: string, change: Partial<PersonalSettings>): Promise<PersonalSettings> =>
      this.http.request('PATCH', `${conversation(id)}/participants/me`, { body: change }),
  };

  /** What is unread in all conversations together. */
  unread(): Promise<UnreadTotals> {
    return this.http.request('GET', '/unread');
  }

  readonly threads = {
    /** Those that the user follows, the last active first. */
    followed: (query: PageQuery & { unread?: boolean } = {}): Promise<Page<ThreadView>> =>
      this.http.request('GET', '/threads', { query: { ...query } }),
    /** A conversation's, the newest root first. */
    list: (id: string, query: PageQuery = {}): Promise<Page<ThreadView>> =>
      this.http.request('GET', `${conversation(id)}/threads`, { query: { ...query } }),
  };

  readonly drafts = {
    list: (query: PageQuery = {}): Promise<Page<DraftView>> =>
      this.http.request('GET', '/drafts', { query: { ...query } }),
    write: (id: string, text: string): Promise<DraftView> =>
      this.http.request('PUT', `${conversation(id)}/draft`, { body: { text } }),
    remove: (id: string): Promise<void> => this.http.request('DELETE', `${conversation(id)}/draft`),
  };

  readonly participants = {
    list: (id: string, query: PageQuery = {}): Promise<Page<ParticipantView>> =>
      this.http.request('GET', `${conversation(id)}/participants`, { query: { ...query } }),
    add: (id: string, participants: NewParticipant[]): Promise<{ participants: ParticipantView[] }> =>
      this.http.request('POST', `${conversation(id)}/participants`, { body: { participants } }),
    /** The user's own id leaves the conversation. */
    remove: async (id: string, userId: string): Promise<void> => {
      await this.http.request('DELETE', `${conversation(id)}/participants/${encodeURIComponent(userId)}`);
    },
  };

  readonly messages = {
    /** In the order of the timeline. */
    page: (id: string, query: MessageQuery = {}): Promise<MessagePage> =>
      this.http.request('GET', `${conversation(id)}/messages`, { query: { ...query } }),
    /** One try; `ParleyClient.send` is the one that repeats until it knows. */
    send: (id: string, message: NewMessage): Promise<SendResult> =>
      this.http.request('POST', `${conversation(id)}/messages`, { body: message }),
    /** What a message said before its edits. */
    revisions: (id: string, messageId: string, query: PageQuery = {}): Promise<Page<RevisionView>> =>
      this.http.request('GET', `${conversation(id)}/messages/${encodeURIComponent(messageId)}/revisions`, {
        query: { ...query },
      }),
    /** Who reacted, with one key or with any. */
    reactions: (
      id: string,
      messageId: string,
      query: PageQuery & { key?: string } = {},
    ): Promise<Page<ReactionEntryView>> =>
      this.http.request('GET', `${conversation(id)}/messages/${encodeURIComponent(messageId)}/reactions`, {
        query: { ...query },
      }),
    /** What is pinned, the newest pin first. */
    pins: (id: string, query: PageQuery = {}): Promise<Page<PinView>> =>
      this.http.request('GET', `${conversation(id)}/pins`, { query: { ...query } }),
    readers: (id: string, messageId: string, query: PageQuery = {}): Promise<Page<ReaderView>> =>
      this.http.request('GET', `${conversation(id)}/messages/${encodeURIComponent(messageId)}/readers`, {
        query: { ...query },
      }),
  };

  readonly users = {
    get: (id: string): Promise<UserView> => this.http.request('GET', `/users/${encodeURIComponent(id)}`),
  };

  readonly tokens = {
    /** With a server key: a token for one user, who is created at first sight. */
    create: (input: { userId: string; name?: string; ttlSeconds?: number }): Promise<TokenView> =>
      this.http.request('POST', '/tokens', { body: input }),
  };
}

function conversation(id: string): string {
  return `/conversations/${encodeURIComponent(id)}`;
}
