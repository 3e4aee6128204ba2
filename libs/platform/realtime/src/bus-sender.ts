import type { Redis } from 'ioredis';
import { encodeLetter } from './bus-message';

/** Messages that are waiting or unanswered at most, and their characters. */
export const busBounds = { messages: 10_000, characters: 16 * 1024 * 1024 } as const;
/** A letter holds Redis and its readers up while it is copied; one message may be longer. */
const letterBounds = { messages: 256, characters: 256 * 1024 } as const;

/** While nobody else listens letters are so far apart, in milliseconds: who begins to listen hears of the last ones late. */
const unheardEveryMs = 50;

/** Counts messages that were not sent. */
export type OnDropped = (count: number) => void;

/**
 * Sends messages in the order in which they came. All of one turn of the event loop go out in one letter, and while a
 * letter is under way all that comes is the next one: under load its answer is the clock. That answer also tells how many
 * listen: while it is nobody else, letters are few. While Redis is away, or slower than the bounds allow, messages are
 * dropped: nobody ever waits for them.
 */
export class BusSender {
  private waiting: string[] = [];
  private held = 0;
  private heldCharacters = 0;
  private sending = false;
  private heard = true;
  /** Whether this process is one of those that listen. */
  listens = false;

  constructor(
    private readonly redis: Redis | undefined,
    private readonly channel: string,
    /** Names this process in its letters. */
    private readonly from: string,
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
    if (this.sending) return;
    this.sending = true;
    void this.sendWaiting();
  }

  private async sendWaiting(): Promise<void> {
    while (this.waiting.length > 0) {
      await new Promise((resolve) => {
        if (this.heard) setImmediate(resolve);
        else setTimeout(resolve, unheardEveryMs);
      });
      const batch = this.takeLetter();
      try {
        const listeners = (await this.redis?.publish(this.channel, encodeLetter(this.from, batch))) ?? 0;
        this.heard = listeners > (this.listens ? 1 : 0);
      } catch {
        this.onDropped(batch.length);
        this.heard = true;
      }
      this.held -= batch.length;
      for (const message of batch) this.heldCharacters -= message.length;
    }
    this.sending = false;
  }

  private takeLetter(): string[] {
    let count = 0;
    let characters = 0;
    for (const message of this.waiting) {
      characters += message.length;
      if (count === letterBounds.messages || (count > 0 && characters > letterBounds.characters)) break;
      count += 1;
    }
    return this.waiting.splice(0, count);
  }
}
