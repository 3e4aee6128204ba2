/** Joins that went by the index: seq of the joining by conversation and user. A look-up decides what they are worth. */
export class JoinHints {
  private byConversation = new Map<string, Map<string, number>>();

  get size(): number {
    return this.byConversation.size;
  }

  add(conversationId: string, userId: string, seq: number): void {
    let users = this.byConversation.get(conversationId);
    if (users === undefined) this.byConversation.set(conversationId, (users = new Map<string, number>()));
    // Of several joins the newest began the membership that may still hold.
    users.set(userId, Math.max(users.get(userId) ?? seq, seq));
  }

  has(conversationId: string): boolean {
    return this.byConversation.has(conversationId);
  }

  seqOf(conversationId: string, userId: string): number | undefined {
    return this.byConversation.get(conversationId)?.get(userId);
  }

  userIds(): string[] {
    return [...this.byConversation.values()].flatMap((users) => [...users.keys()]);
  }

  merge(other: JoinHints): void {
    for (const [conversationId, users] of other.byConversation) {
      for (const [userId, seq] of users) this.add(conversationId, userId, seq);
    }
  }
}
