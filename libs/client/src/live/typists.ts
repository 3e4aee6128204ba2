import type { TypingUpdatedData } from '@parley/contracts/wire';

/** Who types where, as this client was told; each ends by itself when nothing more is heard. */
export class Typists {
  private readonly byConversation = new Map<string, Map<string, ReturnType<typeof setTimeout>>>();

  constructor(private readonly changed: (conversationId: string, userIds: string[]) => void) {}

  of(conversationId: string): string[] {
    return [...(this.byConversation.get(conversationId)?.keys() ?? [])];
  }

  accept({ conversationId, userId, typing, expiresAfterMs }: TypingUpdatedData): void {
    if (!typing) return this.stop(conversationId, userId);
    const typists =
      this.byConversation.get(conversationId) ?? new Map<string, ReturnType<typeof setTimeout>>();
    this.byConversation.set(conversationId, typists);
    const known = typists.get(userId);
    clearTimeout(known);
    typists.set(
      userId,
      setTimeout(() => this.stop(conversationId, userId), expiresAfterMs),
    );
    if (known === undefined) this.tell(conversationId);
  }

  stop(conversationId: string, userId: string): void {
    const typists = this.byConversation.get(conversationId);
    clearTimeout(typists?.get(userId));
    if (typists?.delete(userId) !== true) return;
    if (typists.size === 0) this.byConversation.delete(conversationId);
    this.tell(conversationId);
  }

  clear(): void {
    for (const [conversationId, typists] of [...this.byConversation]) {
      for (const userId of [...typists.keys()]) this.stop(conversationId, userId);
    }
  }

  private tell(conversationId: string): void {
    this.changed(conversationId, this.of(conversationId));
  }
}
