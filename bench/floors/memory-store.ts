import { randomUUID } from 'node:crypto';
import type { FloorMessage, Store, StoredMessage } from './room-server';

/** Numbers the messages of each conversation, in this process alone. */
export class Numbers {
  private readonly last = new Map<string, number>();

  next(conversationId: string): number {
    const seq = (this.last.get(conversationId) ?? 0) + 1;
    this.last.set(conversationId, seq);
    return seq;
  }
}

/** Keeps nothing. */
export function memoryStore(): Store {
  const numbers = new Numbers();
  return (message: FloorMessage): StoredMessage => ({
    ...message,
    id: randomUUID(),
    seq: numbers.next(message.conversationId),
    at: new Date().toISOString(),
  });
}
