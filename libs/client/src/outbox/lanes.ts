import type { SendResult } from '@parley/contracts/wire';
import type { ParleyError } from '../parley-error';
import type { OutboxRecord } from './outbox.storage';

export interface Entry {
  record: OutboxRecord;
  /** Only what is `ready` may be sent. */
  state: 'storing' | 'ready' | 'sending' | 'cancelling';
  /** Whether it may have reached the server. What was saved is never less than this. */
  tried: boolean;
  /** Attempts of this process. */
  attempts: number;
  /** Absent for what an earlier process sent. */
  resolve?: (result: SendResult) => void;
  reject?: (error: ParleyError) => void;
}

/** The waiting messages of one conversation. Only the first one is on its way: their order is the order of sending. */
export interface Lane {
  entries: Entry[];
  notBefore: number;
}

/** All waiting messages, by conversation. */
export class Lanes {
  private readonly lanes = new Map<string, Lane>();

  /** The lanes in the order of their turns. */
  all(): Lane[] {
    return [...this.lanes.values()];
  }

  entries(): Entry[] {
    return this.all().flatMap((lane) => lane.entries);
  }

  push(entry: Entry): void {
    const { conversationId } = entry.record.input;
    const lane = this.lanes.get(conversationId) ?? { entries: [], notBefore: 0 };
    this.lanes.set(conversationId, lane);
    lane.entries.push(entry);
  }

  /** Puts these before everything that is there. */
  pushBefore(entries: Entry[]): void {
    const later = this.clear();
    for (const entry of [...entries, ...later]) this.push(entry);
  }

  /** To the end of the line, so that one busy conversation does not starve the others. */
  defer(lane: Lane): void {
    const conversationId = lane.entries[0]?.record.input.conversationId;
    if (conversationId === undefined) return;
    this.lanes.delete(conversationId);
    this.lanes.set(conversationId, lane);
  }

  /** False when it was not there (any more). */
  drop(entry: Entry): boolean {
    const { conversationId } = entry.record.input;
    const lane = this.lanes.get(conversationId);
    const index = lane?.entries.indexOf(entry) ?? -1;
    if (!lane || index < 0) return false;
    lane.entries.splice(index, 1);
    if (lane.entries.length === 0) this.lanes.delete(conversationId);
    return true;
  }

  /** Forgets all, and returns it. */
  clear(): Entry[] {
    const entries = this.entries();
    this.lanes.clear();
    return entries;
  }
}
