import type { Redis } from 'ioredis';
import { encodeLetter } from './bus-message';

/** Messages that are waiting or unanswered at most, and their characters. */
export const busBounds = { messages: 10_000, characters: 16 * 1024 * 1024 } as const;
/** A letter holds Redis and its readers up while it is copied; one message may be longer. */
const letterBounds = { messages: 256, characters: 256 * 1024 } as const;

/** Counts messages that were not sent. */
export type OnDropped = (count: number) => void;

/**
 * Sends messages in the order in which they came. All of one turn of the event loop go out in one letter, and while a
 * letter is under way all that comes is the next one: under load its answer is the clock. While Redis is away, or slower
 * than the bounds allow, messages are dropped: nobody ever waits for them.
 */
export class BusSender {
  private waiting: string[] = [];
  private held = 0;
  private heldCharacters = 0;
  private sending = false;

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
    setImmediate(() => void this.sendWaiting());
  }

  private async sendWaiting(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.takeLetter();
      try {
        await this.redis?.publish(this.channel, encodeLetter(this.from, batch));
      } catch {
        this.onDropped(batch.length);
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
