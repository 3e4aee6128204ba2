import type { MessageSendInput } from '@parley/contracts/wire';
import type { ParleyError } from '../parley-error';

/** A message that waits for its answer, as plain JSON. */
export interface OutboxRecord {
  /** Names the record, for ever. */
  id: string;
  /** Messages are sent in this order. */
  order: number;
  input: MessageSendInput;
  /** Whether it may have reached the server. */
  attempted: boolean;
  /** The server's definite no, while it is not certain that the app was told. */
  refusal?: Pick<ParleyError, 'code' | 'message' | 'retryable' | 'issues'>;
}

/**
 * Keeps the messages that wait for an answer; what outlives the process lets the next one send them. One storage belongs to
 * one user of one server and to one client at a time. Operations take effect in the order of the calls.
 */
export interface OutboxStorage {
  /** Everything that was put and not removed, in any order. */
  load(): Promise<OutboxRecord[]>;
  /** Resolves when the record is kept for good; one with the same `id` is replaced. */
  put(record: OutboxRecord): Promise<void>;
  /** Does nothing when there is no such record. */
  remove(id: string): Promise<void>;
}

/** Lasts as long as the object. */
export class MemoryOutboxStorage implements OutboxStorage {
  private readonly records = new Map<string, OutboxRecord>();

  async load(): Promise<OutboxRecord[]> {
    return [...this.records.values()];
  }

  async put(record: OutboxRecord): Promise<void> {
    this.records.set(record.id, record);
  }

  async remove(id: string): Promise<void> {
    this.records.delete(id);
  }
}
