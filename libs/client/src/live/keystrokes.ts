/** `typing.start` is repeated this often while the user goes on typing. The server takes one a second. */
const repeatMs = 2_000;
/** Without another keystroke for so long the user has stopped. */
const idleMs = 3_000;

/** Makes of keystrokes what the server is to know: few starts, and a stop. */
export class Keystrokes {
  private readonly startedAt = new Map<string, number>();
  private readonly idle = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(private readonly say: (name: 'typing.start' | 'typing.stop', conversationId: string) => void) {}

  /** The user typed something there. */
  press(conversationId: string): void {
    clearTimeout(this.idle.get(conversationId));
    this.idle.set(
      conversationId,
      setTimeout(() => this.stop(conversationId), idleMs),
    );
    const now = Date.now();
    if (now - (this.startedAt.get(conversationId) ?? -Infinity) < repeatMs) return;
    this.startedAt.set(conversationId, now);
    this.say('typing.start', conversationId);
  }

  /** The user sent it, or left it. */
  stop(conversationId: string): void {
    const timer = this.idle.get(conversationId);
    if (timer === undefined) return;
    this.forget(conversationId);
    this.say('typing.stop', conversationId);
  }

  clear(): void {
    for (const conversationId of [...this.idle.keys()]) this.forget(conversationId);
    this.startedAt.clear();
  }

  // The time of the last start stays: one that follows at once would be refused.
  private forget(conversationId: string): void {
    clearTimeout(this.idle.get(conversationId));
    this.idle.delete(conversationId);
    if (this.startedAt.size > 100) this.startedAt.clear();
  }
}
