/** A user with at least one connection to this gateway. */
export class LocalUser {
  connections = 0;
  /** In the index: everything committed from now on arrives live. */
  loaded = false;
  private waiting: (() => void)[] = [];
  /** Conversations that the user left while it was connected, with the seq at which it did. */
  private readonly parted = new Map<string, number>();

  constructor(readonly userId: string) {}

  /** Calls back at once where the user is loaded, otherwise as soon as it is. */
  whenLoaded(callback: () => void): void {
    if (this.loaded) callback();
    else this.waiting.push(callback);
  }

  forget(callback: () => void): void {
    this.waiting = this.waiting.filter((each) => each !== callback);
  }

  /** The user got everything up to this seq, at which it left the conversation. */
  part(conversationId: string, seq: number): void {
    this.parted.set(conversationId, seq);
  }

  /** 0: it never left the conversation while it was connected. */
  partedAt(conversationId: string): number {
    return this.parted.get(conversationId) ?? 0;
  }

  markLoaded(): void {
    this.loaded = true;
    const waiting = this.waiting;
    this.waiting = [];
    for (const callback of waiting) callback();
  }
}
