import type { ConversationView } from '@parley/contracts/wire';
import type { ParleyRest } from '@parley/client';
import { harmless, joinNames } from './chat-lines';

/** Names of users and conversations, asked for once each. */
export class Directory {
  private readonly names = new Map<string, Promise<void>>();
  private readonly known = new Map<string, string>();

  constructor(
    private readonly rest: ParleyRest,
    readonly me: string,
  ) {}

  /** The name of a user that `load` has read; the id where there is none. */
  readonly nameOf = (userId: string): string => this.known.get(userId) ?? userId;

  async load(userIds: string[]): Promise<void> {
    await Promise.all(userIds.map((id) => this.loadOne(id)));
  }

  /** What the person calls a conversation: its title, or the others in it. */
  async titleOf(conversation: ConversationView): Promise<string> {
    if (conversation.title !== null) return harmless(conversation.title);
    const { data } = await this.rest.participants.list(conversation.id, { limit: 10 });
    const others = data.map(({ userId }) => userId).filter((userId) => userId !== this.me);
    await this.load(others);
    return others.length === 0 ? 'Only you' : harmless(joinNames(others.map(this.nameOf)));
  }

  private loadOne(id: string): Promise<void> {
    const loading = this.names.get(id) ?? this.read(id);
    this.names.set(id, loading);
    return loading;
  }

  private async read(id: string): Promise<void> {
    // A name is a comfort: without it the id is shown.
    const user = await this.rest.users.get(id).catch(() => null);
    if (user?.name) this.known.set(id, user.name);
  }
}
