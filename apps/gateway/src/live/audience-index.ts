import type { Entry, Members } from './audience';

const nobody: Members = new Map();
const none: ReadonlySet<string> = new Set();

/** Which local users are members of which conversations, of one tenant. A data structure alone: it decides nothing. */
export class AudienceIndex {
  private readonly conversations = new Map<string, Map<string, Entry>>();
  private readonly users = new Map<string, Set<string>>();

  get conversationCount(): number {
    return this.conversations.size;
  }

  members(conversationId: string): Members {
    return this.conversations.get(conversationId) ?? nobody;
  }

  get(conversationId: string, userId: string): Entry | undefined {
    return this.conversations.get(conversationId)?.get(userId);
  }

  set(conversationId: string, userId: string, entry: Entry): void {
    let members = this.conversations.get(conversationId);
    if (members === undefined) this.conversations.set(conversationId, (members = new Map<string, Entry>()));
    members.set(userId, entry);
    let conversations = this.users.get(userId);
    if (conversations === undefined) this.users.set(userId, (conversations = new Set()));
    conversations.add(conversationId);
  }

  remove(conversationId: string, userId: string): void {
    const members = this.conversations.get(conversationId);
    members?.delete(userId);
    if (members?.size === 0) this.conversations.delete(conversationId);
    const conversations = this.users.get(userId);
    conversations?.delete(conversationId);
    if (conversations?.size === 0) this.users.delete(userId);
  }

  /** Whether two users are members of one conversation here. */
  share(one: string, other: string): boolean {
    const [few, many] = [this.conversationsOf(one), this.conversationsOf(other)].sort(
      (a, b) => a.size - b.size,
    );
    for (const conversationId of few ?? []) if (many?.has(conversationId)) return true;
    return false;
  }

  /** Returns the conversations in which the user was. */
  removeUser(userId: string): string[] {
    const conversationIds = [...(this.users.get(userId) ?? [])];
    for (const conversationId of conversationIds) this.remove(conversationId, userId);
    return conversationIds;
  }

  private conversationsOf(userId: string): ReadonlySet<string> {
    return this.users.get(userId) ?? none;
  }
}
