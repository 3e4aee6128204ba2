import type { ConversationSync, DurableEvent, StoredEvent, SyncGap } from '@parley/contracts/wire';

/** Events kept ahead of a hole; what is beyond comes by `sync` anyway. */
const aheadMax = 1_000;

/** What an answer to `sync` did to a cursor. */
export interface SyncApplied {
  events: StoredEvent[];
  /** Seqs that nobody can give; the cursor stands behind them now. */
  gap?: SyncGap;
  /** The caller's part of the conversation ended with this seq. */
  left?: number;
  /** False when the answer brought nothing new. */
  progressed: boolean;
}

/**
 * The order of one conversation: takes events in any order, repeated or with holes, and answers to `sync`, and gives
 * each seq to the app at most once, in order. Pure: it knows no clock and no connection.
 */
export class TimelineCursor {
  private readonly ahead = new Map<number, DurableEvent>();
  private newest: number;

  /** `applied` is the seq before the first one that the app is to get. */
  constructor(private applied: number) {
    this.newest = applied;
  }

  /** The last seq that was applied. */
  get seq(): number {
    return this.applied;
  }

  /** True while a seq is known to exist that has not been applied: a hole, or a tail that was missed. */
  get behind(): boolean {
    return this.newest > this.applied;
  }

  /** Takes one event; returns what the app gets now. */
  accept(event: DurableEvent): StoredEvent[] {
    this.noteHead(event.seq);
    if (event.seq <= this.applied) return [];
    if (event.seq > this.applied + 1) {
      if (this.ahead.size < aheadMax) this.ahead.set(event.seq, event);
      return [];
    }
    return this.apply(event);
  }

  /** Learns that the timeline reaches this seq. */
  noteHead(seq: number): void {
    this.newest = Math.max(this.newest, seq);
  }

  /** Takes an answer to `sync`, also one that is older than what was applied meanwhile. */
  acceptSync(answer: ConversationSync): SyncApplied {
    const before = this.applied;
    const gap = this.jump(answer.gap);
    const events = gap ? this.applyWaiting() : [];
    for (const event of answer.events) events.push(...this.accept(event));
    this.noteHead(answer.head);
    const over = answer.left !== undefined && !answer.more;
    return {
      events,
      ...(gap ? { gap } : {}),
      ...(over ? { left: answer.left } : {}),
      progressed: this.applied > before || over,
    };
  }

  private apply(event: DurableEvent): StoredEvent[] {
    this.applied = event.seq;
    return [...(event.type === 'void' ? [] : [event]), ...this.applyWaiting()];
  }

  private applyWaiting(): StoredEvent[] {
    const events: StoredEvent[] = [];
    for (let next = this.take(); next; next = this.take()) {
      this.applied = next.seq;
      if (next.type !== 'void') events.push(next);
    }
    return events;
  }

  private take(): DurableEvent | undefined {
    const seq = this.applied + 1;
    const event = this.ahead.get(seq);
    this.ahead.delete(seq);
    return event;
  }

  private jump(gap: SyncGap | undefined): SyncGap | undefined {
    // A gap that does not join the cursor would skip seqs that can still be given.
    if (!gap || gap.to <= this.applied || gap.from > this.applied + 1) return undefined;
    const skipped = { ...gap, from: this.applied + 1 };
    this.applied = gap.to;
    this.noteHead(gap.to);
    for (const seq of this.ahead.keys()) if (seq <= gap.to) this.ahead.delete(seq);
    return skipped;
  }
}
