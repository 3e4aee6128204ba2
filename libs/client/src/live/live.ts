import type {
  PresenceChoiceStatus,
  PresenceSetResult,
  PresenceView,
  SocketRequestName,
  SocketRequests,
  StoredEvent,
  TypingUpdatedData,
} from '@parley/contracts/wire';
import type { Random } from '../connection/backoff';
import { requestPersistently, requestTimeoutMs } from '../connection/persistent-request';
import type { Connection } from '../connection/transport';
import { connectionLost } from '../parley-error';
import { Keystrokes } from './keystrokes';
import { Typists } from './typists';

export interface LiveHooks {
  typing(typing: { conversationId: string; userIds: string[] }): void;
  presence(presence: PresenceView): void;
}

/**
 * What is true only now: which conversations are on the screen, who types, who is here. It is said again after every
 * reconnect, and what is lost is lost.
 */
export class Live {
  private readonly typists: Typists;
  private readonly keystrokes: Keystrokes;
  private readonly opened = new Set<string>();
  private readonly seen = new Map<string, PresenceView>();
  private watched: string[] = [];
  private away: Exclude<PresenceChoiceStatus, 'invisible'> = 'online';
  private connection: Connection | undefined;
  private userId = '';

  constructor(
    private readonly hooks: LiveHooks,
    private readonly random: Random,
  ) {
    this.typists = new Typists((conversationId, userIds) => hooks.typing({ conversationId, userIds }));
    this.keystrokes = new Keystrokes((name, conversationId) => this.say(name, { conversationId }));
  }

  /** A conversation is on the screen: the user hears who types there, and in a direct one whether the other is here. */
  open(conversationId: string): void {
    this.opened.add(conversationId);
    this.say('conversation.open', { conversationId });
  }

  close(conversationId: string): void {
    if (!this.opened.delete(conversationId)) return;
    this.keystrokes.stop(conversationId);
    this.say('conversation.close', { conversationId });
  }

  /** Call it at every keystroke; that the user stopped is found by itself. */
  typing(conversationId: string): void {
    if (this.connection !== undefined) this.keystrokes.press(conversationId);
  }

  stopTyping(conversationId: string): void {
    this.keystrokes.stop(conversationId);
  }

  /** Others who type in an open conversation. */
  typistsOf(conversationId: string): string[] {
    return this.typists.of(conversationId);
  }

  /** Whom to be told of from now on, in place of those of the last call: those on the screen, at most 200. */
  watch(userIds: readonly string[]): void {
    this.watched = [...userIds];
    if (this.connection !== undefined) void this.askForWatched(this.connection);
  }

  /** A watched user as it is known; undefined where it is not, or may not be seen. */
  presence(userId: string): PresenceView | undefined {
    return this.seen.get(userId);
  }

  /** Says what this device is, or that the user is not to be seen. Rejects with a ParleyError. */
  async setPresence(status: PresenceChoiceStatus): Promise<PresenceSetResult> {
    const { connection } = this;
    if (connection === undefined) throw connectionLost();
    const answer = await connection.request('presence.set', { status }, requestTimeoutMs);
    if (status !== 'invisible') this.away = status;
    return answer;
  }

  begin(connection: Connection, userId: string): void {
    this.connection = connection;
    this.userId = userId;
    for (const conversationId of this.opened) this.say('conversation.open', { conversationId });
    if (this.watched.length > 0) void this.askForWatched(connection);
    if (this.away === 'away') this.say('presence.set', { status: 'away' });
  }

  lose(): void {
    this.connection = undefined;
    this.keystrokes.clear();
    this.typists.clear();
  }

  receive(name: string, payload: unknown): void {
    if (name === 'presence.updated') this.accept(payload as PresenceView);
    if (name !== 'typing.updated') return;
    const typing = payload as TypingUpdatedData;
    if (typing.userId !== this.userId) this.typists.accept(typing);
  }

  /** Whoever sent a message no longer writes it. */
  acceptEvent(event: StoredEvent): void {
    if (event.type === 'message.created') this.typists.stop(event.conversationId, event.data.sender);
    if (event.type === 'participant.left') this.typists.stop(event.conversationId, event.data.userId);
  }

  left(conversationId: string): void {
    this.opened.delete(conversationId);
  }

  private async askForWatched(connection: Connection): Promise<void> {
    try {
      const input = { userIds: this.watched };
      const { presence } = await requestPersistently(connection, 'presence.watch', input, this.random);
      // Another call may have come meanwhile.
      if (connection !== this.connection || input.userIds !== this.watched) return;
      for (const view of presence) this.accept(view);
    } catch {
      // The next connection asks again.
    }
  }

  private accept(view: PresenceView): void {
    const known = this.seen.get(view.userId);
    this.seen.set(view.userId, view);
    if (known?.status !== view.status || known.lastSeenAt !== view.lastSeenAt) this.hooks.presence(view);
  }

  // Nobody waits for it, and the next one says it again.
  private say<N extends SocketRequestName>(name: N, input: SocketRequests[N]['input']): void {
    this.connection?.request(name, input, requestTimeoutMs).catch(() => undefined);
  }
}
