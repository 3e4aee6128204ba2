import type { Redis } from 'ioredis';

/** Messages that are waiting or unanswered at most, and their characters. */
export const busBounds = { messages: 10_000, characters: 16 * 1024 * 1024 } as const;

/** Counts messages that were not sent. */
export type OnDropped = (count: number) => void;

/**
 * Sends messages in the order in which they came; all of one turn of the event loop go out in one pipeline. While Redis
 * is away, or slower than the bounds allow, messages are dropped: nobody ever waits for them.
 */
export class BusSender {
  private waiting: string[] = [];
  private held = 0;
  private heldCharacters = 0;

  constructor(
    private readonly redis: Redis | undefined,
    private readonly channel: string,
    private readonly onDropped: OnDropped,
  ) {}

  send(message: string): void {
    const full = this.held >= busBounds.messages || this.heldCharacters >= busBounds.characters;
    if (this.redis?.status !== 'ready' || full) {
      this.onDropped(1);
      return;
    }
    this.held += 1;
    this.heldCharacters += message.length;
    this.waiting.push(message);
    if (this.waiting.length === 1) setImmediate(() => void this.flush(this.redis));
  }

  private async flush(redis: Redis | undefined): Promise<void> {
    const batch = this.waiting;
    this.waiting = [];
    try {
      const pipeline = redis?.pipeline();
      for (const message of batch) pipeline?.publish(this.channel, message);
      const results = (await pipeline?.exec()) ?? [];
      const failed = results.filter(([error]) => error !== null).length;
      if (failed > 0) this.onDropped(failed);
    } catch {
      this.onDropped(batch.length);
    }
    this.held -= batch.length;
    for (const message of batch) this.heldCharacters -= message.length;
  }
}
